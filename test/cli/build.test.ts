import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire, isBuiltin } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linesOf, originOf, projectFolder, runCli, startCli } from '../support/cli.ts';
import { sendRaw } from '../support/raw-http.ts';

const run = promisify(execFile);
const { resolve } = createRequire(import.meta.url);

/** Below node_modules, so that the packages are found and nothing else looks at it. */
let dist: string;
let program: string;

beforeAll(async () => {
  const cache = join(projectFolder, 'node_modules', '.cache');
  await mkdir(cache, { recursive: true });
  dist = await mkdtemp(join(cache, 'build-'));
  program = await mkdtemp(join(cache, 'program-'));
  const tsc = resolve('typescript/bin/tsc');
  const args = [tsc, '-p', 'tsconfig.build.json', '--outDir', dist];
  await run(process.execPath, args, { cwd: projectFolder });
  await cp(join(projectFolder, 'package.json'), join(dist, 'package.json'));
}, 60_000);

afterAll(async () => {
  for (const folder of [dist, program]) await rm(folder, { recursive: true, force: true });
});

/** A file of a package may be named, too: `@scope/name/lib/file.js`. */
const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

const inDist = (path: string): Promise<string> => readFile(join(dist, path), 'utf8');

describe('the build', () => {
  it('prints the schema', async () => {
    const sdl = await readFile(join(projectFolder, 'schema.graphql'), 'utf8');
    expect(await runCli(['schema'], {}, join(dist, 'cli.js'))).toEqual({
      status: 0,
      stdout: sdl,
      stderr: '',
    });
  });

  it('serves the graph and GraphiQL', async () => {
    const settings = { PORT: '0', ADM_URL: 'http://127.0.0.1:9' };
    await using gateway = startCli(['serve'], settings, join(dist, 'cli.js'));
    const origin = await originOf(gateway);
    const answer = await sendRaw(origin, '/graphql?query=%7B__typename%7D');
    expect(answer).toMatchObject({ status: 200, body: '{"data":{"__typename":"Query"}}' });
    const page = await sendRaw(origin, '/graphql', { headers: { accept: 'text/html' } });
    expect(page.status).toBe(200);
    gateway.kill('SIGTERM');
    expect(await gateway.ended).toMatchObject({ status: 0, stderr: '' });
  });

  it('can be used by a program, as in the README', async () => {
    const installed = join(program, 'node_modules', 'pin-gateway');
    await mkdir(installed, { recursive: true });
    await cp(join(dist, 'package.json'), join(installed, 'package.json'));
    await symlink(dist, join(installed, 'dist'));
    const readme = await readFile(join(projectFolder, 'README.md'), 'utf8');
    const [, text = ''] = /```js\n(import \{ createGateway[^]*?)```/.exec(readme) ?? [];
    await writeFile(join(program, 'package.json'), '{}'); // it is no part of this package
    const script = join(program, 'program.mjs');
    await writeFile(script, text);
    const settings = { PORT: '0', ADM_URL: 'http://127.0.0.1:9' };
    await using gateway = startCli([], settings, script);
    await originOf(gateway);
    await expect.poll(() => gateway.stderr).toMatch(/^The graph is at http:\S+\/graphql\.\n$/);
    gateway.kill('SIGTERM');
    const { status, stdout } = await gateway.ended;
    const messages = linesOf(stdout).map(({ msg }) => msg);
    expect({ status, messages }).toEqual({
      status: 0,
      messages: ['listening', 'draining', 'closed'],
    });
  });

  it('can be started as a command', async () => {
    expect(await inDist('cli.js')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  it('imports no package but those that are installed with it', async () => {
    const manifest = JSON.parse(await inDist('package.json')) as {
      dependencies: Record<string, string>;
    };
    const files = (await readdir(dist, { recursive: true })).filter((name) => name.endsWith('.js'));
    const specifiers = new Set<string>();
    for (const file of files) {
      for (const [, name = ''] of (await inDist(file)).matchAll(
        /(?:from|import|createRequire\(import\.meta\.url\))\s*\(?'([^'.][^']*)'/g,
      )) {
        if (!isBuiltin(name)) specifiers.add(packageOf(name));
      }
    }
    expect([...specifiers].sort()).toEqual(
      expect.arrayContaining(['graphql', 'graphql-yoga', 'pino', 'ws']),
    );
    const unknown = [...specifiers].filter((name) => !Object.hasOwn(manifest.dependencies, name));
    expect(unknown).toEqual([]);
  });
});

import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { projectFolder } from './support/cli.ts';

const run = promisify(execFile);

/** The hosts that the linter stands up for by name. */
const { REGISTRY } = createRequire(import.meta.resolve('lockfile-lint/package.json'))(
  'lockfile-lint-api/src/common/constants.js',
) as { readonly REGISTRY: { readonly npm: string } };

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly overrides?: Readonly<Record<string, string>>;
  readonly allowScripts: Readonly<Record<string, boolean>>;
}

interface Lock {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

interface LockedPackage {
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
  readonly resolved?: string;
}

const readText = (path: string): Promise<string> => readFile(join(projectFolder, path), 'utf8');
const readJson = async <T>(path: string): Promise<T> => JSON.parse(await readText(path)) as T;

/** Everything in a lock file but the project itself, by its place in node_modules. */
async function lockedPackages(folder: string): Promise<[path: string, LockedPackage][]> {
  const { packages } = await readJson<Lock>(join(folder, 'package-lock.json'));
  return Object.entries(packages).filter(([path]) => path !== '');
}

describe.each(['.', 'bench'])('the dependencies in %s', (folder) => {
  it('are asked for in exact versions', async () => {
    const manifest = await readJson<Manifest>(join(folder, 'package.json'));
    const { dependencies, devDependencies, overrides } = manifest;
    const versions = Object.entries({ ...dependencies, ...devDependencies, ...overrides });
    expect(versions.length).toBeGreaterThan(0);
    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });

  it('are locked, each with a SHA-512 hash', async () => {
    // lockfile-lint looks at the hashes that are there, and passes over a package without one.
    const packages = await lockedPackages(folder);
    expect(packages.length).toBeGreaterThan(100);
    const isHashed = ({ integrity }: LockedPackage) => /^sha512-\S{88}$/.test(integrity ?? '');
    expect(packages.filter(([, locked]) => !isHashed(locked)).map(([path]) => path)).toEqual([]);
  });

  it('run no script when they are installed that has not been decided on by name', async () => {
    const { allowScripts } = await readJson<Manifest>(join(folder, 'package.json'));
    const withScript = (await lockedPackages(folder))
      .filter(([, { hasInstallScript }]) => hasInstallScript)
      .map(([path]) => path.replace(/^.*node_modules\//, ''));
    expect(withScript).toEqual(Object.keys(allowScripts));
  });
});

describe('lockfile-lint, as it is set up', () => {
  it.each<[what: string, forged: LockedPackage, complaint: string]>([
    ['a foreign host', { resolved: 'https://evil.example/undici.tgz' }, 'invalid host'],
    ['plain http', { resolved: `http://${REGISTRY.npm}/undici/-/undici.tgz` }, 'protocol'],
    [
      'another package',
      { resolved: `https://${REGISTRY.npm}/undicii/-/undicii-8.12.4.tgz` },
      'a different name',
    ],
    ['a weak hash', { integrity: 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=' }, 'integrity'],
  ])('refuses %s in the lock file', async (_what, forged, complaint) => {
    const lock = await readJson<Lock>('package-lock.json');
    const path = 'node_modules/undici';
    expect(lock.packages[path]).toBeDefined();
    const packages = { ...lock.packages, [path]: { ...lock.packages[path], ...forged } };
    const folder = await mkdtemp(join(tmpdir(), 'lock-'));
    try {
      const file = join(folder, 'package-lock.json');
      await writeFile(file, JSON.stringify({ ...lock, packages }));
      const script = join(projectFolder, 'node_modules/lockfile-lint/bin/lockfile-lint.js');
      const linted = run(process.execPath, [script, '--path', file], { cwd: projectFolder });
      await expect(linted).rejects.toMatchObject({
        code: 1,
        stderr: expect.stringContaining(complaint) as string,
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('the workflows', () => {
  it('pin every action by its commit, with the version beside it', async () => {
    const names = await readdir(join(projectFolder, '.github/workflows'));
    const texts = await Promise.all(names.map((name) => readText(`.github/workflows/${name}`)));
    const uses = texts.flatMap((text) => text.match(/uses:.*/g) ?? []);
    expect(uses.length).toBeGreaterThan(0);
    const isPinned = (line: string) => /^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v[\d.]+$/.test(line);
    expect(uses.filter((line) => !isPinned(line))).toEqual([]);
    // May read, and no more, unless a job says otherwise.
    const mayRead = (text: string) => text.includes('\npermissions:\n  contents: read\n');
    expect(texts.every(mayRead)).toBe(true);
  });

  it('publish only what has been checked and audited, with its provenance, and without a token', async () => {
    const [before, publish = ''] = (await readText('.github/workflows/release.yml')).split(
      '\n  publish:\n    needs: check\n',
    );
    const commands = (text = '') =>
      [...text.matchAll(/- run: (.*)/g)].map(([, command]) => command);
    expect(commands(before)).toEqual([
      '.ci/run',
      'npm audit --audit-level=moderate',
      'npm audit signatures',
    ]);
    expect(commands(publish)).toEqual([
      'npm ci',
      'npm run --silent sbom > pin-gateway.cdx.json',
      'npm publish --provenance --access public',
      'gh release create "$GITHUB_REF_NAME" pin-gateway.cdx.json --verify-tag --generate-notes',
    ]);
    expect(publish).toMatch(/^ {6}id-token: write\b/m);
    expect(publish).not.toContain('secrets.');
    expect(await readText('.ci/run')).toContain('\nnpm run check:supply\n');
  });
});

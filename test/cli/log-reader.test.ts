import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { linesOf, projectFolder } from '../support/cli.ts';
import { sendJson } from '../support/raw-http.ts';

const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

type Child = ChildProcessByStdio<null, Readable, Readable>;

/** A `pin-gateway` whose standard output is read by the test, or not. */
function spawnCli(...args: string[]): { child: Child; ended: Promise<unknown[]> } & Disposable {
  const child = spawn(process.execPath, [cli, ...args], {
    cwd: projectFolder,
    env: { PORT: '0', ADM_URL: 'http://127.0.0.1:9' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  return { child, ended, [Symbol.dispose]: () => child.kill('SIGKILL') };
}

/** Reads the first line of the log, and no more. */
async function originOf({ stdout }: Child): Promise<string> {
  stdout.setEncoding('utf8');
  const [text] = (await once(stdout, 'data')) as [string];
  stdout.pause();
  return new URL(linesOf(text)[0]?.['url'] as string).origin;
}

/** More than fits into a pipe and a reader's buffer. */
const lineCount = 3_000;

async function ask(origin: string): Promise<unknown> {
  const { status } = await sendJson(origin, { query: `query ${'x'.repeat(1_000)} { __typename }` });
  return status;
}

describe('A gateway whose log', () => {
  it('nobody reads any more goes on, and ends with 0', async () => {
    using gateway = spawnCli('serve');
    const { child, ended } = gateway;
    const origin = await originOf(child);
    child.stdout.destroy();
    for (let i = 0; i < 20; i++) expect(await ask(origin)).toBe(200);
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    expect(await child.stderr.toArray()).toEqual([]);
  });

  it('has a reader that is stuck goes on, and tells later how many lines it has dropped', async () => {
    using gateway = spawnCli('serve');
    const { child, ended } = gateway;
    const origin = await originOf(child);
    for (let i = 0; i < lineCount; i += 50) {
      const statuses = await Promise.all(Array.from({ length: 50 }, () => ask(origin)));
      expect(new Set(statuses)).toEqual(new Set([200]));
    }
    let text = '';
    child.stdout.on('data', (chunk: string) => (text += chunk)).resume();
    const closed = once(child.stdout, 'close');
    await expect.poll(() => text.length, { timeout: 10_000 }).toBeGreaterThan(1_000_000);
    await ask(origin);
    await expect.poll(() => text).toContain('log lines dropped');
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    await closed;

    const lines = linesOf(text); // each of them whole
    const dropped = lines.filter(({ msg }) => msg === 'log lines dropped');
    const requests = lines.filter(({ msg }) => msg === 'request');
    const count = dropped.reduce((sum, line) => sum + Number(line['lines']), 0);
    expect(count).toBeGreaterThan(0);
    expect(requests.length + count).toBe(lineCount + 1);
  });

  it('has a reader that is behind gives it all of the log before it ends', async () => {
    using gateway = spawnCli('serve');
    const { child, ended } = gateway;
    const origin = await originOf(child);
    for (let i = 0; i < 300; i++) await ask(origin);
    child.kill('SIGTERM');
    const text = (await child.stdout.toArray()).join('');
    expect(text.length).toBeGreaterThan(200_000); // more than a pipe and a reader's buffer hold
    const messages = linesOf(text).map(({ msg }) => msg);
    expect(messages.slice(-2)).toEqual(['draining', 'closed']);
    expect(messages).toHaveLength(302);
    expect(await ended).toEqual([0, null]);
  });

  it('has a reader that is stuck ends on SIGTERM all the same', async () => {
    using gateway = spawnCli('serve');
    const { child, ended } = gateway;
    const origin = await originOf(child);
    for (let i = 0; i < 500; i++) await ask(origin);
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });
});

describe('pin-gateway schema', () => {
  it('ends with 0 and without a word when its reader has seen enough', async () => {
    using process = spawnCli('schema');
    process.child.stdout.destroy();
    expect(await process.ended).toEqual([0, null]);
    expect(await process.child.stderr.toArray()).toEqual([]);
  });
});

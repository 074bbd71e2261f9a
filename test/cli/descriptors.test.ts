import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { expect, it, vi } from 'vitest';
import { projectFolder } from '../support/cli.ts';

const descriptors = 80;
const clients = 200;

it('a gateway out of file descriptors refuses clients, and takes new ones when some have left', async () => {
  const command = `ulimit -n ${descriptors}; exec "$0" src/cli.ts serve`;
  const child = spawn('/bin/sh', ['-c', command, process.execPath], {
    cwd: projectFolder,
    env: { PORT: '0', PACE_URL: 'http://127.0.0.1:9' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  try {
    const port = await new Promise<number>((resolve) => {
      createInterface(child.stdout).on('line', (line) => {
        const { msg, port } = JSON.parse(line) as { msg: string; port: number };
        if (msg === 'listening') resolve(port);
      });
    });
    let refused = 0;
    const sockets = Array.from({ length: clients }, () =>
      connect(port, '127.0.0.1')
        .on('error', () => undefined)
        .on('close', () => refused++),
    );
    await vi.waitFor(() => expect(refused).toBeGreaterThan(clients - descriptors), 10_000);
    for (const socket of sockets) socket.destroy();
    await vi.waitFor(async () => {
      expect((await fetch(`http://127.0.0.1:${port}/health/ready`)).status).toBe(200);
    }, 10_000);
  } finally {
    child.kill('SIGTERM');
  }
  expect(await ended).toEqual([0, null]);
});

import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { startCli } from '../support/cli.ts';
import { runCurl } from '../support/curl.ts';

const ports = [4001, 4002, 4003];

/** Whether nothing listens there. */
async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  }
}

describe('pin-gateway simulate', () => {
  it('prints the settings for a gateway, and lines that work, until a signal ends it', async (test) => {
    const free = await Promise.all(ports.map(isFree));
    const taken = ports.filter((_port, index) => !free[index]);
    test.skip(taken.length > 0, `these ports are taken: ${taken.join(', ')}`);

    await using simulate = startCli(['simulate']);
    await simulate.printed(/curl -i -X DELETE .*\n/);
    const lines = simulate.stdout.split('\n').map((line) => line.trim());
    expect(lines).toEqual(
      expect.arrayContaining([
        '*** ALL PROVIDERS ARE SIMULATED ***',
        'ADM_URL=http://127.0.0.1:4001',
        'PACE_URL=http://127.0.0.1:4002',
        'PIMS_URL=http://127.0.0.1:4003',
        'Demo user:  authorization: Bearer demo     PIN at PIMS: 1234',
      ]),
    );
    const curls = lines.filter((line) => line.startsWith('curl '));
    const statuses = [];
    for (const line of curls) statuses.push((await runCurl(line)).status);
    expect(statuses).toEqual([200, 204]);

    simulate.kill('SIGTERM');
    expect(await simulate.ended).toMatchObject({ status: 0, stderr: '' });
  });
});

import { describe, expect, it } from 'vitest';
import { startCli } from '../support/cli.ts';
import { runCurl } from '../support/curl.ts';

// On ports 4001 to 4003, or on any where one of those is taken.
const serveCommand =
  /^ADM_URL=http:\/\/127\.0\.0\.1:\d+ PACE_URL=http:\/\/127\.0\.0\.1:\d+ PIMS_URL=http:\/\/127\.0\.0\.1:\d+ ADM_CREDENTIAL=forward PACE_CREDENTIAL=forward PIMS_CREDENTIAL=forward npm run serve$/;

describe('pin-gateway simulate', () => {
  it('prints a command for a gateway, and lines that work, until a signal ends it', async () => {
    await using simulate = startCli(['simulate']);
    await simulate.printed(/curl -i -X DELETE .*\n/);
    const lines = simulate.stdout.split('\n').map((line) => line.trim());
    expect(lines).toEqual(
      expect.arrayContaining([
        '*** ALL PROVIDERS ARE SIMULATED ***',
        expect.stringMatching(serveCommand) as string,
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

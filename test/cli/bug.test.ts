import { describe, expect, it } from 'vitest';
import { PinSetDocument } from '../generated/graphql.ts';
import { linesOf, onUsr2, originOf, startCli } from '../support/cli.ts';
import { parsePayload, post, subscribeSse } from '../support/client.ts';
import { silence, startUpstream } from '../support/upstream.ts';

const query = '{ account { pins(providers: [ADM]) { __typename } } }';
const names = { 'x-adm-authorization': 'Bearer a' };

/** The `bug` lines of a log, their stacks apart. */
const bugsIn = (stdout: string): Record<string, unknown>[] =>
  linesOf(stdout)
    .filter(({ msg }) => msg === 'bug')
    .map(({ origin, name, stack }) => ({ origin, name, frames: (stack as string[]).length > 0 }));

describe('A bug that nothing catches', () => {
  it.each<[what: string, code: string, bug: object]>([
    [
      'an error that is thrown',
      `throw new TypeError('bugCanary')`,
      { origin: 'uncaughtException', name: 'TypeError', frames: true },
    ],
    [
      'a rejection that nobody handles',
      `Promise.reject(new RangeError('bugCanary', { cause: 'bugCanary' }))`,
      { origin: 'unhandledRejection', name: 'RangeError', frames: true },
    ],
    [
      'something thrown that is no error',
      `throw 'bugCanary'`,
      { origin: 'uncaughtException', name: 'string', frames: false },
    ],
    [
      'a rejection with something that is no error',
      `Promise.reject({ pin: 'bugCanary' })`,
      { origin: 'unhandledRejection', name: 'UnhandledPromiseRejection', frames: true },
    ],
    [
      'one after the other',
      `setTimeout(() => { throw new Error('bugCanary') }); throw new TypeError('bugCanary')`,
      { origin: 'uncaughtException', name: 'TypeError', frames: true },
    ],
  ])(
    '(%s) is logged without its message, and ends the process with 1 after a drain',
    async (_what, code, bug) => {
      const asked = Promise.withResolvers<() => void>();
      await using adm = await startUpstream((response) => {
        asked.resolve(() => response.end('{"totalRecords":0,"resourceSet":[]}'));
      });
      await using pace = await startUpstream(silence);
      const settings = { PORT: '0', ADM_URL: adm.url, PACE_URL: pace.url, LOG_LEVEL: 'trace' };
      // The code comes from an address, which would stand in the frames: its words are built there.
      const hidden = code.replaceAll("'bugCanary'", "['bug', 'Canary'].join('')");
      await using gateway = startCli(['serve'], { ...settings, ...onUsr2(hidden) });
      const origin = await originOf(gateway);
      await using waiting = subscribeSse(
        origin,
        PinSetDocument,
        {},
        { 'x-pace-authorization': 'b' },
      );
      await pace.received(1);
      const underWay = post(origin, query, {}, names);
      const answer = await asked.promise;

      gateway.kill('SIGUSR2');
      await gateway.printed(/"msg":"draining"/);
      answer();
      expect((await underWay).body).toEqual({ data: { account: { pins: [] } } });
      const [told] = await waiting.completed;
      expect(parsePayload(told)).toMatchObject({
        data: { pinSet: { __typename: 'GatewayDrainingError' } },
      });

      const { status, stdout, stderr } = await gateway.ended;
      expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
      expect(bugsIn(stdout)[0]).toEqual(bug);
      expect(stdout).not.toContain('bugCanary');
    },
  );

  it('ends a drain that is under way with 1, too', async () => {
    await using adm = await startUpstream(silence);
    const settings = { PORT: '0', ADM_URL: adm.url, ADM_TIMEOUT_MS: '1500' };
    await using gateway = startCli(['serve'], { ...settings, ...onUsr2(`throw new Error('x')`) });
    const origin = await originOf(gateway);
    const answer = post(origin, query, {}, names);
    await adm.received(1);
    gateway.kill('SIGTERM');
    await gateway.printed(/"msg":"draining"/);
    gateway.kill('SIGUSR2');
    await answer;
    expect(await gateway.ended).toMatchObject({ status: 1, stderr: '' });
  });

  it('waits for what is under way for some seconds only', async () => {
    await using adm = await startUpstream(silence);
    const settings = { PORT: '0', ADM_URL: adm.url, ADM_TIMEOUT_MS: '60000', DRAIN_SECONDS: '60' };
    await using gateway = startCli(['serve'], { ...settings, ...onUsr2(`throw new Error('x')`) });
    const origin = await originOf(gateway);
    const cut = expect(post(origin, query, {}, names)).rejects.toThrow();
    await adm.received(1);
    const startedAt = performance.now();
    gateway.kill('SIGUSR2');
    expect(await gateway.ended).toMatchObject({ status: 1, stderr: '' });
    expect(performance.now() - startedAt).toBeLessThan(15_000);
    await cut;
  });
});

import { describe, expect, it, vi } from 'vitest';
import { FaultProxy } from '../support/fault-proxy.ts';
import { startGateway } from '../support/gateway.ts';
import { startTlsUpstream } from '../support/h2-upstream.ts';
import { as, eachTransport, only, pinSetEvent, resultsOf } from '../support/pin-set.ts';
import { mute, startRawUpstream } from '../support/raw-upstream.ts';
import { reply, silence, startUpstream } from '../support/upstream.ts';
import { contract } from './contract.ts';
import { entryOf } from './entries.ts';
import { gone, makeOtp, queryAdm, queryPace, startScene } from './fault-scene.ts';
import { askOtp, askPins, askPinSet } from './harness.ts';

/** A poll of one second is given up after six. */
const environment = { PACE_POLL_SECONDS: '1' };

const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 20_000 });

describe.concurrent.each(eachTransport)(
  'A long poll of a subscriber over %s whose connection goes dead without a word',
  (_name, transport) => {
    it('is given up at its deadline, and begun again over another one', async () => {
      await using pace = await startUpstream(silence);
      await using proxy = await FaultProxy.start(pace.url);
      await using gateway = await startGateway({ PACE_URL: proxy.url, ...environment });
      await using subscriber = await transport.join(gateway.origin, as('ann'));
      await pace.received(1);
      const since = performance.now();
      proxy.freeze();
      pace.respond = reply(200);
      await until(() => expect(proxy.accepted).toBe(2));
      expect(performance.now() - since).toBeLessThan(15_000);
      expect([subscriber.payloads, proxy.open]).toEqual([[], 1]);
      proxy.breakAll('reset'); // what the second attempt has sent is lost
      proxy.heal();
      expect(await resultsOf(subscriber)).toEqual(only(pinSetEvent));
      await gateway[Symbol.asyncDispose]();
      await until(() => expect([proxy.open, pace.open]).toEqual([0, 0]));
    }, 30_000);
  },
);

describe.concurrent('An HTTP/2 connection that goes dead without a word', () => {
  it('takes no new polls once one of its own is late', async () => {
    await using pace = await startTlsUpstream(['h2']);
    await using proxy = await FaultProxy.start(pace.url);
    await using gateway = await startGateway({ PACE_URL: proxy.url, ...environment });
    const told = ['ann', 'bob'].map((user) => askPinSet(gateway.origin, undefined, as(user)));
    await until(() => expect(pace.open).toBe(2));
    proxy.freeze();
    await until(() => expect(proxy.accepted).toBe(2));
    proxy.heal();
    await until(() => expect(pace.sessions[1]?.length).toBe(2));
    for (const { stream } of [...(pace.sessions[1] ?? [])]) {
      stream.respond({ ':status': 200 }, { endStream: true });
    }
    expect(await Promise.all(told)).toEqual([pinSetEvent, pinSetEvent]);
    await gateway[Symbol.asyncDispose]();
    await until(() => expect([proxy.open, pace.open]).toEqual([0, 0]));
  }, 30_000);
});

describe.concurrent.each([queryAdm, queryPace, makeOtp])(
  '$title, when its idle connection has gone dead without a word,',
  ({ provider, ask, well, failed }) => {
    it('ends at its deadline, is sent no second time, and after it a new one is used', async () => {
      await using scene = await startScene(provider);
      const { origin, proxy, upstream } = scene;
      expect(await ask(origin)).toEqual(well);
      proxy.freezeOpen();
      const since = performance.now();
      const cause = provider === 'PIMS' ? 'outcome unknown' : 'deadline passed';
      expect(await ask(origin)).toEqual(failed(entryOf(provider, contract[cause])));
      const tookMs = performance.now() - since;
      expect([tookMs > 1_000, tookMs < 6_000]).toEqual([true, true]);
      expect([proxy.accepted, upstream.requests.length]).toEqual([1, 1]);

      expect([await ask(origin), await ask(origin)]).toEqual([well, well]);
      await until(() => expect([proxy.accepted, proxy.open]).toEqual([2, 1]));
      expect(upstream.requests).toHaveLength(3);
      await scene.gateway[Symbol.asyncDispose]();
      await gone(scene);
    });
  },
);

describe.concurrent('A provider that accepts connections and never says a word', () => {
  const startMute = async (protocol: 'http' | 'https') => {
    const upstream = await startRawUpstream(mute);
    const url = upstream.url.replace('http:', `${protocol}:`);
    const urls = { ADM_URL: url, PACE_URL: url, PIMS_URL: url };
    const timeouts = { ADM_TIMEOUT_MS: '2000', PACE_TIMEOUT_MS: '2000', PIMS_TIMEOUT_MS: '2000' };
    return {
      upstream,
      settings: { ...urls, ...timeouts, ...environment },
      [Symbol.asyncDispose]: () => upstream[Symbol.asyncDispose](),
    };
  };

  it.each([
    ['http', 'outcome unknown'],
    ['https', 'failed before sent'],
  ] as const)(
    'over %s holds every operation until its deadline',
    async (protocol, cause) => {
      await using silent = await startMute(protocol);
      await using gateway = await startGateway({
        ...silent.settings,
        PIN_SET_GIVE_UP_SECONDS: '1',
      });
      const { origin } = gateway;
      expect(await Promise.all([askPins(origin), askOtp(origin), askPinSet(origin)])).toEqual([
        [entryOf('ADM', contract['deadline passed']), entryOf('PACE', contract['deadline passed'])],
        entryOf('PIMS', contract[cause]),
        entryOf('PACE', contract['deadline passed']),
      ]);
    },
    30_000,
  );

  const closing = [
    ['http', 'queries', (origin: string) => [askPins(origin), askOtp(origin)], 3],
    ['http', 'a long poll', (origin: string) => [askPinSet(origin)], 1],
    ['https', 'queries', (origin: string) => [askPins(origin), askOtp(origin)], 3],
    ['https', 'a long poll', (origin: string) => [askPinSet(origin)], 1],
  ] as const;
  it.each(closing)(
    'over %s does not hold up a gateway that closes in the middle of %s, whatever the time-outs',
    async (protocol, _what, ask, connections) => {
      await using silent = await startMute(protocol);
      const long = { ADM_TIMEOUT_MS: '60000', PACE_TIMEOUT_MS: '60000', PIMS_TIMEOUT_MS: '60000' };
      const gateway = await startGateway({ ...silent.settings, ...long, DRAIN_SECONDS: '0' });
      const ended = Promise.allSettled(ask(gateway.origin));
      await until(() => expect(silent.upstream.connections).toBe(connections));
      const since = performance.now();
      await gateway[Symbol.asyncDispose]();
      await ended;
      await until(() => expect(silent.upstream.open).toBe(0));
      expect(performance.now() - since).toBeLessThan(10_000);
    },
  );
});

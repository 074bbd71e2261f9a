import { describe, expect, it, vi } from 'vitest';
import type { PinProvider } from '../generated/graphql.ts';
import type { FaultProxy } from '../support/fault-proxy.ts';
import { eachTransport, only, pinSetEvent, resultsOf } from '../support/pin-set.ts';
import { refusingUrl } from '../support/raw-upstream.ts';
import { contract, type Cause } from './contract.ts';
import { entryOf, type ExpectedEntry } from './entries.ts';
import { gone, makeOtp, queryAdm, queryPace, startScene, type Scene } from './fault-scene.ts';
import { askPins, credentials } from './harness.ts';

/** What breaks, and the rows of the mapping that it becomes. */
interface Fault {
  readonly name: string;
  readonly inject: (proxy: FaultProxy) => void;
  readonly read: Cause;
  readonly otp: Cause;
  /** Of the answer, where it got so far. */
  readonly httpStatus?: number;
}

/** Within the status line, and within the body: the heads are about 130 bytes long. */
const inHead = 30;
const inBody = 200;

const faults: readonly Fault[] = [
  {
    name: 'is reset in the middle of a head',
    inject: (proxy) => proxy.breakAnswersAfter(inHead, 'reset'),
    read: 'connection failed',
    otp: 'outcome unknown',
  },
  {
    name: 'is closed in the middle of a head',
    inject: (proxy) => proxy.breakAnswersAfter(inHead, 'close'),
    read: 'connection failed',
    otp: 'outcome unknown',
  },
  {
    name: 'is closed by the provider alone in the middle of a head',
    inject: (proxy) => proxy.breakAnswersAfter(inHead, 'half-close'),
    read: 'connection failed',
    otp: 'outcome unknown',
  },
  {
    name: 'is reset in the middle of a body',
    inject: (proxy) => proxy.breakAnswersAfter(inBody, 'reset'),
    read: 'broken contract',
    otp: 'broken contract',
    httpStatus: 200,
  },
  {
    name: 'is closed in the middle of a body',
    inject: (proxy) => proxy.breakAnswersAfter(inBody, 'close'),
    read: 'broken contract',
    otp: 'broken contract',
    httpStatus: 200,
  },
  {
    name: 'is closed by the provider alone in the middle of a body',
    inject: (proxy) => proxy.breakAnswersAfter(inBody, 'half-close'),
    read: 'broken contract',
    otp: 'broken contract',
    httpStatus: 200,
  },
  {
    name: 'turns answers into garbage',
    inject: (proxy) => proxy.garbleAnswers(),
    read: 'broken contract',
    otp: 'outcome unknown',
  },
  {
    name: 'swallows everything',
    inject: (proxy) => proxy.freeze(),
    read: 'deadline passed',
    otp: 'outcome unknown',
  },
  {
    name: 'carries a byte in 50 ms',
    inject: (proxy) => proxy.trickleAnswers(50),
    read: 'deadline passed',
    otp: 'outcome unknown',
  },
  {
    name: 'carries a byte in 50 ms from the middle of the body on',
    inject: (proxy) => proxy.trickleAnswers(50, inBody),
    read: 'deadline passed',
    otp: 'outcome unknown',
    httpStatus: 200,
  },
];

const entryFor = (provider: PinProvider, cause: Cause, { httpStatus }: Fault): ExpectedEntry =>
  entryOf(provider, contract[cause], {
    upstream: httpStatus === undefined ? null : { httpStatus },
  });

describe.concurrent.each([queryAdm, queryPace, makeOtp])('$title when the connection', (use) => {
  const { provider, ask, well, failed } = use;

  it.each(faults)('$name has the entry for it, and is well again', async (fault) => {
    await using scene = await startScene(provider);
    fault.inject(scene.proxy);
    const entry = entryFor(provider, provider === 'PIMS' ? fault.otp : fault.read, fault);
    const startedAt = performance.now();
    expect(await ask(scene.origin)).toEqual(failed(entry));
    expect(performance.now() - startedAt).toBeLessThan(6_000);
    await gone(scene);

    scene.proxy.heal();
    expect(await ask(scene.origin)).toEqual(well);
    await scene.gateway[Symbol.asyncDispose]();
    await gone(scene);
  });

  it('is slow, but not too slow, is as ever', async () => {
    await using scene = await startScene(provider);
    scene.proxy.delayAnswers(300);
    expect(await ask(scene.origin)).toEqual(well);
    expect(scene.proxy.accepted).toBe(1);
  });
});

describe.concurrent.each([queryAdm, queryPace, makeOtp])('$title when', (use) => {
  const { provider, ask, failed } = use;

  it.each([
    ['the connection is refused', refusingUrl],
    ['the name does not resolve', 'http://provider.invalid'],
  ])('%s, has the entry for it, however often it is asked', async (_what, url) => {
    await using scene = await startScene(provider, { [`${provider}_URL`]: url });
    const cause = provider === 'PIMS' ? 'failed before sent' : 'connection failed';
    const result = failed(entryOf(provider, contract[cause]));
    for (let asked = 0; asked < 3; asked++) expect(await ask(scene.origin)).toEqual(result);
    const other = provider === 'PIMS' ? queryAdm : makeOtp;
    expect(await other.ask(scene.origin)).toEqual(other.well);
  });
});

describe.concurrent.each(eachTransport)('pinSet over %s', (_name, transport) => {
  const passing = faults.filter(({ read }) => read !== 'broken contract');
  const final = faults.filter(({ read }) => read === 'broken contract');
  const join = ({ origin }: Scene) => transport.join(origin, credentials);

  it.each(passing)(
    'does not notice when the connection $name, and is told when it is well',
    async ({ inject }) => {
      await using scene = await startScene('PACE');
      inject(scene.proxy);
      await using subscriber = await join(scene);
      const { proxy } = scene;
      // Before the next attempt as a rule: that might be swallowed, and would have to end first.
      const isGivenUp = () => expect([proxy.accepted > 0, proxy.open]).toEqual([true, 0]);
      await vi.waitFor(isGivenUp, { timeout: 20_000, interval: 5 });
      proxy.heal();
      expect(await resultsOf(subscriber)).toEqual(only(pinSetEvent));
      expect(proxy.accepted).toBeGreaterThan(1);
      await scene.gateway[Symbol.asyncDispose]();
      await gone(scene);
    },
    40_000,
  );

  it.each(final)('ends when the connection $name', async (fault) => {
    await using scene = await startScene('PACE');
    fault.inject(scene.proxy);
    await using subscriber = await join(scene);
    expect(await resultsOf(subscriber)).toEqual(only(entryFor('PACE', fault.read, fault)));
    await gone(scene);
    scene.proxy.heal();
    await using another = await join(scene);
    expect(await resultsOf(another)).toEqual(only(pinSetEvent));
    expect(await askPins(scene.origin)).toEqual(queryAdm.well);
  });
});

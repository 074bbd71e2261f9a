import { expect, vi } from 'vitest';
import type { Environment } from '../../src/config.ts';
import type { PinProvider } from '../generated/graphql.ts';
import { FaultProxy } from '../support/fault-proxy.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { reply, startUpstream, type ScriptedUpstream } from '../support/upstream.ts';
import { pinEntry, type ExpectedEntry } from './entries.ts';
import { askOtp, askPins } from './harness.ts';

const pad = ' '.repeat(300);
/** What each provider answers when all is well. */
export const answers = {
  ADM: reply(200, `{"totalRecords":1,"resourceSet":[{"pinType":"Adult","status":"SET"}]}${pad}`),
  PACE: reply(200, pad),
  PIMS: reply(200, `{"status":"SUCCEEDED","transactionId":"t-1","result":{"otp":"804213"}}${pad}`),
};

/** What becomes of that. */
export const wells = {
  ADM: pinEntry('ADM', 'Adult', 'SET'),
  PACE: pinEntry('PACE', 'USER', 'SET'),
  PIMS: { __typename: 'Otp', provider: 'PIMS', value: '804213', transactionId: 't-1' },
} as const;

/** All three providers are well; the network in front of one of them does what the test says. */
export interface Scene extends AsyncDisposable {
  readonly gateway: TestGateway;
  readonly origin: string;
  readonly proxy: FaultProxy;
  readonly upstream: ScriptedUpstream;
}

/** Starts it, with the proxy in front of one provider. */
export async function startScene(
  behindProxy: PinProvider,
  environment: Environment = {},
): Promise<Scene> {
  await using stack = new AsyncDisposableStack();
  const upstreams = {
    ADM: stack.use(await startUpstream(answers.ADM)),
    PACE: stack.use(await startUpstream(answers.PACE)),
    PIMS: stack.use(await startUpstream(answers.PIMS)),
  };
  const proxy = stack.use(await FaultProxy.start(upstreams[behindProxy].url));
  const urlOf = (name: PinProvider) => (name === behindProxy ? proxy.url : upstreams[name].url);
  const gateway = stack.use(
    await startGateway({
      ADM_URL: urlOf('ADM'),
      PACE_URL: urlOf('PACE'),
      PIMS_URL: urlOf('PIMS'),
      ADM_TIMEOUT_MS: '2000',
      PACE_TIMEOUT_MS: '2000',
      PIMS_TIMEOUT_MS: '2000',
      PACE_POLL_SECONDS: '1',
      OTP_ATTEMPTS_PER_MINUTE: '1000',
      ...environment,
    }),
  );
  const held = stack.move();
  return {
    gateway,
    origin: gateway.origin,
    proxy,
    upstream: upstreams[behindProxy],
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

/** A way to use one provider, and what it has when all is well. */
export interface Use {
  readonly title: string;
  readonly provider: PinProvider;
  readonly ask: (origin: string) => Promise<unknown>;
  readonly well: unknown;
  /** The whole result when the provider's part of it is this entry. */
  readonly failed: (entry: ExpectedEntry) => unknown;
}

/** The status query; ADM may fail. */
export const queryAdm: Use = {
  title: 'account.pins, with ADM behind it,',
  provider: 'ADM',
  ask: (origin) => askPins(origin),
  well: [wells.ADM, wells.PACE],
  failed: (entry) => [entry, wells.PACE],
};
/** The status query; PACE may fail. */
export const queryPace: Use = {
  title: 'account.pins, with PACE behind it,',
  provider: 'PACE',
  ask: (origin) => askPins(origin),
  well: [wells.ADM, wells.PACE],
  failed: (entry) => [wells.ADM, entry],
};
/** The mutation. */
export const makeOtp: Use = {
  title: 'generateOtp',
  provider: 'PIMS',
  ask: (origin) => askOtp(origin),
  well: wells.PIMS,
  failed: (entry) => entry,
};

/** Resolves when the gateway holds no connection through the proxy, and the provider no request. */
export const gone = ({ proxy, upstream }: Scene): Promise<void> =>
  vi.waitFor(() => expect([proxy.open, upstream.open]).toEqual([0, 0]), { timeout: 10_000 });

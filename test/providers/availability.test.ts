import { describe, expect, it } from 'vitest';
import { PinSetDocument, ProvidersDocument, type PinProvider } from '../generated/graphql.ts';
import { post, subscribeSse } from '../support/client.ts';
import { startGateway } from '../support/gateway.ts';
import { refusingUrl } from '../support/raw-upstream.ts';
import { hangUp, reply, silence, type Respond } from '../support/upstream.ts';
import { askOtp, askPins, askPinSet, credentials, startWith } from './harness.ts';

async function providersOf(origin: string): Promise<unknown> {
  const { body } = await post(origin, ProvidersDocument, {});
  expect(body.errors).toBeUndefined();
  return body.data?.providers;
}

/** How one provider is doing. */
async function availabilityOf(origin: string, provider: PinProvider): Promise<unknown> {
  const { body } = await post(origin, ProvidersDocument, {});
  return body.data?.providers.find(({ name }) => name === provider)?.availability;
}

const capabilities = {
  ADM: ['PIN_STATUS'],
  PACE: ['PIN_STATUS', 'PIN_SET_EVENTS'],
  PIMS: ['OTP'],
} as const;

const listed = (configured: readonly PinProvider[]): unknown =>
  (['ADM', 'PACE', 'PIMS'] as const).map((name) => ({
    name,
    configured: configured.includes(name),
    capabilities: capabilities[name],
    availability: configured.includes(name) ? 'AVAILABLE' : 'NOT_CONFIGURED',
  }));

describe('providers', () => {
  it.each<PinProvider[][]>([
    [['ADM']],
    [['PACE']],
    [['PIMS']],
    [['ADM', 'PIMS']],
    [['ADM', 'PACE', 'PIMS']],
  ])('lists all three, in their order, where %j have an address', async (configured) => {
    const url = refusingUrl;
    await using gateway = await startGateway(
      Object.fromEntries(configured.map((name) => [`${name}_URL`, url])),
    );
    expect(await providersOf(gateway.origin)).toEqual(listed(configured));
  });

  it('asks nobody', async () => {
    await using adm = await startWith('ADM', reply(503));
    await providersOf(adm.origin);
    expect(adm.upstream.requests).toEqual([]);
  });

  it('tells each provider apart', async () => {
    await using adm = await startWith('ADM', reply(503), { PACE_URL: refusingUrl });
    await askPins(adm.origin, ['ADM']);
    expect(await availabilityOf(adm.origin, 'ADM')).toBe('DEGRADED');
    expect(await availabilityOf(adm.origin, 'PACE')).toBe('AVAILABLE');
  });
});

const askings: readonly [string, PinProvider, (origin: string) => Promise<unknown>, Respond][] = [
  [
    'ADM, by account.pins,',
    'ADM',
    (origin) => askPins(origin, ['ADM']),
    reply(200, { totalRecords: 0, resourceSet: [] }),
  ],
  ['PACE, by account.pins,', 'PACE', (origin) => askPins(origin, ['PACE']), reply(404)],
  ['PACE, by pinSet,', 'PACE', (origin) => askPinSet(origin), reply(200)],
  [
    'PIMS, by generateOtp,',
    'PIMS',
    (origin) => askOtp(origin),
    reply(200, { status: 'SUCCEEDED', result: { otp: '804213' } }),
  ],
];

describe.each(askings)('%s', (_name, provider, ask, good) => {
  const environment = {
    PIN_SET_GIVE_UP_SECONDS: '1',
    [`${provider}_TIMEOUT_MS`]: '500',
    OTP_ATTEMPTS_PER_MINUTE: '100',
    OTP_ATTEMPTS_PER_MINUTE_PER_ADDRESS: '100',
  };

  it.each<[string, Respond]>([
    ['a 503', reply(503)],
    ['a 500', reply(500)],
    ['a broken connection', hangUp],
  ])('is DEGRADED after %s and AVAILABLE again after a good answer', async (_what, failure) => {
    await using started = await startWith(provider, failure, environment);
    await ask(started.origin);
    expect(await availabilityOf(started.origin, provider)).toBe('DEGRADED');
    started.upstream.respond = good;
    await ask(started.origin);
    expect(await availabilityOf(started.origin, provider)).toBe('AVAILABLE');
  });

  it.each([400, 401, 403, 418, 429])(
    "stays AVAILABLE after a %i: that is the caller's failure",
    async (status) => {
      await using started = await startWith(provider, reply(status), environment);
      await ask(started.origin);
      expect(await availabilityOf(started.origin, provider)).toBe('AVAILABLE');
    },
  );

  it('is AVAILABLE again after an answer that refuses the caller', async () => {
    await using started = await startWith(provider, reply(503), environment);
    await ask(started.origin);
    started.upstream.respond = reply(401);
    await ask(started.origin);
    expect(await availabilityOf(started.origin, provider)).toBe('AVAILABLE');
  });
});

describe('A request that its client left', () => {
  it('says nothing about the provider', async () => {
    await using pace = await startWith('PACE', silence);
    await using subscription = subscribeSse(pace.origin, PinSetDocument, {}, credentials);
    await pace.upstream.received(1);
    subscription.leave();
    await pace.upstream.requests[0]?.aborted;
    expect(await availabilityOf(pace.origin, 'PACE')).toBe('AVAILABLE');
  });
});

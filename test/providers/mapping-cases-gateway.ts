import { GenerateOtpDocument, PinSetDocument, type PinProvider } from '../generated/graphql.ts';
import { post, subscribeSse } from '../support/client.ts';
import { startGateway } from '../support/gateway.ts';
import { reply, silence } from '../support/upstream.ts';
import { contract, type Cause } from './contract.ts';
import { entryOf, wholeNumber, type Beyond } from './entries.ts';
import { askOtp, askPins, askPinSet, credentials, startWith } from './harness.ts';
import type { MappingCase } from './mapping-case.ts';

const gatewayCase = (
  cause: Cause,
  provider: PinProvider,
  situation: string,
  observe: () => Promise<unknown>,
  beyond: Beyond = {},
): MappingCase => ({
  cause,
  situation,
  entry: entryOf(provider, contract[cause], beyond),
  observe,
});

const otp = { transactionId: '953cfefb-bc72', status: 'SUCCEEDED', result: { otp: '804213' } };

/** What of these headers is asked for without the provider's own credential. */
const without = (provider: PinProvider): Record<string, string> =>
  Object.fromEntries(
    Object.entries(credentials).filter(
      ([name]) => name !== `x-${provider.toLowerCase()}-authorization`,
    ),
  );

/** Asks a provider to which the caller sent no credential; it must not hear of it. */
const askWithoutCredential = async (
  provider: PinProvider,
  ask: (origin: string) => Promise<unknown>,
): Promise<unknown> => {
  await using started = await startWith(provider, reply(200));
  const answer = await ask(started.origin);
  return started.upstream.requests.length === 0 ? answer : 'the provider was asked';
};

const elsewhere = { ADM_URL: 'http://127.0.0.1:1' };

/** The rows of what the gateway finds out on its own, without asking a provider. */
export const gatewayCases: readonly MappingCase[] = [
  gatewayCase('no credential', 'ADM', 'ADM has no credential (account.pins)', () =>
    askWithoutCredential(
      'ADM',
      async (origin) => (await askPins(origin, null, without('ADM')))?.[0],
    ),
  ),
  gatewayCase('no credential', 'PACE', 'PACE has no credential (account.pins)', () =>
    askWithoutCredential(
      'PACE',
      async (origin) => (await askPins(origin, null, without('PACE')))?.[0],
    ),
  ),
  gatewayCase('no credential', 'PACE', 'PACE has no credential (pinSet)', () =>
    askWithoutCredential('PACE', (origin) => askPinSet(origin, undefined, without('PACE'))),
  ),
  gatewayCase('no credential', 'PIMS', 'PIMS has no credential (generateOtp)', () =>
    askWithoutCredential('PIMS', (origin) => askOtp(origin, '1234', without('PIMS'))),
  ),
  gatewayCase(
    'OTP rate limit',
    'PIMS',
    'the attempts of a minute are used up',
    async () => {
      await using pims = await startWith('PIMS', reply(200, otp), { OTP_ATTEMPTS_PER_MINUTE: '1' });
      await askOtp(pims.origin);
      return await askOtp(pims.origin);
    },
    { retryAfterSeconds: wholeNumber(50, 60) },
  ),
  gatewayCase('OTP asked twice', 'PIMS', 'one operation asks twice', async () => {
    await using pims = await startWith('PIMS', reply(200, otp));
    const twice = GenerateOtpDocument.toString().replace(
      'generateOtp(input: $input)',
      'first: generateOtp(input: $input) { __typename } generateOtp(input: $input)',
    );
    const variables = { input: { pinCode: '1234' } };
    const { body } = await post<{ generateOtp: unknown }, typeof variables>(
      pims.origin,
      twice,
      variables,
      credentials,
    );
    return body.data?.generateOtp;
  }),
  gatewayCase(
    'overloaded',
    'ADM',
    'as many as allowed wait for ADM already',
    async () => {
      await using adm = await startWith('ADM', silence, {
        MAX_UPSTREAM_REQUESTS: '1',
        ADM_TIMEOUT_MS: '1000',
      });
      const ask = (user: number) =>
        askPins(adm.origin, ['ADM'], { 'x-adm-authorization': `Bearer ${user}` });
      const answers = await Promise.all([1, 2, 3].map(ask));
      return answers.flat().find((entry) => entry && 'code' in entry && entry.code !== 'TIMEOUT');
    },
    { retryAfterSeconds: 1 },
  ),
  gatewayCase(
    'circuit open',
    'PACE',
    'PACE has failed twenty times',
    async () => {
      await using pace = await startWith('PACE', reply(500));
      for (let i = 0; i < 20; i++) await askPins(pace.origin, ['PACE']);
      return (await askPins(pace.origin, ['PACE']))?.[0];
    },
    { retryAfterSeconds: wholeNumber(1, 10) },
  ),
  gatewayCase(
    'subscription limit',
    'PACE',
    'there are as many subscriptions as allowed',
    async () => {
      await using pace = await startWith('PACE', silence, { MAX_SUBSCRIPTIONS: '1' });
      await using first = subscribeSse(pace.origin, PinSetDocument, {}, credentials);
      await pace.upstream.received(1);
      const second = await askPinSet(pace.origin);
      return first.payloads.length === 0 ? second : 'the first one ended';
    },
  ),
  ...[0, -1, 86_401, 2_147_483_647].map((timeoutSeconds) =>
    gatewayCase(
      'timeoutSeconds out of range',
      'PACE',
      `timeoutSeconds is ${timeoutSeconds}`,
      async () => {
        await using pace = await startWith('PACE', silence);
        return await askPinSet(pace.origin, timeoutSeconds);
      },
      { parameter: 'timeoutSeconds' },
    ),
  ),
  gatewayCase(
    'not configured',
    'ADM',
    'ADM is named and has no address (account.pins)',
    async () => {
      await using gateway = await startGateway({ PACE_URL: 'http://127.0.0.1:1' });
      return (await askPins(gateway.origin, ['ADM']))?.[0];
    },
  ),
  gatewayCase(
    'not configured',
    'PACE',
    'PACE is named and has no address (account.pins)',
    async () => {
      await using gateway = await startGateway(elsewhere);
      return (await askPins(gateway.origin, ['PACE']))?.[0];
    },
  ),
  gatewayCase('not configured', 'PACE', 'PACE has no address (pinSet)', async () => {
    await using gateway = await startGateway(elsewhere);
    return await askPinSet(gateway.origin);
  }),
  gatewayCase('not configured', 'PIMS', 'PIMS has no address (generateOtp)', async () => {
    await using gateway = await startGateway(elsewhere);
    return await askOtp(gateway.origin);
  }),
  gatewayCase(
    'not configured',
    'PIMS',
    'PIMS has no address, however often it is asked',
    async () => {
      await using gateway = await startGateway({ ...elsewhere, OTP_ATTEMPTS_PER_MINUTE: '1' });
      await askOtp(gateway.origin);
      return await askOtp(gateway.origin);
    },
  ),
  gatewayCase('not supported', 'PIMS', 'PIMS is asked for the status of PINs', async () => {
    await using pims = await startWith('PIMS', reply(200));
    return (await askPins(pims.origin, ['PIMS']))?.[0];
  }),
  gatewayCase('not supported', 'PIMS', 'PIMS has no address and is asked for PINs', async () => {
    await using gateway = await startGateway(elsewhere);
    return (await askPins(gateway.origin, ['PIMS']))?.[0];
  }),
];

import { expect } from 'vitest';
import type { Environment } from '../../src/config.ts';
import {
  AccountPinsDocument,
  GenerateOtpDocument,
  PinSetDocument,
  ProvidersDocument,
  type AccountPinsQuery,
  type GenerateOtpMutation,
  type PinProvider,
  type PinSetSubscription,
} from '../generated/graphql.ts';
import { parsePayload, post, subscribeSse } from '../support/client.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { startUpstream, type Respond, type ScriptedUpstream } from '../support/upstream.ts';

/** One credential for each provider, so that none can be taken for another's. */
export const credentials: Record<string, string> = {
  'x-adm-authorization': 'Bearer adm-credential',
  'x-pace-authorization': 'Bearer pace-credential',
  'x-pims-authorization': 'Bearer pims-credential',
};

/** The credentials of one of several users. */
export const credentialsOf = (user: number): Record<string, string> => ({
  'x-adm-authorization': `Bearer user-${user}`,
  'x-pace-authorization': `Bearer user-${user}`,
  'x-pims-authorization': `Bearer user-${user}`,
});

/** One provider and a gateway in front of it. */
export interface ProviderWithGateway extends AsyncDisposable {
  readonly origin: string;
  readonly gateway: TestGateway;
  readonly upstream: ScriptedUpstream;
}

/** Starts one scripted provider and a gateway that knows no other. */
export async function startWith(
  provider: PinProvider,
  respond: Respond,
  environment: Environment = {},
): Promise<ProviderWithGateway> {
  const upstream = await startUpstream(respond);
  const gateway = await startGateway({ [`${provider}_URL`]: upstream.url, ...environment });
  return {
    origin: gateway.origin,
    gateway,
    upstream,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      await upstream[Symbol.asyncDispose]();
    },
  };
}

/** An entry of `account.pins`. */
export type PinEntry = AccountPinsQuery['account']['pins'][number];

/** What `account.pins` has; that there are no GraphQL errors is asserted on the way. */
export async function askPins(
  origin: string,
  providers?: PinProvider[] | null,
  headers: Record<string, string> = credentials,
): Promise<readonly PinEntry[] | undefined> {
  const { status, body } = await post(origin, AccountPinsDocument, { providers }, headers);
  expect({ status, errors: body.errors }).toEqual({ status: 200, errors: undefined });
  return body.data?.account.pins;
}

/** What `generateOtp` has; that there are no GraphQL errors is asserted on the way. */
export async function askOtp(
  origin: string,
  pinCode = '1234',
  headers: Record<string, string> = credentials,
): Promise<GenerateOtpMutation['generateOtp'] | undefined> {
  const variables = { input: { pinCode } };
  const { status, body } = await post(origin, GenerateOtpDocument, variables, headers);
  expect({ status, errors: body.errors }).toEqual({ status: 200, errors: undefined });
  return body.data?.generateOtp;
}

/** What one of several users, who share no request, gets of one provider. */
export const askAs: Record<PinProvider, (origin: string, user: number) => Promise<unknown>> = {
  ADM: (origin, user) => askPins(origin, ['ADM'], credentialsOf(user)).then((pins) => pins?.[0]),
  PACE: (origin, user) => askPins(origin, ['PACE'], credentialsOf(user)).then((pins) => pins?.[0]),
  PIMS: (origin, user) => askOtp(origin, '1234', credentialsOf(user)),
};

/** How each provider is doing. */
export async function askAvailabilities(origin: string): Promise<unknown> {
  const { body } = await post(origin, ProvidersDocument, {});
  return Object.fromEntries(
    body.data?.providers.map(({ name, availability }) => [name, availability]) ?? [],
  );
}

/** The one event of `pinSet`; that there is one, without GraphQL errors, is asserted on the way. */
export async function askPinSet(
  origin: string,
  timeoutSeconds?: number,
  headers: Record<string, string> = credentials,
): Promise<PinSetSubscription['pinSet'] | undefined> {
  await using subscription = subscribeSse(origin, PinSetDocument, { timeoutSeconds }, headers);
  const payloads = await subscription.completed;
  const [event] = payloads.map((payload) => parsePayload<PinSetSubscription>(payload));
  expect({ events: payloads.length, errors: event?.errors }).toEqual({
    events: 1,
    errors: undefined,
  });
  return event?.data?.pinSet;
}

/** The names of the headers that came over the wire, in alphabetical order. */
export const headerNames = (rawHeaders: readonly string[]): string[] =>
  rawHeaders.filter((_, index) => index % 2 === 0).sort();

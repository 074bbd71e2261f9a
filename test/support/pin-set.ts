import { expect } from 'vitest';
import type { Environment } from '../../src/config.ts';
import { PinSetDocument } from '../generated/graphql.ts';
import { connectWs, parsePayload, subscribeSse, type Subscription } from './client.ts';
import { startGateway, type TestGateway } from './gateway.ts';
import { openWs } from './raw-websocket.ts';
import { startUpstream, type Respond, type ScriptedUpstream } from './upstream.ts';

/** Headers, or the same as `connection_init` payload. */
export type Headers = Record<string, string>;

/** The variables of the subscription. */
export interface PinSetVariables {
  readonly timeoutSeconds?: number | null;
}

/** A gateway in front of a scripted PACE. */
export interface PinSetStage extends AsyncDisposable {
  readonly pace: ScriptedUpstream;
  readonly gateway: TestGateway;
  readonly origin: string;
}

/** Starts both, with everything that is not given as by default. */
export async function startPinSetStage(
  respond: Respond,
  environment: Environment = {},
): Promise<PinSetStage> {
  const pace = await startUpstream(respond);
  const gateway = await startGateway({ PACE_URL: pace.url, DRAIN_SECONDS: '5', ...environment });
  return {
    pace,
    gateway,
    origin: gateway.origin,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      await pace[Symbol.asyncDispose]();
    },
  };
}

/** What a user sends so that PACE may be asked. */
export const as = (user: string, more: Headers = {}): Headers => ({
  'x-pace-authorization': `Bearer ${user}`,
  ...more,
});

/** One way to subscribe to `pinSet`. Joining resolves when the gateway has taken the subscriber in. */
export interface PinSetTransport {
  readonly name: string;
  readonly join: (
    origin: string,
    headers: Headers,
    variables?: PinSetVariables,
  ) => Promise<Subscription>;
}

/** Over SSE; leaving kills the connection. */
export const overSse: PinSetTransport = {
  name: 'SSE',
  async join(origin, headers, variables = {}) {
    const subscription = subscribeSse(origin, PinSetDocument, variables, headers);
    await subscription.opened;
    return subscription;
  },
};

/** Over a WebSocket of its own; leaving completes the subscription, and the socket with it. */
export const overWebSocket: PinSetTransport = {
  name: 'WebSocket',
  async join(origin, headers, variables = {}) {
    const connection = connectWs(origin, headers);
    const subscription = connection.subscribe(PinSetDocument, variables);
    await connection.subscribe('{ __typename }', {}).completed;
    return {
      ...subscription,
      [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
    };
  },
};

/** Both of them. */
export const transports = [overSse, overWebSocket] as const;

/** The same with their names, for a suite that runs over both. */
export const eachTransport = transports.map((transport) => [transport.name, transport] as const);

/** A subscriber of whom only the going matters. */
export interface Leaver extends AsyncDisposable {
  leave(): void;
}

/** One way to go, whoever has come. */
export interface Departure {
  readonly name: string;
  readonly join: (origin: string, headers: Headers) => Promise<Leaver>;
}

const byWebSocket = (
  name: string,
  leave: (connection: Awaited<ReturnType<typeof openWs>>) => void,
): Departure => ({
  name,
  async join(origin, headers) {
    const connection = await openWs(origin);
    await connection.init(headers);
    const query = PinSetDocument.toString();
    connection.send({ id: 'pin', type: 'subscribe', payload: { query } });
    await connection.settled();
    return {
      leave: () => leave(connection),
      [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
    };
  },
});

/** Every way in which a subscriber can go. */
export const departures: readonly Departure[] = [
  byWebSocket('a WebSocket `complete`, the socket stays open', (connection) =>
    connection.send({ id: 'pin', type: 'complete' }),
  ),
  byWebSocket('a WebSocket that is closed', ({ socket }) => socket.close(1000)),
  byWebSocket('a WebSocket whose connection is cut', ({ socket }) => socket.terminate()),
  { name: 'an SSE connection that is killed', join: overSse.join },
];

/** The same with their names, for a suite about all of them. */
export const eachDeparture = departures.map((departure) => [departure.name, departure] as const);

/** The results that a subscription had when it completed. */
export const resultsOf = async ({ completed }: Subscription): Promise<readonly unknown[]> =>
  (await completed).map((payload) => parsePayload(payload));

/** One result with the given entry, as `resultsOf` has it. */
export const only = (pinSet: object): readonly unknown[] => [{ data: { pinSet } }];

/** What a subscriber is told when the PIN is set. */
export const pinSetEvent = {
  __typename: 'PinSetEvent',
  provider: 'PACE',
  type: 'USER',
  observedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
};

/** An error entry about PACE; what is not given is as for a failure that may pass. */
export const paceEntry = (kind: string, code: string, message: string, more: object = {}) => ({
  __typename: kind,
  message,
  code,
  provider: 'PACE',
  remedy: 'WAIT',
  retryable: true,
  retryAfterSeconds: null,
  upstream: null,
  ...more,
});

/** The entry's `upstream` where PACE answered with a status and no words. */
export const wordless = (httpStatus: number) => ({
  upstream: { httpStatus, code: null, title: null, detail: null, id: null },
});

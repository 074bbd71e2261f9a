import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { AccountPinsDocument, type PinProvider } from '../generated/graphql.ts';
import { post } from '../support/client.ts';
import type { Leaver } from '../support/pin-set.ts';
import { openWs } from '../support/raw-websocket.ts';
import { hangUp, inTurn, reply } from '../support/upstream.ts';
import { answers, wells } from './fault-scene.ts';
import { askAs, credentialsOf, startWith } from './harness.ts';

// A pause is a random part of a tenth of a second: with this chance it is two whole ones, in which a
// client can leave at its leisure.
beforeAll(() => {
  vi.spyOn(Math, 'random').mockReturnValue(20);
});

afterAll(() => {
  vi.restoreAllMocks();
});

const overHttp = (origin: string, provider: PinProvider): Leaver => {
  const controller = new AbortController();
  const variables = { providers: [provider] };
  const answer = post(origin, AccountPinsDocument, variables, credentialsOf(1), controller.signal);
  answer.catch(() => undefined);
  return {
    leave: () => controller.abort(),
    async [Symbol.asyncDispose]() {
      controller.abort();
      await expect(answer).rejects.toThrow();
    },
  };
};

/** The WebSocket itself stays open. */
const overWebSocket = async (origin: string, provider: PinProvider): Promise<Leaver> => {
  const socket = await openWs(origin);
  await socket.init(credentialsOf(1));
  const payload = { query: AccountPinsDocument.toString(), variables: { providers: [provider] } };
  socket.send({ id: '1', type: 'subscribe', payload });
  return {
    leave: () => socket.send({ id: '1', type: 'complete' }),
    [Symbol.asyncDispose]: () => socket[Symbol.asyncDispose](),
  };
};

describe.concurrent.each([
  ['ADM', 'HTTP', overHttp],
  ['ADM', 'WebSocket', overWebSocket],
  ['PACE', 'HTTP', overHttp],
  ['PACE', 'WebSocket', overWebSocket],
] as const)(
  'A client that leaves its status query to %s over %s',
  (provider, _transport, begin) => {
    it.each([
      ['the pause before it is sent once more', hangUp],
      ['the wait that the provider asked for', reply(503, '', { 'retry-after': '2' })],
    ])('in %s ends it: no second request comes', async (_pause, failure) => {
      const respond = inTurn(failure, failure, answers[provider]);
      const environment = { [`${provider}_TIMEOUT_MS`]: '10000' };
      await using started = await startWith(provider, respond, environment);
      const { origin, gateway, upstream } = started;
      await using leaver = await begin(origin, provider);
      const isFailing = { msg: 'provider', provider, availability: 'DEGRADED' };
      const hasFailed = () =>
        expect(gateway.logLines()).toContainEqual(expect.objectContaining(isFailing));
      await vi.waitFor(hasFailed, 10_000);
      leaver.leave();
      // By the time of this one's second request the one who left would have had its own.
      expect(await askAs[provider](origin, 2)).toEqual(wells[provider]);
      expect(upstream.requests.map(({ headers }) => headers.authorization)).toEqual([
        'Bearer user-1',
        'Bearer user-2',
        'Bearer user-2',
      ]);
    });
  },
);

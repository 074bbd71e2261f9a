import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openWs, type RawWebSocket } from '../support/raw-websocket.ts';
import { nobody, startStubbed } from '../support/stub-services.ts';

const types = ['connection_init', 'connection_ack', 'ping', 'pong', 'subscribe', 'next', 'error'];

const queries = [
  ...['{ __typename }', '{ account { pins { __typename } } }', 'subscription { pinSet { code } }'],
  ...['subscription { pinSet { __typename } }', '{', '', 'query A { a } query B { b }'],
];

const either = (weight: number, ...right: readonly unknown[]) =>
  fc.oneof(
    { weight, arbitrary: fc.constantFrom(...right) },
    { weight: 1, arbitrary: fc.jsonValue() },
  );

const subscribe = fc.record(
  {
    query: either(8, ...queries),
    operationName: either(3, null, 'A', '__proto__'),
    variables: either(3, null, {}, { a: 1 }),
    extensions: either(3, null, {}),
  },
  { requiredKeys: ['query'] },
);

const id = either(8, '1', '2', '3', '', '__proto__');

/** What a client may send by the protocol, and now and then a bit more. */
const operation = fc.oneof(
  fc.record({ id, type: fc.constant('subscribe'), payload: subscribe }),
  fc.record({ id, type: fc.constant('complete') }),
  fc.record({ type: fc.constantFrom('ping', 'pong'), payload: fc.object() }),
);

/** What it may not. */
const mischief = fc.record(
  { id, type: either(5, ...types), payload: fc.oneof(subscribe, fc.jsonValue()) },
  { requiredKeys: [] },
);

const message = fc.oneof(
  { weight: 20, arbitrary: operation.map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: mischief.map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: fc.json() },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.nat(5_000).map((depth) => '['.repeat(depth)) },
);

/** With which a client's mistake ends a connection. */
const codes = [4400, 4409, 4429];

/** Resolves when all that was sent has been worked off: with the code of its end, if it came to that. */
const outcomeOf = (socket: RawWebSocket): Promise<number | null> =>
  Promise.race([
    socket.settled().then(
      () => null,
      () => socket.closed.then(({ code }) => code),
    ),
    socket.closed.then(({ code }) => code),
  ]);

describe('Whatever a client sends over a WebSocket after it has been let in', () => {
  it(
    'it is answered by the protocol, or its socket is closed for it, and nothing is a bug',
    { timeout: 60_000 },
    async () => {
      await using server = await startStubbed(nobody, undefined, {
        MAX_MESSAGES_PER_SECOND: '1000',
      });
      const outcomes = new Set<number | null>();
      await fc.assert(
        fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 12 }), async (sent) => {
          await using socket = await openWs(server.origin);
          await socket.init({ 'x-pace-authorization': 'Bearer ann' });
          for (const one of sent) socket.send(one);
          const outcome = await outcomeOf(socket);
          if (outcome !== null) expect(codes).toContain(outcome);
          outcomes.add(outcome);
          for (const text of socket.messages) {
            expect(text).toMatch(
              /^\{(?:"id":.*,)?"type":"(?:connection_ack|next|error|complete|pong)"/s,
            );
            expect(text).not.toMatch(/node_modules|Unexpected error|INTERNAL/);
          }
        }),
        { numRuns: 1_000 },
      );
      expect(outcomes).toContain(null);
      expect(outcomes).toContain(4400);
      expect(outcomes).toContain(4409);
      expect(server.logLines().filter(({ level }) => Number(level) >= 50)).toEqual([]);
    },
  );
});

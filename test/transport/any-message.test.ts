import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { providerError } from '../../src/error-mapping.ts';
import { set as pinThatIsSet } from '../hub/fake-poll.ts';
import { anyDocument } from '../support/random-documents.ts';
import { openWs, type RawWebSocket } from '../support/raw-websocket.ts';
import { Shedding } from '../support/shedding.ts';
import { nobody, startStubbed, type Behaviour } from '../support/stub-services.ts';

/** Ann's PIN is set at once; Bob's never is. */
const behaviour: Behaviour = {
  ...nobody,
  readPins: () => Promise.resolve([pinThatIsSet, providerError('ADM', 'deadline passed')]),
  waitForPin: ({ credentials: { PACE } }, _seconds, signal) =>
    new Promise((resolve) => {
      if (PACE?.reveal() === 'ann') resolve(pinThatIsSet);
      signal.addEventListener('abort', () => resolve(providerError('PACE', 'deadline passed')));
    }),
};

const id = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('1', '2', '__proto__', 'constructor', '🔒') },
  { weight: 1, arbitrary: fc.constantFrom('', 'x'.repeat(129), '\0', '\ud800') },
);
const query = fc.oneof(
  anyDocument,
  fc.constant('subscription { pinSet { __typename } }'),
  fc.constant('query Q { account { pins { __typename } } }'),
);
const payload = fc.record(
  {
    query,
    operationName: fc.constantFrom(null, 'Q', 'Other', '', '__proto__'),
    variables: fc.oneof(
      fc.constant(null),
      fc.dictionary(fc.constantFrom('a', '__proto__'), fc.jsonValue()),
    ),
    extensions: fc.constantFrom(null, {}, { persistedQuery: { version: 1 } }),
  },
  { requiredKeys: ['query'] },
);
const type = fc.constantFrom(
  ...[
    'connection_init',
    'connection_ack',
    'ping',
    'pong',
    'subscribe',
    'next',
    'error',
    'complete',
  ],
  ...['start', '__proto__', ''],
);

/** What a client may send, and a few of what it may not: the first of those ends it all. */
const message = fc.oneof(
  { weight: 20, arbitrary: fc.record({ id, type: fc.constant('subscribe'), payload }) },
  { weight: 8, arbitrary: fc.record({ id, type: fc.constant('complete') }) },
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constantFrom('ping', 'pong'), payload: fc.object() }),
  },
  { weight: 2, arbitrary: fc.record({ id, type, payload: fc.jsonValue() }, { requiredKeys: [] }) },
);
const text = fc.oneof(
  { weight: 20, arbitrary: message.map((each) => JSON.stringify(each)) },
  { weight: 1, arbitrary: fc.json() },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
);
const frame = fc
  .tuple(text, fc.boolean())
  .map(([each, isText]) => (isText ? each : Buffer.from(each)));

/** How a client that does what it may not, is told so. */
const closeCodes = [4400, 4409, 4429];

/** Whether the socket still serves; it may be closed, but for the client's reasons only. */
async function isServed(socket: RawWebSocket): Promise<boolean> {
  const closed = socket.closed.then(({ code }) => code);
  const end = await Promise.race([closed, socket.settled().catch(() => closed)]);
  if (end !== undefined) expect(closeCodes).toContain(end);
  return end === undefined;
}

describe('Whatever a client sends over a WebSocket', () => {
  it(
    'it is answered or the socket is closed, and the process serves on',
    { timeout: 60_000 },
    async () => {
      await using server = await startStubbed(behaviour, undefined, {}, new Shedding());
      let served = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom('ann', 'bob'),
          fc.array(frame, { maxLength: 20 }),
          fc.boolean(),
          async (user, frames, isOnePacket) => {
            await using socket = await openWs(server.origin);
            await socket.init({ 'x-pace-authorization': user });
            const sendAll = (): void => frames.forEach((each) => socket.socket.send(each));
            if (isOnePacket) socket.inOnePacket(sendAll);
            else sendAll();
            if (await isServed(socket)) served++;
            for (const each of socket.messages) {
              expect(['connection_ack', 'next', 'error', 'complete', 'pong']).toContain(
                (JSON.parse(each) as { type: string }).type,
              );
              expect(each).not.toMatch(/Unexpected error|node_modules/);
            }
          },
        ),
        { numRuns: 1_000 },
      );
      expect(served).toBeGreaterThan(100); // or it would say little
      expect(server.logLines().filter(({ level }) => Number(level) >= 50)).toEqual([]);
      await using socket = await openWs(server.origin);
      await socket.init();
      expect(await isServed(socket)).toBe(true);
    },
  );
});

import { connect, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { PinSetDocument } from '../generated/graphql.ts';
import { openWs } from '../support/raw-websocket.ts';
import {
  as,
  only,
  pinSetEvent,
  resultsOf,
  startPinSetStage,
  eachTransport,
} from '../support/pin-set.ts';
import { reply, type Respond } from '../support/upstream.ts';

/** So much fills every buffer between the gateway and a client that doesn't read. */
const flood = 2_000;
const alias = 'a'.repeat(20_000);

/** A WebSocket that waits for the PIN and has stopped reading a long answer to something else. */
async function stuckWebSocket(origin: string): Promise<AsyncDisposable> {
  const connection = await openWs(origin);
  await connection.init(as('ann'));
  const query = PinSetDocument.toString();
  connection.send({ id: 'pin', type: 'subscribe', payload: { query } });
  await connection.settled();
  connection.socket.pause();
  for (let id = 0; id < flood; id++) {
    const payload = { query: `{ ${alias}: __typename }` };
    connection.send({ id: String(id), type: 'subscribe', payload });
  }
  return connection;
}

/** An SSE client that has begun to wait and reads nothing, not even the head of the answer. */
async function stuckSse(origin: string): Promise<AsyncDisposable> {
  const { hostname, port } = new URL(origin);
  const socket: Socket = connect({ host: hostname, port: Number(port) });
  socket.pause();
  socket.on('error', () => undefined);
  const body = JSON.stringify({ query: PinSetDocument.toString() });
  const head = [
    'POST /graphql HTTP/1.1',
    'host: gateway',
    'content-type: application/json',
    'accept: text/event-stream',
    'x-pace-authorization: Bearer ann',
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  await new Promise<void>((resolve, reject) => {
    socket.write(`${head.join('\r\n')}\r\n\r\n${body}`, (error) =>
      error ? reject(error) : resolve(),
    );
  });
  return {
    [Symbol.asyncDispose]: () => {
      socket.destroy();
      return Promise.resolve();
    },
  };
}

describe.each(eachTransport)('A subscriber over %s', (_name, transport) => {
  it.each([
    ['a WebSocket', stuckWebSocket],
    ['an SSE connection', stuckSse],
  ])('is not held up by %s that nobody reads', async (_what, join) => {
    let answer = (): void => undefined;
    const respond: Respond = (response, request) => (answer = () => reply(200)(response, request));
    await using stage = await startPinSetStage(respond, {
      DRAIN_SECONDS: '1',
      LOG_LEVEL: 'warn',
      MAX_MESSAGES_PER_SECOND: '1000',
    });
    await using stuck = await join(stage.origin);
    await stage.pace.received(1);
    await using subscription = await transport.join(stage.origin, as('ann'));
    expect(stage.pace.requests).toHaveLength(1);
    const answeredAt = performance.now();
    answer();
    expect(await resultsOf(subscription)).toEqual(only(pinSetEvent));
    expect(performance.now() - answeredAt).toBeLessThan(1_000);
    await stuck[Symbol.asyncDispose]();
  });
});

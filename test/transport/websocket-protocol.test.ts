import { once } from 'node:events';
import { request } from 'node:http';
import type { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { PinSetDocument } from '../generated/graphql.ts';
import { as, only, overSse, pinSetEvent, resultsOf, startPinSetStage } from '../support/pin-set.ts';
import { openWs } from '../support/raw-websocket.ts';
import { inTurn, reply, silence } from '../support/upstream.ts';

const pinSet = (id: string) => ({
  id,
  type: 'subscribe',
  payload: { query: PinSetDocument.toString() },
});

/** Upgrades by hand, and reads the first frame: clients give up on an answer without their protocol. */
async function closeFrameFor(origin: string, protocol: string): Promise<object> {
  const upgrade = request(`${origin}/graphql`, {
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': Buffer.alloc(16).toString('base64'),
      'sec-websocket-protocol': protocol,
    },
  });
  upgrade.end();
  const [response, socket, head] = (await once(upgrade, 'upgrade')) as [
    { statusCode: number },
    Duplex,
    Buffer,
  ];
  const frame = head.length > 0 ? head : ((await once(socket, 'data')) as [Buffer])[0];
  socket.destroy();
  return {
    status: response.statusCode,
    opcode: frame.readUInt8(0) & 0x0f,
    code: frame.readUInt16BE(2),
    reason: frame.subarray(4).toString(),
  };
}

describe('A WebSocket is closed', () => {
  it.each(['graphql-ws', 'chat'])('with 4406 for the subprotocol %s', async (protocol) => {
    await using stage = await startPinSetStage(silence);
    expect(await closeFrameFor(stage.origin, protocol)).toEqual({
      status: 101,
      opcode: 8,
      code: 4406,
      reason: 'Subprotocol not acceptable',
    });
  });

  it('with 4406 for no subprotocol', async () => {
    await using stage = await startPinSetStage(silence);
    await using connection = await openWs(stage.origin, { protocols: [] });
    expect(await connection.closed).toEqual({ code: 4406, reason: 'Subprotocol not acceptable' });
  });

  it('with 4401 when it subscribes before connection_init', async () => {
    await using stage = await startPinSetStage(silence);
    await using connection = await openWs(stage.origin, { headers: as('ann') });
    connection.send(pinSet('1'));
    expect(await connection.closed).toEqual({ code: 4401, reason: 'Unauthorized' });
    expect([connection.messages, stage.pace.requests]).toEqual([[], []]);
  });

  it('with 4429 for a second connection_init, and its subscriptions end', async () => {
    await using stage = await startPinSetStage(silence);
    await using connection = await openWs(stage.origin);
    await connection.init(as('ann'));
    connection.send(pinSet('1'));
    await stage.pace.received(1);
    connection.send({ type: 'connection_init', payload: as('bob') });
    expect(await connection.closed).toEqual({
      code: 4429,
      reason: 'Too many initialisation requests',
    });
    await stage.pace.requests[0]?.aborted;
    expect([stage.pace.requests.length, stage.pace.open]).toEqual([1, 0]);
  });

  it('with 4408 when no connection_init comes in time', async () => {
    await using stage = await startPinSetStage(silence);
    await using connection = await openWs(stage.origin);
    expect(await connection.closed).toEqual({
      code: 4408,
      reason: 'Connection initialisation timeout',
    });
  });

  it('with 4409 for an id that is in use, and its subscriptions end', async () => {
    await using stage = await startPinSetStage(silence);
    await using connection = await openWs(stage.origin);
    await connection.init(as('ann'));
    connection.send(pinSet('1'));
    await stage.pace.received(1);
    connection.send(pinSet('1'));
    expect(await connection.closed).toEqual({
      code: 4409,
      reason: 'Subscriber for 1 already exists',
    });
    await stage.pace.requests[0]?.aborted;
    expect([stage.pace.requests.length, stage.pace.open]).toEqual([1, 0]);
  });

  it.each([
    ['no JSON', 'hello'],
    ['no object', '[]'],
    ['no type', '{}'],
    ['an unknown type', '{"type":"start","id":"1"}'],
    ['no id', '{"type":"subscribe","payload":{"query":"{ __typename }"}}'],
    ['no query', '{"type":"subscribe","id":"1","payload":{}}'],
    ['a complete that is cut off', '{"type":"complete"'],
  ])('with 4400 for a message with %s', async (_what, message) => {
    await using stage = await startPinSetStage(silence);
    await using connection = await openWs(stage.origin);
    await connection.init();
    connection.send(message);
    expect(await connection.closed).toEqual({ code: 4400, reason: 'Invalid message received' });
  });

  it.each([
    ['next', { id: '1', type: 'next', payload: { data: {} } }],
    ['error', { id: '1', type: 'error', payload: [{ message: 'no' }] }],
    ['connection_ack', { type: 'connection_ack' }],
  ])(
    'with 4400 for %s, which is for a server to send, whenever it comes',
    async (_type, message) => {
      await using stage = await startPinSetStage(silence);
      await using stranger = await openWs(stage.origin);
      await using connection = await openWs(stage.origin);
      await connection.init(as('ann'));
      connection.send(pinSet('1'));
      await stage.pace.received(1);
      for (const each of [stranger, connection]) {
        each.send(message);
        expect(await each.closed).toEqual({ code: 4400, reason: 'Invalid message received' });
      }
      await stage.pace.requests[0]?.aborted;
      expect(stage.gateway.logLines().filter(({ msg }) => msg === 'bug')).toEqual([]);
    },
  );

  it('with 4400 for a credential that cannot stand in a header', async () => {
    await using stage = await startPinSetStage(silence);
    await using connection = await openWs(stage.origin);
    const payload = as('ann\r\nx-injected: 1');
    connection.send({ type: 'connection_init', payload });
    expect(await connection.closed).toEqual({
      code: 4400,
      reason: 'The value of x-pace-authorization cannot be sent in an HTTP header.',
    });
  });

  it('with 1009 for a message over 1 MiB, and nobody else is', async () => {
    await using stage = await startPinSetStage(inTurn(silence, reply(200)));
    await using witness = await openWs(stage.origin);
    await witness.init(as('ann'));
    witness.send(pinSet('1'));
    await stage.pace.received(1);
    await using connection = await openWs(stage.origin);
    await connection.init();
    connection.send('x'.repeat(1024 * 1024 + 1));
    expect(await connection.closed).toMatchObject({ code: 1009 });
    await witness.settled();
    expect(stage.pace.open).toBe(1);
    await using later = await overSse.join(stage.origin, as('bob'));
    expect(await resultsOf(later)).toEqual(only(pinSetEvent));
  });
});

describe('A WebSocket stays open', () => {
  it('for a ping, which it answers with the same payload', async () => {
    await using stage = await startPinSetStage(silence);
    await using connection = await openWs(stage.origin);
    connection.send({ type: 'ping', payload: { at: 1 } });
    expect(JSON.parse(await connection.received('pong'))).toEqual({
      type: 'pong',
      payload: { at: 1 },
    });
  });

  it('for a complete of an id that it does not know', async () => {
    await using stage = await startPinSetStage(silence);
    await using connection = await openWs(stage.origin);
    await connection.init();
    connection.send({ id: 'unknown', type: 'complete' });
    await connection.settled();
    expect(connection.socket.readyState).toBe(connection.socket.OPEN);
  });
});

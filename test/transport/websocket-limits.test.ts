import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { AccountPinsDocument, PinSetDocument } from '../generated/graphql.ts';
import { startGateway } from '../support/gateway.ts';
import { as, startPinSetStage } from '../support/pin-set.ts';
import { openWs } from '../support/raw-websocket.ts';
import { settled } from '../support/settled.ts';
import { reply, silence } from '../support/upstream.ts';

const ADM_URL = 'http://127.0.0.1:1';
const pinSet = (id: string) => ({
  id,
  type: 'subscribe',
  payload: { query: PinSetDocument.toString() },
});

describe('One operation too many on a WebSocket', () => {
  it('has an error of its own, and the socket and all others go on', async () => {
    await using stage = await startPinSetStage(silence, { MAX_OPERATIONS_PER_SOCKET: '3' });
    await using connection = await openWs(stage.origin);
    await connection.init(as('ann'));
    for (const id of ['1', '2', '3', '4']) connection.send(pinSet(id));
    expect(JSON.parse(await connection.received('error', '4'))).toEqual({
      id: '4',
      type: 'error',
      payload: [
        {
          message: 'No more than 3 operations may run at once on one connection.',
          extensions: { code: 'TOO_MANY_OPERATIONS' },
        },
      ],
    });
    expect(stage.gateway.gateway.subscribers()).toBe(3);
    connection.send({ id: '1', type: 'complete' });
    await connection.settled();
    connection.send(pinSet('4'));
    while (stage.gateway.gateway.subscribers() !== 3) await sleep(5);
  });
});

describe('An operation id', () => {
  it('of the longest length is used', async () => {
    await using gateway = await startGateway({ ADM_URL });
    await using connection = await openWs(gateway.origin);
    await connection.init();
    const id = 'x'.repeat(128);
    connection.send({ id, type: 'subscribe', payload: { query: '{ __typename }' } });
    await connection.received('complete', id);
  });

  it('beyond it closes the socket', async () => {
    await using gateway = await startGateway({ ADM_URL });
    await using connection = await openWs(gateway.origin);
    await connection.init();
    connection.send(pinSet('x'.repeat(129)));
    expect(await connection.closed).toEqual({
      code: 4400,
      reason: 'An id has at most 128 characters',
    });
  });
});

describe('A WebSocket that sends too many messages', () => {
  it('is closed with 4429', async () => {
    await using gateway = await startGateway({ ADM_URL, MAX_MESSAGES_PER_SECOND: '2' });
    await using connection = await openWs(gateway.origin);
    for (let index = 0; index < 20; index++) connection.send({ type: 'ping', payload: { index } });
    while (connection.messages.length < 20) await sleep(5); // ten seconds' worth
    for (let index = 0; index < 20; index++) connection.send({ type: 'ping' });
    expect(await connection.closed).toEqual({ code: 4429, reason: 'Too many messages' });
  });

  it('is closed for pings of the WebSocket itself, too', async () => {
    await using gateway = await startGateway({ ADM_URL, MAX_MESSAGES_PER_SECOND: '2' });
    await using connection = await openWs(gateway.origin);
    for (let index = 0; index < 21; index++) connection.socket.ping('?');
    expect((await connection.closed).code).toBe(4429);
  });

  it('and reads no answer, 6000 pings of 8 kB, does not make the gateway grow', async () => {
    await using gateway = await startGateway({ ADM_URL });
    await using connection = await openWs(gateway.origin);
    await connection.init();
    connection.socket.pause();
    const ping = { type: 'ping', payload: { filler: 'x'.repeat(8_000) } };
    for (let index = 0; index < 6_000; index++) connection.send(ping);
    // 48 MB: what the gateway does not take stays with us, but for what the sockets between us hold.
    const left = await settled(
      () => connection.socket.bufferedAmount,
      () => fetch(`${gateway.origin}/health/live`),
    );
    expect(left).toBeGreaterThan(30e6);
    await connection[Symbol.asyncDispose]();
    expect(gateway.logLines().map(({ msg }) => msg)).toEqual(['listening']);
  });
});

describe('A WebSocket message', () => {
  it('beyond MAX_REQUEST_BYTES closes the socket with 1009', async () => {
    await using gateway = await startGateway({ ADM_URL, MAX_REQUEST_BYTES: '2000' });
    await using connection = await openWs(gateway.origin);
    connection.send({ type: 'ping', payload: { filler: 'x'.repeat(1_900) } });
    await connection.received('pong');
    connection.send({ type: 'ping', payload: { filler: 'x'.repeat(2_000) } });
    expect((await connection.closed).code).toBe(1009);
  });

  it('in more pieces than anyone needs closes the socket with 1008', async () => {
    await using gateway = await startGateway({ ADM_URL });
    await using connection = await openWs(gateway.origin);
    for (let index = 0; index < 200; index++) connection.socket.send('[', { fin: false });
    expect((await connection.closed).code).toBe(1008);
  });
});

describe('A value of connection_init', () => {
  const credentialUpstream = async (value: unknown): Promise<unknown> => {
    await using stage = await startPinSetStage(reply(200));
    const headers = as('header');
    await using connection = await openWs(stage.origin, { headers });
    await connection.init({ 'X-Pace-Authorization': value });
    const payload = { query: AccountPinsDocument.toString() };
    connection.send({ id: '1', type: 'subscribe', payload });
    await connection.received('complete', '1');
    return stage.pace.requests[0]?.headers.authorization;
  };

  it('wins over the header of the upgrade', async () => {
    expect(await credentialUpstream('Bearer init')).toBe('Bearer init');
  });

  it.each([null, '', ' ', '\t'])(
    'of %j counts as not sent, as an empty header does',
    async (value) => {
      expect(await credentialUpstream(value)).toBe('Bearer header');
    },
  );
});

import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { PinSetDocument } from '../generated/graphql.ts';
import { startGateway } from '../support/gateway.ts';
import { as, only, overSse, pinSetEvent, resultsOf, startPinSetStage } from '../support/pin-set.ts';
import {
  frameOf,
  openConnection,
  postHead,
  postOf,
  upgradeHead,
} from '../support/raw-connection.ts';
import { openWs } from '../support/raw-websocket.ts';
import { reply, silence, type Respond } from '../support/upstream.ts';

const ADM_URL = 'http://127.0.0.1:1';
const impatient = { HEADERS_TIMEOUT_MS: '300', REQUEST_TIMEOUT_MS: '600' };
const known = { query: '{ __typename }' };

/** Sends a byte now and then until the gateway has had enough; says what it answered. */
async function trickle(origin: string, first: string, before = ''): Promise<string> {
  await using connection = await openConnection(origin);
  if (before !== '') {
    connection.write(before);
    await connection.received(/\}$/);
  }
  const start = connection.text().length;
  connection.write(first);
  const bytes = setInterval(() => connection.write('x'), 50);
  const text = await connection.closed;
  clearInterval(bytes);
  return text.slice(start);
}

/** The head of a frame of 10,000 bytes. */
const longFrameHead = Buffer.from([0x81, 0xfe, 0x27, 0x10, 0, 0, 0, 0]);

const timedOut = /^HTTP\/1\.1 408 Request Timeout\r\nconnection: close\r\n/i;

describe('A client that sends too slowly is answered with 408 and cut', () => {
  it.each([
    ['with the head', 'POST /graphql HTTP/1.1\r\nhost: gateway\r\nx-slow: '],
    ['with the head of an upgrade', `${upgradeHead}x-slow: `],
    ['with a body', `${postHead(10_000)}\r\n{`],
    [
      'with a body in chunks',
      `${postHead(0).replace('content-length: 0', 'transfer-encoding: chunked')}\r\nfff\r\n{`,
    ],
  ])('%s', async (_what, first) => {
    await using gateway = await startGateway({ ADM_URL, ...impatient });
    expect(await trickle(gateway.origin, first)).toMatch(timedOut);
  });

  it('with a body that takes the fast path', async () => {
    await using gateway = await startGateway({ ADM_URL, ...impatient });
    const first = `${postHead(10_000, 'accept: application/json')}\r\n{`;
    const before = postOf(known, 'accept: application/json');
    expect(await trickle(gateway.origin, first, before)).toMatch(timedOut);
  });

  it('with a body for which the answer did not have to wait', async () => {
    await using gateway = await startGateway({ ADM_URL, ...impatient });
    const first = `${postHead(10_000).replace('/graphql', '/other')}\r\n{`;
    expect(await trickle(gateway.origin, first)).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/);
  });

  it('with the first byte', async () => {
    await using gateway = await startGateway({ ADM_URL, ...impatient });
    await using connection = await openConnection(gateway.origin);
    expect(await connection.closed).toMatch(timedOut);
  });

  it('while the others are served', async () => {
    await using gateway = await startGateway({ ADM_URL, ...impatient });
    const slow = Array.from({ length: 50 }, () =>
      trickle(gateway.origin, `${postHead(9_999)}\r\n{`),
    );
    const response = await fetch(`${gateway.origin}/health/ready`);
    expect(response.status).toBe(200);
    expect(await Promise.all(slow)).toEqual(Array(50).fill(expect.stringMatching(timedOut)));
  });
});

describe('A WebSocket is cut', () => {
  it.each([
    ['of which a frame is never finished', longFrameHead, Buffer.from('x')],
    ['of which a message is never finished', frameOf(1, '{"type":', false), frameOf(0xa, 'alive')],
  ])('%s', async (_what, first, more) => {
    await using gateway = await startGateway({ ADM_URL, ...impatient });
    await using other = await openWs(gateway.origin);
    await other.init();
    await using connection = await openConnection(gateway.origin);
    connection.write(`${upgradeHead}\r\n`);
    await connection.received(/101 Switching Protocols/);
    connection.write(frameOf(1, '{"type":"connection_init"}'));
    await connection.received(/connection_ack/);
    connection.write(first);
    const startedAt = performance.now();
    const bytes = setInterval(() => connection.write(more), 50);
    await connection.closed;
    clearInterval(bytes);
    expect(performance.now() - startedAt).toBeGreaterThan(550); // and not for what it said
    await other.settled();
  });
});

it('A request, a stream and a WebSocket that only last are not cut', async () => {
  let answer = (): void => undefined;
  const respond: Respond = (response, request) => (answer = () => reply(200)(response, request));
  await using stage = await startPinSetStage(respond, impatient);
  await using events = await overSse.join(stage.origin, as('ann'));
  await using connection = await openWs(stage.origin);
  await connection.init(as('ann'));
  const payload = { query: PinSetDocument.toString() };
  connection.send({ id: '1', type: 'subscribe', payload });
  await connection.settled();
  await sleep(1_500); // more than twice the time for a request
  answer();
  expect(await resultsOf(events)).toEqual(only(pinSetEvent));
  await connection.received('next', '1');
});

it('A message in two parts, with a ping between them, is one message', async () => {
  await using stage = await startPinSetStage(silence, impatient);
  await using connection = await openConnection(stage.origin);
  connection.write(`${upgradeHead}\r\n`);
  await connection.received(/101 Switching Protocols/);
  connection.write(frameOf(1, '{"type":', false));
  connection.write(frameOf(9, 'between'));
  connection.write(frameOf(0, '"connection_init"}'));
  await connection.received(/between.*connection_ack/s);
});

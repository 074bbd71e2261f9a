import { connect } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { AccountPinsDocument, PinSetDocument } from '../generated/graphql.ts';
import { post } from '../support/client.ts';
import { as, startPinSetStage, type PinSetStage } from '../support/pin-set.ts';
import { openWs } from '../support/raw-websocket.ts';
import { silence } from '../support/upstream.ts';

/** The provider has more time than the drain, so that it is the drain that ends the request. */
const patient = { PACE_TIMEOUT_MS: '60000', DRAIN_SECONDS: '1' };

const settledIn = async (promise: Promise<unknown>): Promise<number> => {
  const startedAt = performance.now();
  await promise;
  return performance.now() - startedAt;
};

/** What the log says of the operations that were cut. */
const cutLines = ({ gateway }: PinSetStage): unknown[][] =>
  gateway
    .logLines()
    .filter(({ outcome }) => outcome === 'CUT')
    .map(({ transport, operationType }) => [transport, operationType]);

describe('A gateway that has drained for DRAIN_SECONDS', () => {
  it('cuts an HTTP request that never finishes, and what it asked for upstream', async () => {
    await using stage = await startPinSetStage(silence, patient);
    const answer = post(stage.origin, AccountPinsDocument, {}, as('ann'));
    const lost = expect(answer).rejects.toThrow();
    await stage.pace.received(1);
    const ms = await settledIn(stage.gateway.gateway.close());
    expect(ms).toBeGreaterThan(990);
    expect(ms).toBeLessThan(2_000);
    await lost;
    expect(cutLines(stage)).toEqual([['http', 'query']]);
    await stage.pace.requests[0]?.aborted;
    expect(stage.pace.open).toBe(0);
  });

  it('cuts a query over WebSocket that never finishes, and what it asked for upstream', async () => {
    await using stage = await startPinSetStage(silence, patient);
    await using connection = await openWs(stage.origin);
    await connection.init(as('ann'));
    const payload = { query: AccountPinsDocument.toString() };
    connection.send({ id: '1', type: 'subscribe', payload });
    await stage.pace.received(1);
    const ms = await settledIn(stage.gateway.gateway.close());
    expect(ms).toBeGreaterThan(990);
    expect(ms).toBeLessThan(2_000);
    expect(await connection.closed).toEqual({ code: 1006, reason: '' });
    expect(cutLines(stage)).toEqual([['websocket', 'query']]);
    await stage.pace.requests[0]?.aborted;
    expect(stage.pace.open).toBe(0);
  });

  it('cuts a request whose body never comes', async () => {
    await using stage = await startPinSetStage(silence, patient);
    const { hostname, port } = new URL(stage.origin);
    await using stack = new AsyncDisposableStack();
    const socket = stack.adopt(connect(Number(port), hostname), (opened) => void opened.destroy());
    const ended = once(socket, 'close');
    const head = 'POST /graphql HTTP/1.1\r\nhost: gateway\r\ncontent-type: application/json\r\n';
    socket.write(`${head}content-length: 100\r\n\r\n{`);
    await post(stage.origin, '{ __typename }', {}); // by now the other has been received too
    expect(await settledIn(stage.gateway.gateway.close())).toBeLessThan(2_000);
    await ended;
  });

  it('terminates a WebSocket whose peer does not answer the close', async () => {
    await using stage = await startPinSetStage(silence, patient);
    await using connection = await openWs(stage.origin);
    await connection.init(as('ann'));
    const payload = { query: PinSetDocument.toString() };
    connection.send({ id: '1', type: 'subscribe', payload });
    await connection.settled();
    connection.socket.pause();
    expect(await settledIn(stage.gateway.gateway.close())).toBeLessThan(2_000);
  });

  it('does not even wait that long for such a peer when it has more time', async () => {
    await using stage = await startPinSetStage(silence, { DRAIN_SECONDS: '60' });
    await using connection = await openWs(stage.origin);
    await connection.init();
    connection.socket.pause();
    const ms = await settledIn(stage.gateway.gateway.close());
    expect(ms).toBeGreaterThan(1_900);
    expect(ms).toBeLessThan(5_000);
  });

  it('does not wait for a client that was refused an upgrade and keeps its side open', async () => {
    await using stage = await startPinSetStage(silence, patient);
    const { hostname, port } = new URL(stage.origin);
    await using stack = new AsyncDisposableStack();
    const options = { host: hostname, port: Number(port), allowHalfOpen: true };
    const socket = stack.adopt(connect(options), (opened) => void opened.destroy());
    socket.write(
      'GET /elsewhere HTTP/1.1\r\nhost: gateway\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n',
    );
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/);
    const closed = stage.gateway.gateway.close();
    const timer = Promise.withResolvers<'still open'>();
    const timeout = setTimeout(() => timer.resolve('still open'), 4_000);
    const outcome = await Promise.race([closed.then(() => 'closed'), timer.promise]);
    clearTimeout(timeout);
    socket.destroy();
    expect(outcome).toBe('closed');
  });
});

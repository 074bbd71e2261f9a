import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { AccountPinsDocument, PinSetDocument } from '../generated/graphql.ts';
import { post } from '../support/client.ts';
import { as, resultsOf, startPinSetStage, transports } from '../support/pin-set.ts';
import { openConnection, postOf } from '../support/raw-connection.ts';
import { sendRaw } from '../support/raw-http.ts';
import { openWs, payloadOf } from '../support/raw-websocket.ts';
import { reply, silence, type Respond } from '../support/upstream.ts';

const seconds = expect.toSatisfy(
  (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 10,
) as number;

const draining = {
  __typename: 'GatewayDrainingError',
  message: 'This gateway is shutting down. Subscribe again after the given time.',
  code: 'DRAINING',
  retryAfterSeconds: seconds,
};

const pin = { __typename: 'Pin', provider: 'PACE', type: 'USER', status: 'SET' };
const pins = {
  data: { account: { pins: [{ ...pin, requirement: null, actionRequired: false, lock: null }] } },
};

/** Polls are met with silence; a status query is answered when the test says so. */
function slowQuery(): { readonly respond: Respond; readonly answer: () => void } {
  let answer = (): void => undefined;
  return {
    respond: (response, request) => {
      if (request.url === '/user/pin') answer = () => reply(200)(response, request);
    },
    answer: () => answer(),
  };
}

describe('A gateway that drains', () => {
  it('tells every subscriber, over both transports, and ends every poll', async () => {
    await using stage = await startPinSetStage(silence);
    await using stack = new AsyncDisposableStack();
    const subscriptions = [];
    for (let i = 0; i < 20; i++) {
      const [sse, webSocket] = transports;
      const transport = i % 2 === 0 ? sse : webSocket;
      const headers = as(`user-${i % 5}`);
      subscriptions.push(stack.use(await transport.join(stage.origin, headers)));
    }
    await stage.pace.received(5);
    await stage.gateway.gateway.close();

    const results = (await Promise.all(subscriptions.map(resultsOf))).flat();
    expect(results).toEqual(Array.from({ length: 20 }, () => ({ data: { pinSet: draining } })));
    // Twenty times the same of ten would be a chance of one in 10^19.
    expect(new Set(results.map((result) => JSON.stringify(result))).size).toBeGreaterThan(1);
    await Promise.all(stage.pace.requests.map(({ aborted }) => aborted));
    expect([stage.pace.requests.length, stage.pace.open]).toEqual([5, 0]);
  });

  it('closes a WebSocket with 1001 once its subscriptions are complete', async () => {
    await using stage = await startPinSetStage(silence);
    await using connection = await openWs(stage.origin);
    await connection.init(as('ann'));
    for (const id of ['1', '2']) {
      const payload = { query: PinSetDocument.toString() };
      connection.send({ id, type: 'subscribe', payload });
    }
    await connection.settled();
    const before = connection.messages.length;
    await stage.gateway.gateway.close();
    expect(await connection.closed).toEqual({ code: 1001, reason: 'Going away' });
    const told = connection.messages.slice(before).map((text) => JSON.parse(text) as unknown);
    expect(told).toHaveLength(4);
    for (const id of ['1', '2']) {
      const ofOne = told.filter((message) => (message as { id: string }).id === id);
      expect(ofOne).toEqual([
        { id, type: 'next', payload: { data: { pinSet: draining } } },
        { id, type: 'complete' },
      ]);
    }
  });

  it('closes an idle WebSocket, whether initialised or not, with 1001 too', async () => {
    await using stage = await startPinSetStage(silence);
    await using idle = await openWs(stage.origin);
    await idle.init();
    await using silent = await openWs(stage.origin);
    await stage.gateway.gateway.close();
    const goingAway = { code: 1001, reason: 'Going away' };
    expect([await idle.closed, await silent.closed]).toEqual([goingAway, goingAway]);
  });

  it('finishes the queries in flight, and says meanwhile that it is not ready', async () => {
    const { respond, answer } = slowQuery();
    await using stage = await startPinSetStage(respond);
    const { origin, gateway, pace } = stage;
    const overHttp = post(origin, AccountPinsDocument, {}, as('ann'));
    await pace.received(1);
    expect((await fetch(`${origin}/health/ready`)).status).toBe(200);

    const closed = gateway.gateway.close();
    const health = await Promise.all(
      ['ready', 'live'].map(async (name) => {
        const response = await fetch(`${origin}/health/${name}`);
        return [response.status, await response.text()];
      }),
    );
    expect(health).toEqual([
      [503, 'draining\n'],
      [200, 'live\n'],
    ]);
    const refused = await post(origin, AccountPinsDocument, {}, as('bob'));
    expect([refused.status, refused.headers.get('retry-after'), refused.body]).toEqual([
      503,
      '1',
      { errors: [{ message: 'This gateway is shutting down.', extensions: { code: 'DRAINING' } }] },
    ]);
    await expect(openWs(origin)).rejects.toThrow('Unexpected server response: 503');

    answer();
    const { status, body } = await overHttp;
    expect([status, body]).toEqual([200, pins]);
    await closed;
    await expect(fetch(`${origin}/health/live`)).rejects.toThrow();
    expect(pace.requests).toHaveLength(1);
  });

  it('finishes what runs on a WebSocket, and tells new subscriptions on it that it drains', async () => {
    const { respond, answer } = slowQuery();
    await using stage = await startPinSetStage(respond);
    await using connection = await openWs(stage.origin);
    await connection.init(as('ann'));
    const query = AccountPinsDocument.toString();
    connection.send({ id: 'query', type: 'subscribe', payload: { query } });
    await stage.pace.received(1);

    const closed = stage.gateway.gateway.close();
    const payload = { query: PinSetDocument.toString() };
    connection.send({ id: 'late', type: 'subscribe', payload });
    const told = JSON.parse(payloadOf(await connection.received('next', 'late'))) as unknown;
    expect(told).toEqual({ data: { pinSet: draining } });
    await connection.received('complete', 'late');
    expect(connection.socket.readyState).toBe(connection.socket.OPEN);

    answer();
    const result = JSON.parse(payloadOf(await connection.received('next', 'query'))) as unknown;
    expect(result).toEqual(pins);
    await connection.received('complete', 'query');
    expect(await connection.closed).toEqual({ code: 1001, reason: 'Going away' });
    await closed;
    expect(stage.pace.requests).toHaveLength(1);
  });

  it('refuses the next request of everyone who is busy, before it closes their connections', async () => {
    await using stage = await startPinSetStage(silence);
    await using stack = new AsyncDisposableStack();
    const request = postOf({ query: '{ __typename }' });
    const busy = await Promise.all(
      Array.from({ length: 20 }, async () => stack.use(await openConnection(stage.origin))),
    );
    const isServed = Promise.withResolvers<undefined>();
    const ending = busy.map(async (connection) => {
      for (let asked = 1; !connection.text().includes(' 503 '); asked++) {
        connection.write(request);
        const before = connection.text().length;
        await connection.received(new RegExp(`^[^]{${before}}HTTP[^]*\\}$`));
        if (asked === 10) isServed.resolve(undefined);
        await sleep(5); // what it makes of the answer
      }
      return connection.closed;
    });
    await isServed.promise;
    await stage.gateway.gateway.close();
    for (const answers of await Promise.all(ending)) {
      const last = answers.slice(answers.lastIndexOf('HTTP/1.1'));
      expect(last).toMatch(/^HTTP\/1\.1 503 [^]*connection: close\r\n[^]*"DRAINING"/);
    }
  });

  it('keeps the connection of a client that it has just answered for its next request', async () => {
    const { respond, answer } = slowQuery();
    await using stage = await startPinSetStage(respond);
    await using connection = await openConnection(stage.origin);
    const request = postOf({ query: AccountPinsDocument.toString() }, 'x-pace-authorization: ann');
    connection.write(request);
    await stage.pace.received(1);
    const closed = stage.gateway.gateway.close();
    await sleep(100); // longer than it waits for the next request
    answer();
    await connection.received(/\}$/);
    connection.write(request);
    const answers = await connection.closed;
    expect(answers).toMatch(/^HTTP\/1\.1 200 [^]*HTTP\/1\.1 503 [^]*"DRAINING"/);
    await closed;
  });

  it('closes while somebody goes on asking, when it has refused that for a second', async () => {
    await using stage = await startPinSetStage(silence);
    const { origin, gateway } = stage;
    await using idle = await openConnection(origin); // with nobody connected it would close at once
    const statuses: number[] = [];
    const asking = (async () => {
      for (;;) statuses.push((await sendRaw(origin, '/graphql')).status);
    })();
    const unanswered = expect(asking).rejects.toThrow();
    const startedAt = performance.now();
    await gateway.gateway.close();
    expect(performance.now() - startedAt).toBeGreaterThan(500);
    await unanswered;
    expect(statuses.filter((status) => status === 503).length).toBeGreaterThan(20);
    expect(statuses.at(-1)).toBe(503);
    expect(await idle.closed).toBe('');
  });

  it('may be told so twice: both closings end when everything is done', async () => {
    const { respond, answer } = slowQuery();
    await using stage = await startPinSetStage(respond);
    const query = post(stage.origin, AccountPinsDocument, {}, as('ann'));
    await stage.pace.received(1);
    const closings = [stage.gateway.gateway.close(), stage.gateway.gateway.close()];
    answer();
    expect((await query).body).toEqual(pins);
    const ended = closings.map((closing) => closing.then(() => 'closed'));
    const timer = sleep(3_000, 'still open');
    expect(await Promise.all(ended.map((end) => Promise.race([end, timer])))).toEqual([
      'closed',
      'closed',
    ]);
  });
});

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { startGateway, type LogLine, type TestGateway } from '../support/gateway.ts';
import { ask, countNodeRequests, makeKnown } from '../support/hot.ts';
import { openConnection, postOf } from '../support/raw-connection.ts';
import { sendRaw } from '../support/raw-http.ts';
import { reply, silence, startUpstream, type ScriptedUpstream } from '../support/upstream.ts';

const query = 'query Pins { account { pins(providers: [ADM]) { __typename } } }';
const request = postOf({ query }, 'x-request-id: same', 'x-adm-authorization: Bearer a');
const forNode = request.replace('\r\n\r\n', '\r\nte: trailers\r\n\r\n');

/** A gateway that knows the query, and a provider that is silent from now on. */
interface Stage extends AsyncDisposable {
  readonly adm: ScriptedUpstream;
  readonly gateway: TestGateway;
}

async function startStage(): Promise<Stage> {
  const adm = await startUpstream(reply(500));
  const gateway = await startGateway({
    ADM_URL: adm.url,
    ADM_TIMEOUT_MS: '60000',
    DRAIN_SECONDS: '10',
  });
  await makeKnown(gateway.origin, request);
  adm.respond = silence;
  return {
    adm,
    gateway,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      await adm[Symbol.asyncDispose]();
    },
  };
}

/** The lines of requests, without what differs from run to run. */
const requestLines = (gateway: TestGateway, since: number): LogLine[] =>
  gateway
    .logLines()
    .slice(since)
    .filter(({ msg }) => msg === 'request')
    .map((line) => ({ ...line, time: 0, durationMs: 0 }));

const departures: [string, (socket: Socket) => void][] = [
  ['ends its side (FIN)', (socket) => void socket.end()],
  ['goes (FIN)', (socket) => void socket.destroy()],
  ['is cut (RST)', (socket) => void socket.resetAndDestroy()],
];

describe('A client that', () => {
  it.each(departures)(
    "%s while its query is under way ends the provider's request, and is logged, once",
    async (_title, leave) => {
      await using stage = await startStage();
      const { adm, gateway } = stage;
      const lines = [];
      for (const text of [request, forNode]) {
        using requests = countNodeRequests(gateway.origin);
        const [logged, asked] = [gateway.logLines().length, adm.requests.length];
        const socket = connect(Number(new URL(gateway.origin).port));
        socket.write(text);
        await adm.received(asked + 1);
        leave(socket);
        await adm.requests[asked]?.aborted;
        expect(requests.count).toBe(text === request ? 0 : 1);
        if (!socket.closed) await once(socket, 'close');
        await sendRaw(gateway.origin, '/health/live');
        lines.push(requestLines(gateway, logged));
      }
      expect(lines[0]).toEqual([expect.objectContaining({ requestId: 'same', outcome: 'LEFT' })]);
      expect(lines[0]).toEqual(lines[1]);
      expect(adm.open).toBe(0);
    },
  );

  it('leaves between its queries leaves nothing behind', async () => {
    await using stage = await startStage();
    stage.adm.respond = reply(500);
    const logged = stage.gateway.logLines().length;
    {
      await using connection = await openConnection(stage.gateway.origin);
      await ask(connection, request);
    }
    await stage.gateway.gateway.close();
    expect(requestLines(stage.gateway, logged)).toEqual([
      expect.objectContaining({ requestId: 'same', outcome: 'OK', status: 200 }),
    ]);
  });

  it('leaves with requests behind its query leaves nothing behind', async () => {
    await using stage = await startStage();
    const { adm, gateway } = stage;
    const [logged, asked] = [gateway.logLines().length, adm.requests.length];
    const connection = await openConnection(gateway.origin);
    connection.write(request);
    await adm.received(asked + 1);
    connection.write(request + request);
    await sendRaw(gateway.origin, '/health/live'); // by now they have been read
    await connection[Symbol.asyncDispose]();
    await adm.requests[asked]?.aborted;
    await gateway.gateway.close(); // there is nothing that it would have to wait for
    expect(adm.requests).toHaveLength(asked + 1);
    await vi.waitFor(() => expect(requestLines(gateway, logged)).not.toEqual([]));
    expect(requestLines(gateway, logged)).toEqual([
      expect.objectContaining({ requestId: 'same', outcome: 'LEFT' }),
    ]);
  });
});

describe('A gateway that drains', () => {
  it('closes what is idle, answered or silent, at once', async () => {
    await using stage = await startStage();
    const { gateway, adm } = stage;
    adm.respond = reply(500);
    await using silent = await openConnection(gateway.origin);
    await using idle = await openConnection(gateway.origin);
    await ask(idle, request);
    const startedAt = performance.now();
    await gateway.gateway.close();
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    await Promise.all([silent.closed, idle.closed]);
  });

  it('finishes a query under way, and tells the next on the way what it tells all', async () => {
    await using stage = await startStage();
    const { gateway, adm } = stage;
    const asked = adm.requests.length;
    let answer = (): void => undefined;
    adm.respond = (response, received) => (answer = () => reply(500)(response, received));
    await using waiting = await openConnection(gateway.origin);
    waiting.write(request);
    await adm.received(asked + 1);
    await using idle = await openConnection(gateway.origin);
    await ask(idle, postOf({ query: '{ __typename }' }));
    await using hot = await openConnection(gateway.origin);
    await makeKnown(gateway.origin, postOf({ query: '{ a: __typename }' }));
    await ask(hot, postOf({ query: '{ a: __typename }' }));
    const hotLength = hot.text().length;

    const closed = gateway.gateway.close();
    using requests = countNodeRequests(gateway.origin);
    hot.write(request);
    const refusal = (await hot.closed).slice(hotLength);
    await using fresh = await openConnection(gateway.origin);
    fresh.write(forNode);
    const withoutDate = (text: string): string => text.replace(/^Date: .*\r\n/m, '');
    expect(withoutDate(refusal)).toBe(withoutDate(await fresh.closed));
    expect(refusal).toMatch(/^HTTP\/1\.1 503 [^]*retry-after: 1\r\n[^]*"DRAINING"/);
    expect(requests.count).toBe(2);

    answer();
    await closed;
    expect(await waiting.closed).toMatch(
      /^HTTP\/1\.1 200 OK[^]*\{"data":\{"account":\{"pins":\[\{"__typename":"UnavailableError"\}\]\}\}\}$/,
    );
    expect(adm.requests).toHaveLength(asked + 1);
  });

  it.each([
    ['', request],
    [", which Node's server was given,", forNode],
  ])('cuts after DRAIN_SECONDS a query%s that never ends, and logs it', async (_title, text) => {
    await using adm = await startUpstream(reply(500));
    const gateway = await startGateway({ ADM_URL: adm.url, ADM_TIMEOUT_MS: '60000' });
    await makeKnown(gateway.origin, request);
    adm.respond = silence;
    const [logged, asked] = [gateway.logLines().length, adm.requests.length];
    await using connection = await openConnection(gateway.origin);
    connection.write(text);
    await adm.received(asked + 1);
    await gateway.gateway.close();
    expect(await connection.closed).toBe('');
    await adm.requests[asked]?.aborted;
    await vi.waitFor(() => expect(requestLines(gateway, logged)).not.toEqual([]));
    expect(requestLines(gateway, logged)).toEqual([
      expect.objectContaining({ requestId: 'same', outcome: 'CUT' }),
    ]);
  });
});

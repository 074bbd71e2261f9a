import { connect } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { AccountPinsDocument } from '../generated/graphql.ts';
import { as, startPinSetStage } from '../support/pin-set.ts';
import { openConnection, upgradeHead } from '../support/raw-connection.ts';
import { openWs } from '../support/raw-websocket.ts';
import { reply, silence } from '../support/upstream.ts';

/** Says how the gateway answered an upgrade: the status, or 101. */
async function statusOf(url: string, headers: Record<string, string> = {}): Promise<number> {
  const socket = new WebSocket(url, 'graphql-transport-ws', { headers });
  const answer = Promise.withResolvers<number>();
  socket.once('open', () => answer.resolve(101));
  socket.once('unexpected-response', (_request, response) =>
    answer.resolve(response.statusCode ?? 0),
  );
  socket.on('error', answer.reject);
  try {
    return await answer.promise;
  } finally {
    socket.terminate();
  }
}

const wsUrl = (origin: string, path = '/graphql'): string => origin.replace('http', 'ws') + path;

describe('An upgrade', () => {
  it.each(['/', '/graphql/', '/graphqlx', '/health/live', '/GRAPHQL'])(
    'to %s is answered with 404',
    async (path) => {
      await using stage = await startPinSetStage(silence);
      expect(await statusOf(wsUrl(stage.origin, path))).toBe(404);
    },
  );

  it('to the graph may have a query string', async () => {
    await using stage = await startPinSetStage(silence);
    expect(await statusOf(wsUrl(stage.origin, '/graphql?from=app'))).toBe(101);
  });

  it.each([
    ['without an Origin', '', 101],
    ['of a page of its host', 'origin: http://other\r\n', 101],
    ['of a page of the host in its header', 'origin: http://gateway\r\n', 403],
  ])('to a whole address, %s, is answered for that', async (_what, origin, status) => {
    await using stage = await startPinSetStage(silence);
    await using connection = await openConnection(stage.origin);
    const head = upgradeHead.replace('/graphql', 'http://other/graphql');
    connection.write(`${head}${origin}\r\n`);
    await connection.received(new RegExp(`^HTTP/1.1 ${status} `));
  });

  it.each(['host: gateway\r\nhost: other', 'host: user@gateway'])(
    'with the wrong %j is answered with 400',
    async (hosts) => {
      await using stage = await startPinSetStage(silence);
      await using connection = await openConnection(stage.origin);
      connection.write(`${upgradeHead.replace('host: gateway', hosts)}\r\n`);
      expect(await connection.closed).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    },
  );

  it('to another protocol than WebSocket is answered as if the request had not asked', async () => {
    await using stage = await startPinSetStage(silence);
    const { hostname, port } = new URL(stage.origin);
    const socket = connect(Number(port), hostname);
    socket.write(
      'GET /health/live HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n',
    );
    const [answer] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });

  it.each([
    ['of a foreign page', 'https://evil.example', 403],
    ['of a foreign page with the gateway’s name inside', 'http://127.0.0.1.evil.example', 403],
    ['of a sandboxed page', 'null', 403],
    ['of another port', 'http://127.0.0.1:1', 403],
    ['of a page that CORS_ORIGINS lists', 'https://app.example', 101],
    ['of a sub-domain of that', 'https://sub.app.example', 403],
    ['of that with another scheme', 'http://app.example', 403],
  ])('with the Origin %s', async (_what, origin, status) => {
    await using stage = await startPinSetStage(silence, {
      CORS_ORIGINS: 'https://other.example, https://app.example',
    });
    expect(await statusOf(wsUrl(stage.origin), { origin })).toBe(status);
  });

  it('is accepted from the same origin and from a client without one', async () => {
    await using stage = await startPinSetStage(silence);
    const url = wsUrl(stage.origin);
    expect([await statusOf(url, { origin: stage.origin }), await statusOf(url)]).toEqual([
      101, 101,
    ]);
  });
});

describe('An upgrade behind a proxy', () => {
  it.each([
    ['with the port that its scheme has anyway', 'https://gw.example', 'gw.example:443', 101],
    ['without it', 'http://gw.example:80', 'gw.example', 101],
    ['with another port', 'https://gw.example', 'gw.example:444', 403],
    ['with the name that the proxy has for us', 'https://gw.example', 'upstream', 403],
  ])('that passes on the Host %s', async (_what, origin, host, status) => {
    await using stage = await startPinSetStage(silence);
    expect(await statusOf(wsUrl(stage.origin), { origin, host })).toBe(status);
  });

  it('is refused with a line in the log that shows why', async () => {
    await using stage = await startPinSetStage(silence);
    await statusOf(wsUrl(stage.origin), { origin: 'https://gw.example', host: 'upstream' });
    expect(stage.gateway.logLines()).toContainEqual(
      expect.objectContaining({ level: 40, origin: 'https://gw.example', host: 'upstream' }),
    );
  });
});

describe('The request id of a WebSocket', () => {
  const idSentUpstream = async (given: string | null): Promise<readonly unknown[]> => {
    await using stage = await startPinSetStage(reply(200));
    const more: Record<string, string> = given === null ? {} : { 'x-request-id': given };
    await using connection = await openWs(stage.origin, { headers: as('ann', more) });
    await connection.init();
    const payload = { query: AccountPinsDocument.toString() };
    connection.send({ id: '1', type: 'subscribe', payload });
    await connection.received('complete', '1');
    const sent = stage.pace.requests[0]?.headers['x-request-id'];
    const logged = stage.gateway.logLines().find(({ msg }) => msg === 'request')?.['requestId'];
    return [connection.upgradeHeaders['x-request-id'], sent, logged];
  };

  it('is the client’s, answered, logged and sent upstream', async () => {
    expect(await idSentUpstream('Client_1.a-b')).toEqual([
      'Client_1.a-b',
      'Client_1.a-b',
      'Client_1.a-b',
    ]);
  });

  it.each([
    ['none is given', null],
    ['one with a blank is given', 'not fit'],
    ['one that is too long is given', 'x'.repeat(129)],
  ])('is made when %s, and is the same everywhere', async (_what, given) => {
    const [answered, sent, logged] = await idSentUpstream(given);
    expect(answered).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
    expect([sent, logged]).toEqual([answered, answered]);
  });
});

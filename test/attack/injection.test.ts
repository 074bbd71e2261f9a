import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askOver } from '../support/ask.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { sendRaw } from '../support/raw-http.ts';
import { openWs } from '../support/raw-websocket.ts';
import { reply, startUpstream, type ScriptedUpstream } from '../support/upstream.ts';

let adm: ScriptedUpstream;
let gateway: TestGateway;

beforeAll(async () => {
  adm = await startUpstream(reply(200, { totalRecords: 0, resourceSet: [] }));
  gateway = await startGateway({ ADM_URL: adm.url, LOG_LEVEL: 'trace' });
});

afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await adm[Symbol.asyncDispose]();
});

const transports = Object.entries(askOver);
const good = { data: { __typename: 'Query' } };
const stillAnswers = async (): Promise<void> => {
  expect(await askOver.HTTP(gateway.origin, { query: '{ __typename }' })).toEqual(good);
};

/** Writes bytes to a socket, and gives all that comes back until the gateway closes it. */
const sendBytes = (bytes: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(gateway.origin);
    let text = '';
    const socket = connect(Number(port), hostname, () => socket.end(bytes, 'latin1'));
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
    socket.on('close', () => resolve(text));
    socket.on('error', reject);
  });

const body = '{"query":"{ __typename }"}';
const requestWith = (header: string): string =>
  [
    'POST /graphql HTTP/1.1',
    'host: a',
    'connection: close',
    'content-type: application/json',
    `content-length: ${body.length}`,
    header,
    '',
    body,
  ].join('\r\n');

const forgery = '{"level":30,"msg":"forged"}';
const ownRequestId = /\r\nx-request-id: [\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\r\n/;
const split = 'a\r\nset-cookie: injected=1\r\n\r\n<html>';

describe('a request id', () => {
  it.each([
    ['a line feed', `a\nset-cookie: injected=1`],
    ['a carriage return', `a\rset-cookie: injected=1`],
    ['a NUL', 'a\0b'],
    ['an escape sequence', 'a\x1b[2Jb'],
    ['a line of the log', forgery],
    ['the Unicode line separator', 'a\xe2\x80\xa8b'],
  ])('with %s gets neither into an answer nor into the log', async (_what, id) => {
    const answer = await sendBytes(requestWith(`x-request-id: ${id}`));
    // Node's parser refuses some of them; from the others the gateway makes an id of its own.
    expect(answer).toMatch(/^HTTP\/1\.1 (?:400 Bad Request|200 OK)\r\n/);
    expect(answer).not.toMatch(/injected=1|forged|\x1b/);
    if (answer.startsWith('HTTP/1.1 200')) expect(answer).toMatch(ownRequestId);
    await stillAnswers();
  });

  it.each([split, `a\u2028b`, '\x1b[2J', forgery, { toString: 'a' }, ['a'], 1e400])(
    'in connection_init, %j, is no different',
    async (id) => {
      await using socket = await openWs(gateway.origin);
      await socket.init({ 'x-request-id': id });
      const ack = await socket.received('connection_ack');
      expect(ack).toBe('{"type":"connection_ack"}');
      await socket.settled();
      await stillAnswers();
    },
  );

  it('that is split in two by a proxy is not put together again', async () => {
    const answer = await sendBytes(requestWith('x-request-id: a\r\nx-request-id: b'));
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(answer).toMatch(ownRequestId);
  });
});

describe('whatever else a client may name', () => {
  it.each(transports)(
    'an operation name over %s stays out of answer and log',
    async (_name, ask) => {
      for (const operationName of [split, forgery, '__proto__', 'constructor', '\x1b[2J']) {
        const query = 'query A { __typename }';
        expect(await ask(gateway.origin, { query, operationName })).toEqual({
          errors: [
            {
              message: 'Could not determine what operation to execute.',
              extensions: { code: 'OPERATION_RESOLUTION_FAILURE' },
            },
          ],
        });
      }
      await stillAnswers();
    },
  );

  it.each([
    ['a path', '/%0d%0aset-cookie:%20injected=1'],
    ['a query string', '/graphql?query=%0d%0aset-cookie:%20injected=1'],
    ['a file of GraphiQL', '/graphiql/%0d%0aset-cookie:%20injected=1'],
  ])('%s does not split a response', async (_what, path) => {
    const { headers, body } = await sendRaw(gateway.origin, path);
    expect(headers).not.toHaveProperty('set-cookie');
    expect(body).not.toContain('injected');
    await stillAnswers();
  });

  it('a credential or a tenant that would split the request to a provider reaches none', async () => {
    const sent = adm.requests.length;
    for (const name of ['x-adm-authorization', 'nv-tenant-id']) {
      await using socket = await openWs(gateway.origin);
      socket.send({ type: 'connection_init', payload: { [name]: split } });
      expect(await socket.closed).toEqual({
        code: 4400,
        reason: `The value of ${name} cannot be sent in an HTTP header.`,
      });
    }
    expect(adm.requests).toHaveLength(sent);
    await stillAnswers();
  });
});

describe('a prototype', () => {
  const polluting = '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}';
  const query =
    '"query":"query ($p: [PinProvider!]) { account { pins(providers: $p) { __typename } } }"';
  const headers = { 'content-type': 'application/json', 'x-adm-authorization': 'Bearer a' };

  it.each([
    ['variables', `{${query},"variables":${polluting}}`],
    ['extensions', `{${query},"extensions":${polluting}}`],
    ['parameters', `{${query},"__proto__":{"polluted":true,"query":"{ polluted }"}}`],
  ])('is not changed by %s, over HTTP, SSE or WebSocket', async (_what, json) => {
    const { body } = await sendRaw(gateway.origin, '/graphql', {
      method: 'POST',
      headers,
      body: json,
    });
    const { body: events } = await sendRaw(gateway.origin, '/graphql', {
      method: 'POST',
      headers: { ...headers, accept: 'text/event-stream' },
      body: json,
    });
    await using socket = await openWs(gateway.origin);
    await socket.init();
    socket.send(`{"id":"1","type":"subscribe","payload":${json}}`);
    await Promise.race([socket.received('complete', '1'), socket.received('error', '1')]);
    expect([body, events, ...socket.messages].join()).not.toContain('polluted');
    expect({}).not.toHaveProperty('polluted');
    await stillAnswers();
  });

  it('is not changed by connection_init, from which it gives no credential either', async () => {
    await using socket = await openWs(gateway.origin);
    socket.send(
      '{"type":"connection_init","payload":{"__proto__":{"x-adm-authorization":"Bearer p","polluted":true}}}',
    );
    await socket.received('connection_ack');
    const sent = adm.requests.length;
    const pins = '{ account { pins(providers: ADM) { ... on Error { code } } } }';
    socket.send({ id: '1', type: 'subscribe', payload: { query: pins } });
    expect(await socket.received('next', '1')).toContain('CREDENTIAL_MISSING');
    expect(adm.requests).toHaveLength(sent);
    expect({}).not.toHaveProperty('polluted');
  });

  it('is not what an alias, a variable or an operation is looked up in', async () => {
    const query =
      'query constructor { __proto__: __typename toString: __typename } query __proto__ { a: __typename }';
    for (const [, ask] of transports) {
      const named = await ask(gateway.origin, { query, operationName: '__proto__' });
      expect(named).toEqual({ data: { a: 'Query' } });
      const answer = JSON.stringify(
        await ask(gateway.origin, { query, operationName: 'constructor' }),
      );
      expect(answer).toContain('"toString":"Query"');
      expect({}).not.toHaveProperty('polluted');
    }
  });
});

it('no line of the log is anything but ours', () => {
  for (const line of gateway.logLines()) {
    expect(line).toMatchObject({
      level: expect.any(Number) as number,
      msg: expect.any(String) as string,
    });
    expect(['listening', 'request', 'provider', 'socket error']).toContain(line['msg']);
  }
  expect(gateway.log()).not.toMatch(/injected|forged|polluted|\x1b|\u2028/);
});

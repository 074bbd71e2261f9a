import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { openConnection } from '../support/raw-connection.ts';
import { graphqlPathWith, sendJson, sendRaw } from '../support/raw-http.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway({ ADM_URL: 'http://127.0.0.1:9' });
});

afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
});

const get = (query: string, headers: Record<string, string> = {}) =>
  sendRaw(gateway.origin, graphqlPathWith({ query }), { headers });

const postAs = (contentType: string | null, body: string | Buffer) =>
  sendRaw(gateway.origin, '/graphql', {
    method: 'POST',
    headers: contentType === null ? {} : { 'content-type': contentType },
    body,
  });

const refusal = (message: string, code = 'BAD_REQUEST') =>
  JSON.stringify({ errors: [{ message, extensions: { code } }] });

const megabyte = 1024 * 1024;

/** A sound request of exactly so many bytes. */
function requestOf(bytes: number): string {
  const body = (padding: string) =>
    JSON.stringify({ query: '{ __typename }', extensions: { padding } });
  return body('x'.repeat(bytes - body('').length));
}

const unsupported = refusal('Send the operation as application/json, and uncompressed.');

describe('a request for a whole address', () => {
  const query = { query: '{ __typename }' };
  const answer = { status: 200, body: '{"data":{"__typename":"Query"}}' };

  it.each(['http://gateway.example', 'HTTPS://gateway.example:8443'])(
    'is one for its path: %s',
    async (address) => {
      const asked = await Promise.all([
        sendJson(gateway.origin, query, {}, `${address}/graphql`),
        sendRaw(gateway.origin, address + graphqlPathWith(query)),
        sendRaw(gateway.origin, `${address}/health/live`),
        sendRaw(gateway.origin, `${address}/graphqls`),
      ]);
      expect(asked.map(({ status, body }) => ({ status, body }))).toEqual([
        answer,
        answer,
        { status: 200, body: 'live\n' },
        { status: 404, body: 'Not found. The graph is at /graphql.\n' },
      ]);
    },
  );

  it('has the host of that, whatever its header says', async () => {
    const headers = { host: 'gate]way' };
    const ours = graphqlPathWith(query);
    const whole = await sendRaw(gateway.origin, `http://gateway${ours}`, { headers });
    const wrong = await sendRaw(gateway.origin, `http://gate]way${ours}`);
    const path = await sendRaw(gateway.origin, ours, { headers });
    expect([whole, wrong, path].map(({ status }) => status)).toEqual([200, 400, 400]);
  });

  it.each([
    ['http:///graphql', 404],
    ['ftp://gateway.example/graphql', 404],
    ['http://user@gateway.example/graphql', 404],
    ['*', 404],
    ['http:/graphql', 400],
    ['graphql', 400],
  ])('is refused where that is none: %s, with %i', async (target, status) => {
    expect((await sendRaw(gateway.origin, target)).status).toBe(status);
  });
});

describe('a Host', () => {
  const head = 'POST /graphql HTTP/1.1\r\ncontent-type: application/json\r\ncontent-length: 2\r\n';

  it.each([
    ['host: a\r\nHost: b\r\n', 400],
    ['host: a\r\nhost: a\r\n', 400],
    ['host: user@a\r\n', 400],
    ['host: a/b\r\n', 400],
    ['host: a?b\r\n', 400],
    ['host: [::1]:4000\r\n', 200],
  ])('%j is met with %i', async (fields, status) => {
    await using connection = await openConnection(gateway.origin);
    connection.write(`${head}${fields}\r\n{}`);
    await connection.received(new RegExp(`^HTTP/1.1 ${status} `));
  });
});

describe('a GET', () => {
  it('runs a query, with variables and an operation name', async () => {
    const path = graphqlPathWith({
      query:
        'query A { a: __typename } query B($with: Boolean!) { b: __typename @include(if: $with) }',
      operationName: 'B',
      variables: '{"with":true}',
    });
    const { status, headers, body } = await sendRaw(gateway.origin, path);
    expect({ status, body }).toEqual({ status: 200, body: '{"data":{"b":"Query"}}' });
    expect(headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
    });
  });

  it('runs no mutation', async () => {
    const { status, headers, body } = await get('mutation { __typename }');
    const message = 'Can only perform a mutation operation from a POST request.';
    expect({ status, allow: headers.allow, body }).toEqual({
      status: 405,
      allow: 'POST',
      body: refusal(message),
    });
  });

  it.each(['application/json', 'text/event-stream'])(
    'runs no subscription for someone who accepts %s',
    async (accept) => {
      const { status, headers, body } = await get('subscription { pinSet { __typename } }', {
        accept,
      });
      expect({ status, allow: headers.allow }).toEqual({ status: 405, allow: 'POST' });
      expect(body).toContain(refusal('Can only subscribe with a POST request.'));
    },
  );

  it('is refused, and not called a bug of ours, when its variables are no JSON', async () => {
    const path = graphqlPathWith({ query: '{ __typename }', variables: '{"with":' });
    const { status, body } = await sendRaw(gateway.origin, path);
    expect(status).toBe(400);
    expect(body).not.toContain('Unexpected error.');
  });
});

describe('another method', () => {
  it.each(['PUT', 'PATCH', 'DELETE'])('%s is refused', async (method) => {
    const { status, headers, body } = await sendRaw(gateway.origin, '/graphql', { method });
    expect({ status, allow: headers.allow, body }).toEqual({
      status: 405,
      allow: 'GET, POST',
      body: refusal('GraphQL only supports GET and POST requests.'),
    });
  });
});

describe('the body of a POST', () => {
  it('is not a batch', async () => {
    const { status, body } = await sendJson(gateway.origin, [{ query: '{ __typename }' }]);
    expect({ status, body }).toEqual({ status: 400, body: refusal('Batching is not supported.') });
  });

  it('has 1 MiB at the most', async () => {
    const { status, body } = await postAs('application/json', requestOf(megabyte));
    expect({ status, body }).toEqual({ status: 200, body: '{"data":{"__typename":"Query"}}' });
  });

  const tooLarge = {
    status: 413,
    body: refusal('Request body too large', 'REQUEST_ENTITY_TOO_LARGE'),
  };

  it('is refused with 413 when it has one byte more', async () => {
    const { status, body } = await postAs('application/json', requestOf(megabyte + 1));
    expect({ status, body }).toEqual(tooLarge);
  });

  it('is refused with 413 also when it does not tell its length', async () => {
    const { status, body } = await sendRaw(gateway.origin, '/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'transfer-encoding': 'chunked' },
      body: requestOf(megabyte + 1),
    });
    expect({ status, body }).toEqual(tooLarge);
  });

  it.each<[type: string | null]>([
    [null],
    ['text/plain'],
    ['application/xml'],
    ['application/octet-stream'],
    ['multipart/form-data; boundary=x'],
  ])('is refused with 415 when its type is %s', async (type) => {
    const { status, body } = await postAs(type, '{"query":"{ __typename }"}');
    expect({ status, body }).toEqual({ status: 415, body: unsupported });
  });

  const encoded = (coding: string, body: string | Buffer) =>
    sendRaw(gateway.origin, '/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-encoding': coding },
      body,
    });

  it.each(['gzip', 'br', 'identity, gzip', 'x'])(
    'is refused with 415 when its coding is %s',
    async (coding) => {
      const text = gzipSync('{"query":"{ __typename }"}');
      const { status, body, headers } = await encoded(coding, text);
      const accepted = headers['accept-encoding'];
      expect({ status, body, accepted }).toEqual({
        ...{ status: 415, body: unsupported },
        accepted: 'identity',
      });
    },
  );

  it('is read when its coding is identity', async () => {
    const { status, body } = await encoded('Identity', '{"query":"{ __typename }"}');
    expect({ status, body }).toEqual({ status: 200, body: '{"data":{"__typename":"Query"}}' });
  });

  it('is told what it can be answered when it accepts nothing of that', async () => {
    const { status, body, headers } = await get('{ __typename }', { accept: 'image/png' });
    expect({ status, accept: headers.accept, body }).toEqual({
      status: 406,
      accept: undefined,
      body: refusal(
        'Accept application/json or application/graphql-response+json, and for a subscription text/event-stream.',
      ),
    });
  });

  // A page of any origin can send these without asking (CORS "simple requests").
  it.each([
    ['application/x-www-form-urlencoded', 'query=mutation%7B__typename%7D'],
    ['application/graphql', 'mutation { __typename }'],
    ['text/plain', '{"query":"mutation { __typename }"}'],
  ])('is no mutation when its type is %s', async (type, text) => {
    const { status, body } = await postAs(type, text);
    expect({ status, body }).toEqual({ status: 415, body: unsupported });
  });

  it.each([
    ['cut short', '{"query":"{ __typename }"', 'POST body sent invalid JSON.'],
    ['empty', '', 'POST body sent invalid JSON.'],
    ['no JSON', 'query', 'POST body sent invalid JSON.'],
    ['a string', '"{ __typename }"', 'POST body is expected to be object but received string'],
    ['null', 'null', 'POST body is expected to be object but received null'],
  ])(
    'is refused with 400 and no more than its message when it is %s',
    async (_what, text, message) => {
      const { status, body } = await postAs('application/json', text);
      expect({ status, body }).toEqual({ status: 400, body: refusal(message) });
    },
  );
});

describe('a path', () => {
  it.each([
    '/',
    '/graphql/',
    '/graphqlx',
    '/health',
    '/health/',
    '/metrics',
    '/graphql/../x',
    '//',
  ])('that nobody has, %s, is answered with 404', async (path) => {
    const { status, headers } = await sendRaw(gateway.origin, path);
    expect({ status, type: headers['content-type'] }).toEqual({
      status: 404,
      type: 'text/plain; charset=utf-8',
    });
  });
});

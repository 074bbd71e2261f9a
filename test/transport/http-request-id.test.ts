import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { sendRaw, type RawRequest } from '../support/raw-http.ts';
import { openWs } from '../support/raw-websocket.ts';
import { reply, startUpstream, type ScriptedUpstream } from '../support/upstream.ts';

let adm: ScriptedUpstream;
let gateway: TestGateway;

beforeAll(async () => {
  adm = await startUpstream(reply(200, { totalRecords: 0, resourceSet: [] }));
  gateway = await startGateway({ ADM_URL: adm.url });
});

afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await adm[Symbol.asyncDispose]();
});

const uuid = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;
const json = { 'content-type': 'application/json' };
const upgrade = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
};

const answers: [kind: string, status: number, path: string, request: RawRequest][] = [
  [
    'a result',
    200,
    '/graphql',
    { method: 'POST', headers: json, body: '{"query":"{__typename}"}' },
  ],
  [
    'a refused document',
    400,
    '/graphql',
    {
      method: 'POST',
      headers: { ...json, accept: 'application/graphql-response+json' },
      body: '{"query":"{"}',
    },
  ],
  ['a malformed body', 400, '/graphql', { method: 'POST', headers: json, body: '{' }],
  ['a mutation by GET', 405, '/graphql?query=mutation%7B__typename%7D', {}],
  [
    'a body of the wrong type',
    415,
    '/graphql',
    { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'x' },
  ],
  ['a batch', 400, '/graphql', { method: 'POST', headers: json, body: '[]' }],
  ['an unknown path', 404, '/nowhere', {}],
  ['an unknown file of GraphiQL', 404, '/graphiql/nowhere.js', {}],
  ['a health check', 200, '/health/ready', {}],
  ['the page of GraphiQL', 200, '/graphql', { headers: { accept: 'text/html' } }],
  [
    'a refused WebSocket',
    403,
    '/graphql',
    { headers: { ...upgrade, origin: 'https://elsewhere.example' } },
  ],
  ['a WebSocket at an unknown path', 404, '/nowhere', { headers: upgrade }],
];

describe('the request id', () => {
  it.each(answers)(
    'of the client is on the answer that is %s',
    async (_kind, status, path, request) => {
      const id = 'client-made_1.2';
      const headers = { ...request.headers, 'x-request-id': id };
      const answer = await sendRaw(gateway.origin, path, { ...request, headers });
      expect({ status: answer.status, id: answer.headers['x-request-id'] }).toEqual({ status, id });
    },
  );

  it.each(answers)(
    'is made by the gateway for an answer that is %s',
    async (_kind, status, path, request) => {
      const answer = await sendRaw(gateway.origin, path, request);
      expect({ status: answer.status, id: answer.headers['x-request-id'] }).toEqual({
        status,
        id: expect.stringMatching(uuid) as string,
      });
    },
  );

  it.each<[what: string, given: string]>([
    ['1 character', 'a'],
    ['128 characters', 'Az09._-x'.repeat(16)],
  ])('is taken with %s', async (_what, given) => {
    const { headers } = await sendRaw(gateway.origin, '/health/live', {
      headers: { 'x-request-id': given },
    });
    expect(headers['x-request-id']).toBe(given);
  });

  it.each<[what: string, given: string]>([
    ['empty', ''],
    ['longer than 128 characters', 'a'.repeat(129)],
    ['with a blank', 'a b'],
    ['with a quotation mark', 'a"b'],
    ['with a letter that is not ASCII', 'é'],
    ['with a slash', 'a/b'],
  ])('is replaced when it is %s', async (_what, given) => {
    const { headers } = await sendRaw(gateway.origin, '/health/live', {
      headers: { 'x-request-id': given },
    });
    expect(headers['x-request-id']).toMatch(uuid);
  });

  it('is another one for each request', async () => {
    const ids = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const { headers } = await sendRaw(gateway.origin, '/health/live');
        return headers['x-request-id'];
      }),
    );
    expect(new Set(ids).size).toBe(20);
  });

  it('goes to the provider, over HTTP and over WebSocket', async () => {
    const query = '{ account { pins(providers: ADM) { __typename } } }';
    const names = { 'x-adm-authorization': 'Bearer a', 'x-request-id': 'sent-on.1' };
    await sendRaw(gateway.origin, '/graphql', {
      method: 'POST',
      headers: { ...json, ...names },
      body: JSON.stringify({ query }),
    });
    await using socket = await openWs(gateway.origin, { headers: { 'x-request-id': 'upgrade.1' } });
    await socket.init({ 'x-adm-authorization': 'Bearer a' });
    socket.send({ id: '1', type: 'subscribe', payload: { query } });
    await socket.received('complete', '1');

    expect(socket.upgradeHeaders['x-request-id']).toBe('upgrade.1');
    expect(
      adm.requests.map(({ headers }) => [headers['x-request-id'], headers['x-correlation-id']]),
    ).toEqual([
      ['sent-on.1', 'sent-on.1'],
      ['upgrade.1', 'upgrade.1'],
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { askOver, type RawOperation } from '../support/ask.ts';
import { startGateway } from '../support/gateway.ts';
import { graphqlPathWith, sendRaw, type RawRequest } from '../support/raw-http.ts';
import { openWs } from '../support/raw-websocket.ts';

const ADM_URL = 'http://127.0.0.1:9';

/** What frames of a stack, files and the names of what runs here look like. */
const traces =
  /\bat \S+ \(|\bat file:|\.[cm]?[jt]s\b|node_modules|\/src\/|stack|exception|(?<!Syntax )Error:|x-powered-by|yoga|undici/i;

const operations: [what: string, operation: RawOperation][] = [
  ['no query', {}],
  ['a query that is a number', { query: 1 }],
  ['a query that is a list', { query: ['{ __typename }'] }],
  ['a syntax error', { query: 'qwerty cop { abc }' }],
  ['only a fragment', { query: 'fragment F on Query { __typename }' }],
  ['only a comment', { query: '# nothing' }],
  ['a definition of a type', { query: 'type Query { a: Int }' }],
  ['an unknown type', { query: 'query ($a: Nothing) { __typename }' }],
  ['variables that are a list', { query: '{ __typename }', variables: [1] }],
  ['a name that is an object', { query: '{ __typename }', operationName: {} }],
  ['extensions that are a number', { query: '{ __typename }', extensions: 1 }],
  ['a lone surrogate', { query: '{ \ud800 }' }],
];

const json = { 'content-type': 'application/json' };
const requests: [what: string, path: string, request: RawRequest][] = [
  ['JSON that is cut short', '/graphql', { method: 'POST', headers: json, body: '{' }],
  [
    'bytes that are no text',
    '/graphql',
    { method: 'POST', headers: json, body: Buffer.of(255, 254) },
  ],
  [
    'a body that claims to be compressed',
    '/graphql',
    { method: 'POST', headers: { ...json, 'content-encoding': 'gzip' }, body: '{}' },
  ],
  ['a GET without a query', '/graphql', {}],
  ['a GET with half an escape', '/graphql?query=%E0%A4%A', {}],
  ['a GET with variables that are no JSON', graphqlPathWith({ query: '{a}', variables: '{' }), {}],
  ['a method of its own', '/graphql', { method: 'PROPFIND' }],
  ['a file above', '/graphiql/..%2f..%2fpackage.json', {}],
  ['a path with half an escape', '/%', {}],
];

describe.each([
  ['in production', { NODE_ENV: 'production' }],
  ['in development', {}],
])('%s the answer shows nothing of what runs here', (_where, environment) => {
  it.each(operations)('to an operation with %s', async (_what, operation) => {
    await using gateway = await startGateway({ ADM_URL, ...environment });
    for (const accept of ['application/json', 'text/event-stream']) {
      const { body, headers } = await sendRaw(gateway.origin, '/graphql', {
        method: 'POST',
        headers: { ...json, accept },
        body: JSON.stringify(operation),
      });
      expect(body).toContain('"errors"');
      expect(JSON.stringify([body, headers])).not.toMatch(traces);
      expect(body).not.toContain('Unexpected error.');
    }
    await using socket = await openWs(gateway.origin);
    await socket.init();
    socket.send({ id: '1', type: 'subscribe', payload: operation });
    const answer = await Promise.race([
      socket.closed,
      socket.received('error', '1').catch(() => null),
      socket.received('next', '1').catch(() => null),
    ]);
    expect(JSON.stringify([answer, ...socket.messages])).not.toMatch(traces);
    expect(gateway.logLines().filter(({ msg }) => msg === 'bug')).toEqual([]);
    expect(await askOver.HTTP(gateway.origin, { query: '{ __typename }' })).toEqual({
      data: { __typename: 'Query' },
    });
  });

  it.each(requests)('to %s', async (_what, path, request) => {
    await using gateway = await startGateway({ ADM_URL, ...environment });
    const { status, body, headers } = await sendRaw(gateway.origin, path, request);
    // A request that can be read but holds no operation is a 200 where plain JSON is accepted.
    expect(status).toBeLessThan(500);
    expect(body).not.toContain('"data"');
    expect(body).not.toContain('Unexpected error.');
    expect(JSON.stringify([body, headers])).not.toMatch(traces);
    expect(gateway.logLines().filter(({ msg }) => msg === 'bug')).toEqual([]);
  });
});

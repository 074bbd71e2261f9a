import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askOver, type RawOperation } from '../support/ask.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { sendJson } from '../support/raw-http.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway({ ADM_URL: 'http://127.0.0.1:9', INTROSPECTION: 'off' });
});

afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
});

describe('a refused operation', () => {
  // Each is asked for over WebSocket first: what HTTP has made of a document must not matter.
  it.each<[what: string, operation: RawOperation]>([
    ['with a syntax error', { query: '{ account' }],
    ['with an unknown field', { query: '{ acount }' }],
    ['with an unused fragment', { query: '{ __typename } fragment f on Pin { type }' }],
    ['that introspects', { query: '{ __type(name: "Pin") { __typename } }' }],
    [
      'with a variable that is missing',
      { query: 'query ($b: Boolean!) { __typename @skip(if: $b) }', variables: {} },
    ],
    [
      'with a variable of the wrong type',
      { query: 'query ($b: Boolean!) { __typename @include(if: $b) }', variables: { b: 'yes' } },
    ],
    ['with an unknown operation name', { query: 'query A { __typename }', operationName: 'B' }],
  ])('%s is answered alike over every transport', async (_what, operation) => {
    const overWebSocket = await askOver.WebSocket(gateway.origin, operation);
    const overHttp = await askOver.HTTP(gateway.origin, operation);
    const overSse = await askOver.SSE(gateway.origin, operation);
    expect(overHttp).toEqual({ errors: [expect.anything()] });
    expect(overSse).toEqual(overHttp);
    expect(overWebSocket).toEqual(overHttp);
  });

  it.each<[what: string, query: string]>([
    ['a syntax error', '{ account {'],
    ['an unknown field', '{ acccount }'],
  ])('with %s is a 400, whether or not a WebSocket had the same before', async (_what, query) => {
    const ask = async (text: string) => {
      const accept = 'application/graphql-response+json';
      const { status, body } = await sendJson(gateway.origin, { query: text }, { accept });
      return { status, body };
    };
    const fresh = await ask(`${query} # 1`);
    await askOver.WebSocket(gateway.origin, { query: `${query} # 2` });
    const known = await ask(`${query} # 2`);
    expect(fresh.status).toBe(400);
    expect(known).toEqual(fresh);
  });
});

import { describe, expect, it } from 'vitest';
import { askOver } from '../support/ask.ts';
import { startGateway } from '../support/gateway.ts';
import { sendRaw } from '../support/raw-http.ts';

const ADM_URL = 'http://127.0.0.1:9';
const transports = Object.entries(askOver);

const query = '{ __schema { queryType { name } } }';
const schemaAnswer = { data: { __schema: { queryType: { name: 'Query' } } } };

const refusalOf = (field: string) =>
  `GraphQL introspection has been disabled, but the requested query contained the field "${field}".`;

/** What a browser gets that opens the graph's address. */
const openPage = async (origin: string) => {
  const { status, headers } = await sendRaw(origin, '/graphql', {
    headers: { accept: 'text/html' },
  });
  return { isPage: status === 200 && headers['content-type'] === 'text/html; charset=utf-8' };
};

describe('introspection', () => {
  it.each(transports)('is answered over %s by default', async (_name, ask) => {
    await using gateway = await startGateway({ ADM_URL });
    expect(await ask(gateway.origin, { query })).toEqual(schemaAnswer);
  });

  it.each(transports)('is refused over %s when it is off', async (_name, ask) => {
    await using gateway = await startGateway({ ADM_URL, INTROSPECTION: 'off' });
    expect(await ask(gateway.origin, { query })).toEqual({
      errors: ['__schema', 'queryType'].map(
        (field) => expect.objectContaining({ message: refusalOf(field) }) as unknown,
      ),
    });
    // The same again: whether a document is allowed must not depend on a cache of documents.
    expect(await ask(gateway.origin, { query })).not.toHaveProperty('data');
    const named = 'query A { __typename } query B { t: __type(name: "Pin") { name } }';
    expect(await ask(gateway.origin, { query: named, operationName: 'B' })).not.toHaveProperty(
      'data',
    );
  });

  it('leaves __typename alone when it is off', async () => {
    await using gateway = await startGateway({ ADM_URL, INTROSPECTION: 'off' });
    for (const [, ask] of transports) {
      expect(await ask(gateway.origin, { query: '{ __typename }' })).toEqual({
        data: { __typename: 'Query' },
      });
    }
  });
});

describe('GraphiQL', () => {
  it('is there by default', async () => {
    await using gateway = await startGateway({ ADM_URL });
    expect(await openPage(gateway.origin)).toEqual({ isPage: true });
  });

  it('has neither page nor files when it is off', async () => {
    await using gateway = await startGateway({ ADM_URL, GRAPHIQL: 'off' });
    expect(await openPage(gateway.origin)).toEqual({ isPage: false });
    const { status } = await sendRaw(gateway.origin, '/graphiql/boot.js');
    expect(status).toBe(404);
  });
});

describe('NODE_ENV=production', () => {
  it('turns GraphiQL and introspection off', async () => {
    await using gateway = await startGateway({ ADM_URL, NODE_ENV: 'production' });
    expect(await openPage(gateway.origin)).toEqual({ isPage: false });
    for (const [, ask] of transports) {
      expect(await ask(gateway.origin, { query })).not.toHaveProperty('data');
    }
  });

  it('does not win over what is set', async () => {
    await using gateway = await startGateway({
      ADM_URL,
      NODE_ENV: 'production',
      GRAPHIQL: 'on',
      INTROSPECTION: 'on',
    });
    expect(await openPage(gateway.origin)).toEqual({ isPage: true });
    expect(await askOver.HTTP(gateway.origin, { query })).toEqual(schemaAnswer);
  });
});

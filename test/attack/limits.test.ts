import { readdirSync, readFileSync } from 'node:fs';
import { getIntrospectionQuery } from 'graphql';
import { describe, expect, it } from 'vitest';
import { graphiqlTabs } from '../../src/transport/graphiql/tabs.ts';
import { askOver } from '../support/ask.ts';
import { startGateway } from '../support/gateway.ts';
import { sendJson, sendRaw } from '../support/raw-http.ts';
import { openWs } from '../support/raw-websocket.ts';

const ADM_URL = 'http://127.0.0.1:9';
const transports = Object.entries(askOver);

const times = (count: number, text: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => text(n)).join(' ');

const padded = (bytes: number): string => {
  const text = '{ __typename } #é';
  return text + 'x'.repeat(bytes - Buffer.byteLength(text));
};
const nested = (levels: number): string =>
  `{ providers ${'{ ... '.repeat(levels - 2)}{ name }${' }'.repeat(levels - 1)}`;
const spread = (levels: number): string =>
  `{ providers { ...F3 } } ${times(levels - 3, (n) => `fragment F${n + 3} on Provider { ...F${n + 4} }`)}
  fragment F${levels} on Provider { name }`;
const skip = '@skip(if: false)';

/** A setting, its value, and a document with just as much as it allows, and with one more. */
const limits: [what: string, name: string, value: number, most: string, tooMuch: string][] = [
  ['bytes', 'MAX_QUERY_BYTES', 1024, padded(1024), padded(1025)],
  [
    'tokens',
    'MAX_QUERY_TOKENS',
    100,
    `{ providers { ${times(95, () => 'name')} } }`,
    `{ providers { ${times(96, () => 'name')} } }`,
  ],
  ['levels', 'MAX_QUERY_DEPTH', 6, nested(6), nested(7)],
  ['levels', 'MAX_QUERY_DEPTH', 6, spread(6), spread(7)],
  [
    'aliases',
    'MAX_QUERY_ALIASES',
    3,
    '{ a: __typename b: providers { c: name } }',
    '{ a: __typename b: providers { c: name d: name } }',
  ],
  [
    'aliases',
    'MAX_QUERY_ALIASES',
    4,
    '{ ...F ...F } fragment F on Query { a: __typename b: __typename }',
    '{ c: __typename ...F ...F } fragment F on Query { a: __typename b: __typename }',
  ],
  [
    'directives',
    'MAX_QUERY_DIRECTIVES',
    4,
    `{ __typename ${skip} ... ${skip} { ...F ${skip} } } fragment F on Query { a: __typename ${skip} }`,
    `{ __typename ${skip} ... ${skip} { ...F ${skip} ...F } } fragment F on Query { a: __typename ${skip} }`,
  ],
  ['directives', 'MAX_QUERY_DIRECTIVES', 0, '{ __typename }', 'query ($v: Int @b) { __typename }'],
  [
    'root fields',
    'MAX_ROOT_FIELDS',
    3,
    '{ __typename ... { providers { name } ...F } } fragment F on Query { __typename }',
    '{ __typename ... { providers { name } ...F } } fragment F on Query { a: __typename __typename }',
  ],
];

describe.each(limits)('a document with more %s than %s=%i', (what, name, value, most, tooMuch) => {
  const refusal = {
    errors: [
      {
        message: `The document has more ${what} than ${name} allows: ${value}.`,
        extensions: { code: 'LIMIT_EXCEEDED' },
      },
    ],
  };

  it.each(transports)('is refused over %s, and one with as many is not', async (_name, ask) => {
    await using gateway = await startGateway({ ADM_URL, [name]: String(value) });
    expect(await ask(gateway.origin, { query: most })).not.toHaveProperty('errors');
    expect(await ask(gateway.origin, { query: tooMuch })).toEqual(refusal);
    expect(await ask(gateway.origin, { query: tooMuch })).toEqual(refusal);
    expect(await ask(gateway.origin, { query: most })).not.toHaveProperty('errors');
  });
});

it('a document beyond a limit is a 400 for those who accept GraphQL responses', async () => {
  await using gateway = await startGateway({ ADM_URL });
  const accept = 'application/graphql-response+json';
  const { status } = await sendJson(gateway.origin, { query: nested(26) }, { accept });
  expect(status).toBe(400);
});

describe('a request with more bytes than MAX_REQUEST_BYTES', () => {
  const requestOf = (bytes: number): string => {
    const body = (padding: string) =>
      JSON.stringify({ query: '{ __typename }', variables: { padding } });
    return body('x'.repeat(bytes - body('').length));
  };
  const headers = { 'content-type': 'application/json' };

  it('is refused over HTTP, also when its document is known and compiled', async () => {
    await using gateway = await startGateway({ ADM_URL, MAX_REQUEST_BYTES: '2000' });
    const post = (bytes: number) =>
      sendRaw(gateway.origin, '/graphql', { method: 'POST', headers, body: requestOf(bytes) });
    for (let time = 0; time < 20; time++) {
      const { status, body } = await post(2000);
      expect({ status, body }).toEqual({ status: 200, body: '{"data":{"__typename":"Query"}}' });
    }
    const { status, body } = await post(2001);
    expect({ status, body: JSON.parse(body) as unknown }).toEqual({
      status: 413,
      body: {
        errors: [
          {
            message: 'Request body too large',
            extensions: { code: 'REQUEST_ENTITY_TOO_LARGE' },
          },
        ],
      },
    });
  });

  it('closes a WebSocket with 1009', async () => {
    await using gateway = await startGateway({ ADM_URL, MAX_REQUEST_BYTES: '2000' });
    await using socket = await openWs(gateway.origin);
    await socket.init();
    const message = (padding: string) => JSON.stringify({ type: 'ping', payload: { padding } });
    socket.send(message('x'.repeat(2000 - message('').length)));
    await socket.received('pong');
    socket.send(message('x'.repeat(2001 - message('').length)));
    expect(await socket.closed).toMatchObject({ code: 1009 });
  });
});

describe('our own documents', () => {
  const read = (path: string): string =>
    readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
  const errorFields = read('test/operations/provider-error-fields.graphql');
  const operations = readdirSync(new URL('../operations', import.meta.url))
    .filter((file) => file !== 'provider-error-fields.graphql')
    .map((file) => read(`test/operations/${file}`))
    .map((text) => (text.includes('...ProviderErrorFields') ? text + errorFields : text));
  const readme = read('README.md');
  const inReadme = [
    ...[...readme.matchAll(/-d '(\{"query".*\})'/g)].map(
      ([, body = '']) => (JSON.parse(body) as { query: string }).query,
    ),
    ...[...readme.matchAll(/```graphql\n([^`]*)```/g)].map(([, text = '']) => text),
  ];
  const introspection = getIntrospectionQuery({
    schemaDescription: true,
    specifiedByUrl: true,
    directiveIsRepeatable: true,
    inputValueDeprecation: true,
    oneOf: true,
  });
  const documents = [
    introspection,
    ...graphiqlTabs().map(({ query }) => query),
    ...operations,
    ...inReadme,
  ];

  it('need much less than the limits allow by default', async () => {
    expect(documents).toHaveLength(1 + 3 + 4 + 6);
    await using gateway = await startGateway({
      ADM_URL,
      MAX_REQUEST_BYTES: '4096', // of 1 MiB
      MAX_VARIABLES_BYTES: '1024', // of 16 KiB
      MAX_QUERY_BYTES: '4096', // of 32 KiB
      MAX_QUERY_TOKENS: '200', // of 2,000
      MAX_QUERY_DEPTH: '18', // of 25
      MAX_QUERY_ALIASES: '0', // of 15
      MAX_QUERY_DIRECTIVES: '0', // of 20
      MAX_ROOT_FIELDS: '1', // of 10
    });
    const variables = { input: { pinCode: '1234' }, pin: '1234' };
    for (const query of documents) {
      const answer = await askOver.SSE(gateway.origin, { query, variables });
      expect(answer, query).toEqual({ data: expect.anything() as unknown });
    }
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { graphqlPathWith, sendJson, sendRaw, type RawAnswer } from '../support/raw-http.ts';
import { nobody, startStubbed } from '../support/stub-services.ts';

/** Of what documents are made: ours for the most part, so that some of them are valid. */
const tokens = [
  ...['query', 'mutation', 'subscription', 'fragment', 'on', 'Q', '{', '{', '{', '}', '}', '}'],
  ...['account', 'pins', 'providers', 'name', '__typename', '__schema', 'type', 'pinSet', 'code'],
  ...['generateOtp', '(', ')', ':', '$a', '!', '[', ']', '=', '@include', '@skip', '(if: true)'],
  ...['... on Pin {', '...F', 'fragment F on Account {', 'ADM', 'null', '-0', '1e9', '"', '"""'],
  ...['#', '\n', '\\u{1F512}', '\u0000', '\ufeff', ',', '&', '|', 'alias:'],
];

const whole = [
  '{ __typename }',
  '{ account { pins { __typename ... on Pin { type status } } } }',
  '{ providers { name availability } }',
  'query Q($a: [PinProvider!]) { account { pins(providers: $a) { __typename } } }',
  'mutation { generateOtp(input: { pinCode: "1234" }) { __typename } }',
];

const document = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...whole) },
  {
    weight: 5,
    arbitrary: fc
      .array(fc.constantFrom(...tokens), { maxLength: 30 })
      .map((some) => some.join(' ')),
  },
  {
    // A whole one with something put in.
    weight: 5,
    arbitrary: fc
      .tuple(fc.constantFrom(...whole), fc.nat(60), fc.constantFrom(...tokens))
      .map(([text, at, token]) => `${text.slice(0, at)}${token}${text.slice(at)}`),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
);

const parameters = fc.record(
  {
    query: document,
    operationName: fc.oneof(fc.constantFrom('Q', 'F', ''), fc.string()),
    variables: fc.oneof(fc.constantFrom('{}', '{"a":["ADM"]}', 'null', '[', '1'), fc.json()),
    extensions: fc.oneof(fc.constantFrom('{}', 'null', '{'), fc.json()),
    more: fc.string(),
  },
  { requiredKeys: ['query'] },
);

const queryString = fc.oneof(
  { weight: 2, arbitrary: document.map((query) => graphqlPathWith({ query })) },
  { weight: 4, arbitrary: parameters.map(graphqlPathWith) },
  {
    weight: 1,
    arbitrary: fc.webQueryParameters().map((text) => `/graphql?${text}`),
  },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.constantFrom('query=', '{__typename}', '%', '%ff', '%00', '&', '=', '+', ';', '?'))
      .map((some) => `/graphql?${some.join('')}`),
  },
);

/** An answer of GraphQL over HTTP, or a refusal in words; never a failure of ours. */
function expectAnswer({ status, headers, body }: RawAnswer): void {
  expect(status).toBeLessThan(500);
  expect(body).not.toMatch(/node_modules|Unexpected error/);
  if (!headers['content-type']?.includes('json')) {
    expect(status).toBeGreaterThan(399);
    return;
  }
  const result = JSON.parse(body) as { data?: unknown; errors?: unknown[] };
  expect(result.data !== undefined || (result.errors?.length ?? 0) > 0).toBe(true);
}

describe('Whatever a client', () => {
  it.each([
    [
      'posts as a document',
      document,
      (origin: string, query: string) => sendJson(origin, { query }),
    ],
    ['puts into a query string', queryString, sendRaw],
  ])(
    '%s is answered or refused, and nothing is a bug',
    { timeout: 60_000 },
    async (_what, any, send) => {
      await using server = await startStubbed(nobody);
      const statuses = new Set<number>();
      let served = 0;
      await fc.assert(
        fc.asyncProperty(any, async (text) => {
          const answer = await send(server.origin, text);
          expectAnswer(answer);
          statuses.add(answer.status);
          if (answer.body.startsWith('{"data":{"')) served++;
        }),
        { numRuns: 2_000 },
      );
      expect(served).toBeGreaterThan(30);
      expect(statuses).toContain(200);
      expect(server.logLines().filter(({ level }) => Number(level) >= 50)).toEqual([]);
    },
  );
});

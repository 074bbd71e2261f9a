import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askOver } from '../support/ask.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';

let gateway: TestGateway;

beforeAll(async () => {
  // Tokens as many as can be set: what bounds the parser and validation must not be their number alone.
  gateway = await startGateway({
    ADM_URL: 'http://127.0.0.1:9',
    MAX_QUERY_TOKENS: '100000',
    MAX_QUERY_BYTES: '1048576',
  });
});

afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
});

const times = (count: number, text: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => text(n)).join(' ');

const tooDeep = 'The document has more levels than MAX_QUERY_DEPTH allows: 25.';
const tooManyAliases = 'The document has more aliases than MAX_QUERY_ALIASES allows: 15.';
const tooManyDirectives = 'The document has more directives than MAX_QUERY_DIRECTIVES allows: 20.';
const tooManyRoots = 'The document has more root fields than MAX_ROOT_FIELDS allows: 10.';

/** What is sent, and what each of its errors is about. */
const bombs: [what: string, query: string, message: string | RegExp][] = [
  ['8,000 inline fragments within one another', `{ ${'... { '.repeat(8_000)}`, tooDeep],
  ['20,000 brackets of lists', `{ a(b: ${'['.repeat(20_000)}`, tooDeep],
  ['1,900 brackets of lists', `{ a(b: ${'['.repeat(1_900)}`, tooDeep],
  ['20,000 braces of objects', `{ a(b: ${'{ c: '.repeat(20_000)}`, tooDeep],
  ['20,000 brackets of a type', `query ($a: ${'['.repeat(20_000)}`, tooDeep],
  ['20,000 fields within one another', '{ a '.repeat(20_000), tooDeep],
  ['a fragment that spreads itself', '{ ...A } fragment A on Query { ...A }', /within itself/],
  [
    'two fragments that spread each other',
    '{ ...A } fragment A on Query { account { pins { __typename } } ...B } fragment B on Query { ...A }',
    /within itself/,
  ],
  [
    '2,000 fragments in a circle',
    `{ ...F0 } ${times(2_000, (n) => `fragment F${n} on Query { ...F${(n + 1) % 2_000} }`)}`,
    tooDeep,
  ],
  [
    '2,000 fragments that each spread the next one twice',
    `{ ...F0 } ${times(2_000, (n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`)}
     fragment F2000 on Query { __typename }`,
    tooDeep,
  ],
  [
    '20 fragments that double the root fields',
    `{ ...F0 } ${times(20, (n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`)}
     fragment F20 on Query { __typename }`,
    tooManyRoots,
  ],
  [
    '20 fragments that double the aliases',
    `{ providers { ...F0 } } ${times(20, (n) => `fragment F${n} on Provider { ...F${n + 1} ...F${n + 1} }`)}
     fragment F20 on Provider { a: name }`,
    tooManyAliases,
  ],
  ['10,000 aliases', `{ ${times(10_000, (n) => `a${n}: __typename`)} }`, tooManyAliases],
  ['30,000 directives', `{ __typename ${'@a'.repeat(30_000)} }`, tooManyDirectives],
  ['directives on a variable', `query ($a: Int ${'@a'.repeat(21)}) { a }`, tooManyDirectives],
  ['40,000 fields side by side', `{ ${'__typename '.repeat(40_000)} }`, tooManyRoots],
  [
    '1,500 fields of one name with fields of their own',
    `{ account { ${'pins { __typename } '.repeat(1_500)} } }`,
    /abort/i,
  ],
  [
    '1,500 fields that differ by their arguments',
    `{ account { ${times(1_500, (n) => `pins(providers: [${n % 2 === 0 ? 'ADM' : 'PACE'}]) { __typename }`)} } }`,
    /conflict|abort/i,
  ],
];

describe.each(Object.entries(askOver))('over %s a document', (_name, ask) => {
  it.each(bombs)(
    'with %s is refused at once, and the next one answered',
    async (_what, query, message) => {
      const startedAt = performance.now();
      const answer = (await ask(gateway.origin, { query })) as {
        readonly data?: unknown;
        readonly errors: readonly { readonly message: string }[];
      };
      const tookMs = performance.now() - startedAt;
      expect(answer.data).toBeUndefined();
      if (typeof message === 'string') expect(answer.errors).toHaveLength(1);
      for (const error of answer.errors) expect(error.message).toMatch(message);
      expect(tookMs).toBeLessThan(2_000);
      expect(await ask(gateway.origin, { query: '{ __typename }' })).toEqual({
        data: { __typename: 'Query' },
      });
    },
  );
});

it('none of them is a bug of ours', () => {
  expect(gateway.logLines().filter(({ msg }) => msg === 'bug')).toEqual([]);
});

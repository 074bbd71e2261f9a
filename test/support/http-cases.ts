/** A request of GraphQL over HTTP, as a client may write it. */
export interface Case {
  readonly title: string;
  /** Lines of the head, the common ones apart; by default that it is JSON. */
  readonly head?: readonly string[];
  readonly target?: string;
  readonly body: string | Buffer;
  /** Spoils the bytes of the head, as latin-1. */
  readonly spoil?: (head: string) => string;
  /** Whether Node's server has to see it, also when its query is known. */
  readonly needsNode?: boolean;
}

/** The head of a case that gives none. */
export const plain: readonly string[] = ['content-type: application/json'];

const json = (params: unknown): string => JSON.stringify(params);

const pins = `query Pins($providers: [PinProvider!]) {
  account { pins(providers: $providers) {
    __typename
    ... on Pin { provider type status requirement actionRequired lock { remainingSeconds until } }
    ... on ProviderError { provider code message retryable retryAfterSeconds upstream { httpStatus } }
  } }
}`;
const otp =
  'mutation ($pin: PinCode!) { generateOtp(input: { pinCode: $pin }) { ... on Otp { value } } }';
const known = json({ query: '{ __typename }' });
const accepts = (accept: string): string[] => [...plain, `accept: ${accept}`];

/** What nearly all requests are: none of them needs Yoga when it comes again. */
export const usualCases: readonly Case[] = [
  { title: 'a query', body: json({ query: pins }) },
  {
    title: 'a query with all parameters',
    body: json({
      query: pins,
      operationName: 'Pins',
      variables: { providers: ['ADM'] },
    }),
  },
  {
    title: 'a query with parameters that are null',
    body: json({ query: pins, operationName: null, variables: null }),
  },
  { title: 'a key twice', body: `{"query":"{","query":"{ __typename }"}` },
  { title: 'a query of the schema', body: json({ query: '{ __schema { queryType { name } } }' }) },
  {
    title: 'a charset',
    head: ['content-type: application/json; charset=utf-8'],
    body: json({ query: pins }),
  },
  ...[
    '*/*',
    'application/json',
    'application/graphql-response+json',
    'application/graphql-response+json, application/json;q=0.9',
    'application/json, application/graphql-response+json',
    'application/json, text/plain, */*',
    'application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed',
  ].map((accept) => ({
    title: `accept: ${accept}`,
    head: accepts(accept),
    body: json({ query: pins }),
  })),
  {
    title: 'names and lengths as they may be written, too',
    head: ['CONTENT-type:application/json \t', 'accept:\t*/*', 'a:', 'content-length: 026'],
    body: known,
  },
  {
    title: 'a body that is not UTF-8',
    body: Buffer.from('{"query":"{ __typename }","variables":{"a":"\xff"}}', 'latin1'),
  },
  ...[
    { title: 'an origin that is not allowed', head: [...plain, 'origin: https://other.example'] },
    { title: 'a header twice', head: [...accepts('application/json'), 'accept: */*'] },
    { title: 'trailers accepted', head: [...plain, 'te: trailers'] },
    { title: 'two blanks in the first line', target: 'POST /graphql  HTTP/1.1' },
    { title: 'HTTP/1.0', target: 'POST /graphql HTTP/1.0' },
    { title: 'a whole address', target: 'POST http://other/graphql HTTP/1.1' },
    { title: 'an empty line before it', spoil: (head: string) => `\r\n${head}` },
  ].map((request) => ({ ...request, body: known, needsNode: true })),
];

/** What the compiler of queries gets wrong. */
const conditional: readonly Case[] = [
  {
    title: 'a field under two conditions',
    body: json({
      query:
        'query ($a: Boolean!) { account { pins @include(if: $a) { __typename } pins @skip(if: $a) { ... on Pin { type } } } }',
      variables: { a: true },
    }),
  },
  {
    title: 'a fragment with and without a condition',
    body: json({
      query:
        'query ($a: Boolean!) { account { ...F @include(if: $a) ...F } } fragment F on Account { pins { __typename } }',
      variables: { a: false },
    }),
  },
  {
    title: 'a condition that is null',
    body: json({
      query: 'query ($w: Boolean = true) { account { pins @include(if: $w) { __typename } } }',
      variables: { w: null },
    }),
  },
  {
    title: 'a response name __proto__',
    body: json({ query: '{ __proto__: __typename account { __typename } }' }),
  },
];

/** What is Yoga's to answer, however often it comes. */
export const unusualCases: readonly Case[] = [
  ...conditional,
  { title: 'a mutation', body: json({ query: otp, variables: { pin: '0123' } }) },
  { title: 'a bug', head: [...plain, 'x-adm-authorization: bug'], body: json({ query: pins }) },
  {
    title: 'a bug, for a strict client',
    head: [...accepts('application/graphql-response+json'), 'x-adm-authorization: bug'],
    body: json({ query: pins }),
  },
  {
    title: 'a variable of the wrong type',
    body: json({ query: pins, variables: { providers: 'NOBODY' } }),
  },
  { title: 'a variable that is missing', body: json({ query: otp }) },
  { title: 'a PIN that is a number', body: json({ query: otp, variables: { pin: 1234 } }) },
  { title: 'an unknown operation name', body: json({ query: pins, operationName: 'Other' }) },
  { title: 'a syntax error', body: json({ query: '{ account {' }) },
  { title: 'an invalid document', body: json({ query: '{ acount }' }) },
  {
    title: 'two operations and no name',
    body: json({ query: 'query A { __typename } query B { __typename }' }),
  },
  {
    title: 'a document with a PIN in it',
    body: json({ query: 'mutation { generateOtp(input: { pinCode: "0123" }) { __typename } }' }),
  },
  {
    title: 'a subscription for someone who takes no stream',
    head: accepts('application/json'),
    body: json({ query: 'subscription { pinSet { __typename } }' }),
  },
  {
    title: 'a type that is not acceptable',
    head: accepts('text/html'),
    body: json({ query: pins }),
  },
  {
    title: 'a stream of one result',
    head: accepts('text/event-stream'),
    body: json({ query: pins }),
  },
  {
    title: 'an accept in another charset',
    head: accepts('application/json; charset=latin1'),
    body: json({ query: pins }),
  },
  { title: 'an unknown parameter', body: json({ query: pins, more: 1 }) },
  { title: 'an unknown parameter that is null', body: json({ query: pins, more: null }) },
  { title: 'extensions', body: json({ query: pins, extensions: { a: 1 } }) },
  { title: 'variables that are a list', body: json({ query: pins, variables: [] }) },
  { title: 'variables that are text', body: json({ query: pins, variables: '{}' }) },
  { title: 'an operation name that is a number', body: json({ query: pins, operationName: 1 }) },
  { title: 'a query that is a number', body: json({ query: 1 }) },
  { title: 'no query', body: '{}' },
  { title: 'a batch', body: json([{ query: pins }, { query: pins }]) },
  { title: 'null', body: 'null' },
  { title: 'text', body: '"{ __typename }"' },
  { title: 'an empty body', body: '' },
  { title: 'broken JSON', body: '{"query":"{ __typename }"' },
  { title: 'JSON with a byte order mark', body: `\ufeff${json({ query: pins })}` },
  {
    title: 'JSON that is not UTF-8',
    body: Buffer.from('{"query":"{ __typename #\xff\xfe }"}', 'latin1'),
  },
  { title: 'a key __proto__', body: `{"query":"{ __typename }","__proto__":{"a":1}}` },
  {
    title: 'chunks',
    head: [...plain, 'transfer-encoding: chunked'],
    body: 'f\r\n{"query":"{ __t\r\nc\r\nypename }"}  \r\n0\r\n\r\n',
  },
  { title: 'an encoding', head: [...plain, 'content-encoding: gzip'], body: json({ query: pins }) },
  {
    title: 'another content type',
    head: ['content-type: text/plain'],
    body: json({ query: pins }),
  },
  { title: 'no content type', head: [], body: json({ query: pins }) },
  {
    title: 'another charset',
    head: ['content-type: application/json; charset=latin1'],
    body: json({ query: pins }),
  },
  { title: 'a query string', target: 'POST /graphql?a=b HTTP/1.1', body: json({ query: pins }) },
  {
    title: 'a body that is too long',
    body: json({ query: pins, variables: { a: 'x'.repeat(1024 * 1024) } }),
  },
  { title: 'a long body', body: json({ query: pins, variables: { a: 'x'.repeat(70_000) } }) },
  { title: 'a PUT', target: 'PUT /graphql HTTP/1.1', body: json({ query: pins }) },
  {
    title: 'a GET with a body',
    target: 'GET /graphql?query={__typename} HTTP/1.1',
    body: json({ query: pins }),
  },
];

/** A known query in what is no request, or none of the graph: it is refused before anybody reads it. */
export const malformedCases: readonly Case[] = [
  { title: 'no HTTP', spoil: () => 'HELO gateway\r\n\r\n' },
  { title: 'a method in lower case', target: 'post /graphql HTTP/1.1' },
  { title: 'an unknown version', target: 'POST /graphql HTTP/1.2' },
  { title: 'another path', target: 'POST /graphql/ HTTP/1.1' },
  { title: 'the address of no host', target: 'POST http:///graphql HTTP/1.1' },
  { title: 'no host', spoil: (head: string) => head.replace(/^host: .*\r\n/m, '') },
  { title: 'a host that is none', spoil: (head: string) => head.replace('host: ', 'host: a b') },
  { title: 'bare line feeds', spoil: (head: string) => head.replaceAll('\r\n', '\n') },
  {
    title: 'an end in bare line feeds',
    spoil: (head: string) => head.replace(/\r\n\r\n$/, '\n\n'),
  },
  { title: 'no colon', head: [...plain, 'a'] },
  { title: 'no name', head: [...plain, ': a'] },
  { title: 'a blank before the colon', head: [...plain, 'a : b'] },
  { title: 'a folded first line', spoil: (head: string) => head.replace('\r\n', '\r\n ') },
  { title: 'a control character', head: [...plain, 'a: b\0'] },
  { title: 'a carriage return within a line', head: [...plain, 'a: b\rc: d'] },
  { title: 'two lengths', head: [...plain, 'content-length: 26', 'content-length: 26'] },
  { title: 'a length with a sign', head: [...plain, 'content-length: +26'] },
  { title: 'a list of lengths', head: [...plain, 'content-length: 26, 26'] },
  {
    title: 'a length and chunks',
    head: [...plain, 'content-length: 26', 'transfer-encoding: chunked'],
  },
  { title: 'an unknown expectation', head: [...plain, 'expect: more'] },
  { title: 'a head that is too long', head: [...plain, `a: ${'b'.repeat(20_000)}`] },
].map((request) => ({ body: known, ...request }));

import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { providerError } from '../../src/error-mapping.ts';
import type { PinResult } from '../../src/providers/provider.ts';
import { Secret } from '../../src/secret.ts';
import { startStubbed, type Behaviour, type StubbedServer } from '../support/stub-services.ts';

const locked: PinResult = {
  kind: 'Pin',
  provider: 'ADM',
  type: 'Adult "2" \u2028 ü 🔒',
  status: 'LOCKED',
  requirement: 'OPTIONAL',
  lock: { remainingSeconds: 300, until: new Date(0) },
};

const behaviour: Behaviour = {
  readPins: ({ credentials }) =>
    credentials.ADM?.reveal() === 'bug'
      ? Promise.reject(new Error('a bug'))
      : Promise.resolve([locked, providerError('ADM', 'deadline passed')]),
  waitForPin: () => new Promise(() => undefined),
  generateOtp: () =>
    Promise.resolve({
      kind: 'Otp',
      provider: 'PIMS',
      value: new Secret('123'),
      transactionId: null,
    }),
};

/** With the fast path, and a control that remembers no document and so has none. */
let server: StubbedServer;
let control: StubbedServer;

beforeAll(async () => {
  server = await startStubbed(behaviour);
  control = await startStubbed(behaviour, { get: () => undefined, set: () => undefined });
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await control[Symbol.asyncDispose]();
});

interface Case {
  readonly title: string;
  /** Lines of the head, the common ones apart. */
  readonly head?: readonly string[];
  readonly target?: string;
  readonly body: string | Buffer;
}

const lastChunk = '\r\n0\r\n\r\n';

const plain = ['content-type: application/json'];

/** Sends the bytes, and gives all that comes back but the date. */
async function send(origin: string, { head = plain, target, body }: Case): Promise<string> {
  const bytes = Buffer.from(body);
  const lines = [
    target ?? 'POST /graphql HTTP/1.1',
    'host: gateway.example',
    'x-request-id: same',
    'connection: close',
    ...head,
    ...(head.some((line) => /^(?:content-length|transfer-encoding):/i.test(line))
      ? []
      : [`content-length: ${bytes.length}`]),
  ];
  const socket = connect(Number(new URL(origin).port));
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    if (chunk.toString().endsWith(lastChunk)) socket.destroy(); // a stream of events keeps it alive
  });
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  socket.write(bytes);
  await once(socket, 'close');
  return Buffer.concat(chunks)
    .toString('latin1')
    .replace(/^Date: .*\r\n/m, '');
}

const differsEachTime = new Set(['time', 'durationMs', 'stack']);

/** What was logged since then, without what differs from run to run. */
const newLogLines = (from: StubbedServer, since: number): object[] =>
  from
    .logLines()
    .slice(since)
    .map((line) =>
      Object.fromEntries(Object.entries(line).filter(([name]) => !differsEachTime.has(name))),
    );

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
const accepts = (accept: string): string[] => [...plain, `accept: ${accept}`];

const usual: readonly Case[] = [
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
    title: 'an origin that is not allowed',
    head: [...plain, 'origin: https://other.example'],
    body: json({ query: pins }),
  },
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

const unusual: readonly Case[] = [
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

/** Asks on both paths, and compares what is answered and what is logged. */
async function expectAlike(request: Case): Promise<void> {
  const before = { server: server.logLines().length, control: control.logLines().length };
  const answer = await send(server.origin, request);
  const fromYoga = await send(control.origin, request);
  expect(fromYoga).toMatch(/^HTTP\/1\.1 [2-5]/);
  expect(answer).toBe(fromYoga);
  expect(newLogLines(server, before.server)).toEqual(newLogLines(control, before.control));
}

describe('a usual request', () => {
  it.each(usual)(
    'with $title leaves Yoga aside when it comes again, and no one can tell',
    async (request) => {
      await expectAlike(request);
      // Each of them brings it nearer to being compiled.
      await vi.waitFor(async () => {
        const asked = server.yogaRequests();
        await send(server.origin, request);
        expect(server.yogaRequests()).toBe(asked);
      });
      await expectAlike(request);
    },
  );
});

/** More often than a query has to come to be compiled. */
const timesUntilCompiled = 12;

describe('an unusual request', () => {
  it.each(unusual)("with $title is Yoga's to answer, however often it comes", async (request) => {
    for (let count = 0; count < timesUntilCompiled; count++) {
      const asked = server.yogaRequests();
      await expectAlike(request);
      expect(server.yogaRequests()).toBe(asked + 1);
    }
  });
});

it('a bug that only the compiled query meets is logged, once, though Yoga then has the answer', async () => {
  let isBuggy = false;
  await using stubbed = await startStubbed({
    ...behaviour,
    availability: () => {
      if (!isBuggy) return 'AVAILABLE';
      isBuggy = false;
      throw new Error('a bug');
    },
  });
  const request = { title: '', body: json({ query: '{ providers { availability } }' }) };
  const answer = await send(stubbed.origin, request);
  await vi.waitFor(async () => {
    const asked = stubbed.yogaRequests();
    await send(stubbed.origin, request);
    expect(stubbed.yogaRequests()).toBe(asked);
  });

  isBuggy = true;
  expect(await send(stubbed.origin, request)).toBe(answer);
  expect(stubbed.logLines().filter(({ msg }) => msg === 'bug')).toEqual([
    expect.objectContaining({ requestId: 'same', name: 'Error' }),
  ]);
});

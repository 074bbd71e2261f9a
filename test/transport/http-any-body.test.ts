import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { providerError } from '../../src/error-mapping.ts';
import { sendRaw, type RawAnswer } from '../support/raw-http.ts';
import { startStubbed, type Behaviour } from '../support/stub-services.ts';

const pins = 'query Pins($p: [PinProvider!]) { account { pins(providers: $p) { __typename } } }';
const providers = 'query Providers { providers { name } }';
const otp = 'mutation ($i: GenerateOtpInput!) { generateOtp(input: $i) { __typename } }';

const either = (weight: number, ...right: readonly unknown[]) =>
  fc.oneof(
    { weight, arbitrary: fc.constantFrom(...right) },
    { weight: 1, arbitrary: fc.jsonValue() },
  );

const operation = fc.record(
  {
    query: either(5, pins, pins, providers, otp, '{ __typename }', '{', 'subscription { pinSet }'),
    operationName: either(3, null, 'Pins', 'Providers', 'Other', '', '__proto__'),
    variables: either(3, null, {}, { p: ['ADM'] }, { p: null }, { p: 'ADM', q: 1 }, { i: {} }),
    extensions: either(2, null, {}, { persistedQuery: { version: 1, sha256Hash: 'x' } }),
    ['__proto__']: fc.jsonValue(),
    id: fc.jsonValue(),
  },
  { requiredKeys: ['query'] },
);

const usual = fc.record({
  query: fc.constantFrom(pins, providers),
  variables: either(3, null, {}, { p: ['ADM'] }),
});

const asBytes = (text: fc.Arbitrary<string>) => text.map((one) => Buffer.from(one));
const body = fc.oneof(
  { weight: 4, arbitrary: asBytes(usual.map((value) => JSON.stringify(value))) },
  { weight: 8, arbitrary: asBytes(operation.map((value) => JSON.stringify(value))) },
  { weight: 1, arbitrary: asBytes(fc.array(operation).map((batch) => JSON.stringify(batch))) },
  { weight: 1, arbitrary: asBytes(fc.json()) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(operation, fc.nat(300), fc.uint8Array({ maxLength: 8 }))
      .map(([value, at, bytes]) =>
        Buffer.concat([Buffer.from(JSON.stringify(value)).subarray(0, at), bytes]),
      ),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
  {
    weight: 1,
    arbitrary: fc.nat(20_000).map((depth) => Buffer.from(`{"variables":${'['.repeat(depth)}`)),
  },
);

const head = fc.record(
  {
    'content-type': fc.constantFrom(
      ...['application/json', 'application/json', 'application/json; charset=utf-8'],
      ...['application/graphql', 'text/plain', 'multipart/form-data; boundary=x', 'nonsense'],
    ),
    accept: fc.constantFrom('application/json', '*/*', 'application/graphql-response+json', 'x'),
    'x-request-id': fc.string({ unit: 'grapheme-ascii' }),
    'x-adm-authorization': fc.constantFrom('Bearer ann', ' ', 'ü'),
  },
  { requiredKeys: ['content-type'] },
);

/** An answer of GraphQL over HTTP, or a refusal in words; never a failure of ours. */
function expectAnswer({ status, headers, body: text }: RawAnswer): void {
  expect(status).toBeLessThan(500);
  expect(headers['x-request-id']).toMatch(/^[A-Za-z0-9._-]{1,128}$/);
  if (!headers['content-type']?.includes('json')) {
    expect(status).toBeGreaterThan(399);
    return;
  }
  const result = JSON.parse(text) as { data?: unknown; errors?: unknown[] };
  expect(result.data !== undefined || (result.errors?.length ?? 0) > 0).toBe(true);
  expect(text).not.toMatch(/node_modules|Unexpected error/);
}

const behaviour: Behaviour = {
  readPins: () => Promise.resolve([providerError('ADM', 'deadline passed')]),
  waitForPin: () => new Promise(() => undefined),
  generateOtp: () => Promise.resolve(providerError('PIMS', 'PIMS 2308')),
};

describe('Whatever a client posts', () => {
  it(
    'is answered as if there were no fast path, and nothing is a bug',
    { timeout: 60_000 },
    async () => {
      await using server = await startStubbed(behaviour);
      await using control = await startStubbed(behaviour, {
        get: () => undefined,
        set: () => undefined,
      });
      await fc.assert(
        fc.asyncProperty(body, head, async (bytes, headers) => {
          const request = {
            method: 'POST',
            headers: { ...headers, 'content-length': String(bytes.length) },
            body: bytes,
          };
          const answer = await sendRaw(server.origin, '/graphql', request);
          expectAnswer(answer);
          const other = await sendRaw(control.origin, '/graphql', request);
          expect([answer.status, answer.headers['content-type'], answer.body]).toEqual([
            other.status,
            other.headers['content-type'],
            other.body,
          ]);
        }),
        { numRuns: 2_000 },
      );
      expect(server.logLines().filter(({ level }) => Number(level) >= 50)).toEqual([]);
      expect(server.yogaRequests()).toBeLessThan(control.yogaRequests());
    },
  );
});

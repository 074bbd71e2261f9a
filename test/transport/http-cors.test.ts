import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { sendJson, sendRaw, type RawAnswer } from '../support/raw-http.ts';

const ADM_URL = 'http://127.0.0.1:9';
const app = 'https://app.example';
const other = 'https://other.example:8443';
const stranger = 'https://stranger.example';

const requestHeaders = [
  'authorization',
  'content-type',
  'nv-tenant-id',
  'x-adm-authorization',
  'x-pace-authorization',
  'x-pims-authorization',
  'x-request-id',
];

const ask = (origin: string, from: string): Promise<RawAnswer> =>
  sendJson(origin, { query: '{ __typename }' }, { origin: from });

const preflight = (origin: string, from: string): Promise<RawAnswer> =>
  sendRaw(origin, '/graphql', {
    method: 'OPTIONS',
    headers: {
      origin: from,
      'access-control-request-method': 'POST',
      'access-control-request-headers': requestHeaders.join(','),
    },
  });

const corsHeaders = ({ headers }: RawAnswer) =>
  Object.fromEntries(
    Object.entries(headers).filter(([name]) => name.startsWith('access-control-')),
  );

/** Whether a browser would let a page of this origin read the answer. */
const mayRead = (answer: RawAnswer, from: string): boolean => {
  const allowed = answer.headers['access-control-allow-origin'];
  return allowed === from || allowed === '*';
};

describe('without CORS_ORIGINS', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway({ ADM_URL });
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  it('no page of another origin may read an answer', async () => {
    expect(corsHeaders(await ask(gateway.origin, app))).toEqual({});
  });

  it('no preflight is granted', async () => {
    expect(corsHeaders(await preflight(gateway.origin, app))).toEqual({});
  });
});

describe.each([
  ['one origin', [app]],
  ['two origins', [app, other]],
])('with %s in CORS_ORIGINS', (_many, origins) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway({ ADM_URL, CORS_ORIGINS: origins.join(', ') });
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  it.each(origins)('a page of %s may read the answer and its request id', async (from) => {
    const answer = await ask(gateway.origin, from);
    expect(answer).toMatchObject({ status: 200, body: '{"data":{"__typename":"Query"}}' });
    expect(corsHeaders(answer)).toMatchObject({
      'access-control-allow-origin': from,
      'access-control-expose-headers': 'x-request-id,retry-after',
    });
  });

  it.each(origins)('a preflight of %s is granted for all our headers', async (from) => {
    const answer = await preflight(gateway.origin, from);
    expect(answer).toMatchObject({ status: 204, body: '' });
    expect(corsHeaders(answer)).toMatchObject({
      'access-control-allow-origin': from,
      'access-control-allow-methods': 'GET, POST',
    });
    const allowed = String(answer.headers['access-control-allow-headers']).toLowerCase();
    expect(allowed.split(/, */).sort()).toEqual(requestHeaders);
  });

  it.each([
    stranger,
    'http://app.example',
    'https://app.example:444',
    'https://app.example.stranger.example',
    // What a browser sends for a sandboxed frame, a data: address or a file: anyone's page.
    'null',
  ])('a page of %s may not read an answer, nor is its preflight granted', async (from) => {
    expect(mayRead(await ask(gateway.origin, from), from)).toBe(false);
    expect(mayRead(await preflight(gateway.origin, from), from)).toBe(false);
  });

  it('an answer that depends on the origin is kept by no cache', async () => {
    const { headers } = await ask(gateway.origin, app);
    expect(headers['cache-control']).toBe('no-store');
  });

  it('an answer to nobody of another origin has no word of CORS', async () => {
    expect(corsHeaders(await sendJson(gateway.origin, { query: '{ __typename }' }))).toEqual({});
  });
});

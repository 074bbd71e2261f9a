import { describe, expect, it } from 'vitest';
import { reply } from '../support/upstream.ts';
import { askOtp, askPins, askPinSet, credentials, headerNames, startWith } from './harness.ts';

const noPins = { totalRecords: 0, resourceSet: [] };
const otp = { transactionId: '953cfefb-bc72', status: 'SUCCEEDED', result: { otp: '804213' } };
const requestId = 'test-run.1_A';
const headers = { ...credentials, 'x-request-id': requestId };

/** The paths in front of a provider's own that an address may have, and what they become. */
const basePaths = [
  ['', ''],
  ['/', ''],
  ['/base', '/base'],
  ['/base/', '/base'],
  ['/user/2024-1', '/user/2024-1'],
  ['/a/b//', '/a/b'],
  ['/with%20blank', '/with%20blank'],
] as const;

describe('ADM is asked', () => {
  it('with one GET, the headers of its document and the request id, and nothing more', async () => {
    await using adm = await startWith('ADM', reply(200, noPins));
    const answer = await askPins(adm.origin, ['ADM'], { ...headers, 'nv-tenant-id': 'tenant-7' });

    expect(answer).toEqual([]);
    const [request] = adm.upstream.requests;
    expect(adm.upstream.requests).toHaveLength(1);
    expect({ ...request, headers: { ...request?.headers } }).toMatchObject({
      method: 'GET',
      url: '/adm/v1/user/accounts/pins/status',
      body: '',
    });
    expect(request?.headers).toEqual({
      host: new URL(adm.upstream.url).host,
      connection: 'keep-alive',
      accept: 'application/json',
      'content-type': 'application/json',
      authorization: 'Bearer adm-credential',
      'nv-tenant-id': 'tenant-7',
      'x-correlation-id': requestId,
      'x-request-id': requestId,
    });
  });

  it('without a tenant when neither the client nor the settings name one', async () => {
    await using adm = await startWith('ADM', reply(200, noPins));
    await askPins(adm.origin, ['ADM'], headers);
    expect(headerNames(adm.upstream.requests[0]?.rawHeaders ?? [])).toEqual([
      'accept',
      'authorization',
      'connection',
      'content-type',
      'host',
      'x-correlation-id',
      'x-request-id',
    ]);
  });

  it.each([
    ["the client's tenant where there is no other", {}, 'client-tenant'],
    ['the fixed tenant, whatever the client says', { ADM_TENANT_ID: 'fixed' }, 'fixed'],
  ])('with %s', async (_which, environment, expected) => {
    await using adm = await startWith('ADM', reply(200, noPins), environment);
    await askPins(adm.origin, ['ADM'], { ...headers, 'nv-tenant-id': 'client-tenant' });
    expect(adm.upstream.requests[0]?.headers['nv-tenant-id']).toBe(expected);
  });

  it('with the credential in another header where the settings say so', async () => {
    const environment = { ADM_AUTHORIZATION_HEADER: 'Authorisation' };
    await using adm = await startWith('ADM', reply(200, noPins), environment);
    await askPins(adm.origin, ['ADM'], headers);
    const received = adm.upstream.requests[0]?.headers;
    expect([received?.['authorisation'], received?.authorization]).toEqual([
      'Bearer adm-credential',
      undefined,
    ]);
  });

  it.each(basePaths)('below the base path "%s" of its address', async (path, prefix) => {
    await using adm = await startWith('ADM', reply(200, noPins));
    const url = adm.upstream.url + path;
    await using behind = await startWith('PACE', reply(200), { ADM_URL: url });
    await askPins(behind.origin, ['ADM'], headers);
    expect(adm.upstream.requests.map((request) => request.url)).toEqual([
      `${prefix}/adm/v1/user/accounts/pins/status`,
    ]);
  });
});

describe('PACE is asked', () => {
  const paceHeaders = (url: string) => ({
    host: new URL(url).host,
    connection: 'keep-alive',
    accept: 'application/vnd.api+json',
    authorization: 'Bearer pace-credential',
    'x-request-id': requestId,
  });

  it('with one GET without a timeout for the status', async () => {
    await using pace = await startWith('PACE', reply(200));
    await askPins(pace.origin, ['PACE'], { ...headers, 'nv-tenant-id': 'tenant-7' });
    expect(pace.upstream.requests.map(({ method, url, body }) => ({ method, url, body }))).toEqual([
      { method: 'GET', url: '/user/pin', body: '' },
    ]);
    expect(pace.upstream.requests[0]?.headers).toEqual(paceHeaders(pace.upstream.url));
  });

  it.each([
    [{}, '/user/pin?timeout=25'],
    [{ PACE_POLL_SECONDS: '1' }, '/user/pin?timeout=1'],
    [{ PACE_POLL_SECONDS: '60' }, '/user/pin?timeout=60'],
  ])('with a long poll by pinSet, given %j', async (environment, url) => {
    await using pace = await startWith('PACE', reply(200), environment);
    await askPinSet(pace.origin, undefined, { ...headers, 'nv-tenant-id': 'tenant-7' });
    expect(pace.upstream.requests.map(({ method, url, body }) => ({ method, url, body }))).toEqual([
      { method: 'GET', url, body: '' },
    ]);
    expect(pace.upstream.requests[0]?.headers).toEqual(paceHeaders(pace.upstream.url));
  });

  it.each(basePaths)('below the base path "%s" of its address', async (path, prefix) => {
    await using pace = await startWith('PACE', reply(200));
    const url = pace.upstream.url + path;
    await using behind = await startWith('ADM', reply(200), { PACE_URL: url });
    await askPins(behind.origin, ['PACE'], headers);
    await askPinSet(behind.origin, undefined, headers);
    expect(pace.upstream.requests.map((request) => request.url)).toEqual([
      `${prefix}/user/pin`,
      `${prefix}/user/pin?timeout=25`,
    ]);
  });
});

describe('PIMS is asked', () => {
  it('with one POST of the message and nothing else', async () => {
    await using pims = await startWith('PIMS', reply(200, otp));
    await askOtp(pims.origin, '0042', { ...headers, 'nv-tenant-id': 'tenant-7' });
    const body =
      '{"api":"pims.authentication.otp","parameters":{"action":"withPIN","pinCode":"0042"}}';
    expect(pims.upstream.requests.map(({ method, url, body }) => ({ method, url, body }))).toEqual([
      { method: 'POST', url: '/pims/get', body },
    ]);
    expect(pims.upstream.requests[0]?.headers).toEqual({
      host: new URL(pims.upstream.url).host,
      connection: 'keep-alive',
      accept: 'application/json',
      'content-type': 'application/json',
      'content-length': String(body.length),
      authorization: 'Bearer pims-credential',
      'x-request-id': requestId,
    });
  });

  it.each([
    ['leading zeros', '000'],
    ['what looks like a number', '1e3'],
    ['quotes and backslashes', '"\\"\'`'],
    ['letters beyond ASCII', 'päßwörd-π-密'],
    ['characters beyond the first plane', '🔑🔒'],
    ['blanks around it', ' 12 34 '],
    ['control characters', '1\n2\t3\u0000'],
    ['as many characters as it may have', '🔑'.repeat(64)],
    ['JSON inside', '"},"action":"none'],
  ])('for a PIN with %s exactly as typed', async (_what, pinCode) => {
    await using pims = await startWith('PIMS', reply(200, otp));
    await askOtp(pims.origin, pinCode);
    expect(pims.upstream.requests.map(({ body }) => body)).toEqual([
      `{"api":"pims.authentication.otp","parameters":{"action":"withPIN","pinCode":${JSON.stringify(pinCode)}}}`,
    ]);
  });

  it.each(basePaths)('below the base path "%s" of its address', async (path, prefix) => {
    await using pims = await startWith('PIMS', reply(200, otp));
    const url = pims.upstream.url + path;
    await using behind = await startWith('ADM', reply(200), { PIMS_URL: url });
    await askOtp(behind.origin);
    expect(pims.upstream.requests.map((request) => request.url)).toEqual([`${prefix}/pims/get`]);
  });
});

describe('The request id that every provider gets', () => {
  it.each([
    ["the client's own when it is fit", requestId, (id: string) => id === requestId],
    ['one that the gateway made when there is none', '', (id: string) => /^[\w-]{36}$/.test(id)],
    [
      'one that the gateway made in place of an unfit one',
      'a b',
      (id: string) => /^[\w-]{36}$/.test(id),
    ],
  ])('is %s', async (_which, given, isExpected) => {
    await using adm = await startWith('ADM', reply(200, noPins));
    await askPins(adm.origin, ['ADM'], { ...credentials, 'x-request-id': given });
    const received = adm.upstream.requests[0]?.headers;
    expect(received?.['x-request-id']).toSatisfy(isExpected);
    expect(received?.['x-correlation-id']).toBe(received?.['x-request-id']);
  });
});

describe('A redirect', () => {
  it.each([301, 302, 303, 307, 308])('with %i is never followed', async (status) => {
    await using elsewhere = await startWith('PIMS', reply(200, otp));
    const redirect = reply(status, '', { location: `${elsewhere.upstream.url}/pims/get` });
    await using provider = await startWith('PIMS', redirect);
    const { url } = provider.upstream;
    await using behind = await startWith('ADM', redirect, { PACE_URL: url, PIMS_URL: url });
    await askPins(behind.origin);
    await askOtp(behind.origin);
    await askPinSet(behind.origin);
    const asked = [...behind.upstream.requests, ...provider.upstream.requests];
    expect(asked.map((request) => request.url).toSorted()).toEqual([
      '/adm/v1/user/accounts/pins/status',
      '/pims/get',
      '/user/pin',
      '/user/pin?timeout=25',
    ]);
    expect(elsewhere.upstream.requests).toEqual([]);
  });
});

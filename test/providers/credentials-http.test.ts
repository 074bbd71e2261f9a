import { describe, expect, it } from 'vitest';
import type { PinProvider } from '../generated/graphql.ts';
import type { Environment } from '../../src/config.ts';
import { startGateway } from '../support/gateway.ts';
import { reply, startUpstream } from '../support/upstream.ts';
import { contract } from './contract.ts';
import { entryOf } from './entries.ts';
import { askOtp, askPins, askPinSet, credentials } from './harness.ts';

const otp = { transactionId: 't', status: 'SUCCEEDED', result: { otp: '804213' } };
const forward = {
  ADM_CREDENTIAL: 'forward',
  PACE_CREDENTIAL: 'forward',
  PIMS_CREDENTIAL: 'forward',
};

/** What each provider got as its Authorization, once for each request. */
type Sent = Record<PinProvider, (string | undefined)[]>;

/** Asks every provider for everything, and tells the headers that each got. */
async function received(
  environment: Environment,
  headers: Record<string, string>,
): Promise<{ sent: Sent; headers: Record<string, string | undefined>[]; raw: string }> {
  await using adm = await startUpstream(reply(200, { totalRecords: 0, resourceSet: [] }));
  await using pace = await startUpstream(reply(200));
  await using pims = await startUpstream(reply(200, otp));
  await using gateway = await startGateway({
    ADM_URL: adm.url,
    PACE_URL: pace.url,
    PIMS_URL: pims.url,
    ...environment,
  });
  await askPins(gateway.origin, null, headers);
  await askPinSet(gateway.origin, undefined, headers);
  await askOtp(gateway.origin, '1234', headers);

  const authorizations = ({ requests }: typeof adm): (string | undefined)[] =>
    requests.map((request) => request.headers.authorization);
  const requests = [adm, pace, pims].flatMap((upstream) => [...upstream.requests]);
  return {
    sent: { ADM: authorizations(adm), PACE: authorizations(pace), PIMS: authorizations(pims) },
    headers: requests.map((request) => request.headers as Record<string, string | undefined>),
    raw: JSON.stringify(requests.map(({ url, rawHeaders, body }) => [url, rawHeaders, body])),
  };
}

const own: Sent = {
  ADM: ['Bearer adm-credential'],
  PACE: ['Bearer pace-credential', 'Bearer pace-credential'],
  PIMS: ['Bearer pims-credential'],
};
const common = 'Bearer common';
const plain: Sent = { ADM: [common], PACE: [common, common], PIMS: [common] };
const nothing: Sent = { ADM: [], PACE: [], PIMS: [] };

describe("A provider's own credential", () => {
  it('reaches that provider and no other', async () => {
    const { sent, headers } = await received({}, credentials);
    expect(sent).toEqual(own);
    for (const names of headers.map((one) => Object.keys(one))) {
      expect(names.filter((name) => /^x-\w+-authorization$/.test(name))).toEqual([]);
    }
  });

  it.each(['ADM', 'PACE', 'PIMS'] as const)(
    'of %s stays with it when it is the only one',
    async (name) => {
      const header = `x-${name.toLowerCase()}-authorization`;
      const { sent } = await received({}, { [header]: credentials[header] ?? '' });
      expect(sent).toEqual({ ...nothing, [name]: own[name] });
    },
  );

  it.each([
    ['of another scheme', 'Basic dXNlcjpwYXNz'],
    ['without a scheme', 'abcdef'],
    ['with odd characters', 'Token a="b", c=\'d\'; e\\f {g} <h> |~^`'],
    ['with letters of latin-1', 'Bearer \u00e4\u00f6\u00fc\u00ff'],
    ['with blanks and tabs inside', 'Bearer  a \t b'],
    ['that is long', `Bearer ${'x'.repeat(8000)}`],
  ])('is passed on exactly as it is: %s', async (_what, value) => {
    const { sent } = await received({}, { 'x-adm-authorization': value });
    expect(sent).toEqual({ ...nothing, ADM: [value] });
  });

  it.each(['', ' ', '\t'])('that is blank ("%s") is a missing one', async (blank) => {
    const { sent } = await received({}, { ...credentials, 'x-pace-authorization': blank });
    expect(sent).toEqual({ ...own, PACE: [] });
  });
});

describe('The plain authorization', () => {
  it('reaches nobody by default', async () => {
    const { sent, raw } = await received({}, { authorization: common });
    expect(sent).toEqual(nothing);
    expect(raw).not.toContain('common');
  });

  it('does not stand in for a missing credential of a provider that it is not for', async () => {
    await using gateway = await startGateway({ ADM_URL: 'http://127.0.0.1:1' });
    expect(await askPins(gateway.origin, null, { authorization: common })).toEqual([
      entryOf('ADM', contract['no credential']),
    ]);
  });

  it.each(['ADM', 'PACE', 'PIMS'] as const)(
    'reaches %s alone where only its setting says so',
    async (name) => {
      const { sent } = await received(
        { [`${name}_CREDENTIAL`]: 'forward' },
        { authorization: common },
      );
      expect(sent).toEqual({ ...nothing, [name]: plain[name] });
    },
  );

  it('reaches all of them where every setting says so', async () => {
    const { sent } = await received(forward, { authorization: common });
    expect(sent).toEqual(plain);
  });

  it("gives way to a provider's own credential", async () => {
    const headers = { authorization: common, 'x-pace-authorization': 'Bearer pace-credential' };
    const { sent } = await received(forward, headers);
    expect(sent).toEqual({ ...plain, PACE: own.PACE });
  });

  it("serves where a provider's own credential is blank", async () => {
    const { sent } = await received(forward, {
      authorization: common,
      'x-pace-authorization': ' ',
    });
    expect(sent).toEqual(plain);
  });

  it('that is blank is a missing one', async () => {
    const { sent } = await received(forward, { authorization: '  ' });
    expect(sent).toEqual(nothing);
  });
});

describe('Whatever else a client sends', () => {
  it('never reaches a provider', async () => {
    const secret = 'must-not-travel';
    const { raw } = await received(forward, {
      ...credentials,
      authorization: `Bearer ${secret}`,
      cookie: `session=${secret}`,
      'proxy-authorization': secret,
      'x-forwarded-for': secret,
      forwarded: `for=${secret}`,
      'x-api-key': secret,
      'user-agent': secret,
      'accept-language': secret,
      referer: `http://${secret}.example/`,
      traceparent: secret,
      'x-other-authorization': secret,
      'x-correlation-id': secret,
    });
    expect(raw).toContain('adm-credential');
    expect(raw).not.toContain(secret);
  });

  it('as a tenant reaches ADM and no other', async () => {
    const { headers } = await received(forward, { ...credentials, 'nv-tenant-id': 'tenant-7' });
    expect(headers.map((one) => one['nv-tenant-id'])).toEqual([
      'tenant-7',
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('never comes back: what a provider sets stays between it and the gateway', async () => {
    const cookie = { 'set-cookie': 'a=b', 'x-internal': 'c', 'access-control-allow-origin': '*' };
    await using adm = await startUpstream(reply(401, '', cookie));
    await using gateway = await startGateway({ ADM_URL: adm.url });
    const { headers } = await fetch(`${gateway.origin}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...credentials },
      body: JSON.stringify({ query: '{ account { pins { __typename } } }' }),
    });
    expect([...headers.keys()].filter((name) => name in cookie)).toEqual([]);
    expect(adm.requests).toHaveLength(1);
  });
});

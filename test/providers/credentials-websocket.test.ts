import { describe, expect, it } from 'vitest';
import type { Environment } from '../../src/config.ts';
import { AccountPinsDocument, GenerateOtpDocument } from '../generated/graphql.ts';
import { connectWs } from '../support/client.ts';
import { startGateway } from '../support/gateway.ts';
import { reply, startUpstream, type ReceivedRequest } from '../support/upstream.ts';
import { credentials } from './harness.ts';

const otp = { transactionId: 't', status: 'SUCCEEDED', result: { otp: '804213' } };
const forward = {
  ADM_CREDENTIAL: 'forward',
  PACE_CREDENTIAL: 'forward',
  PIMS_CREDENTIAL: 'forward',
};

interface Received {
  /** What ADM, PACE and PIMS got as their Authorization, once for each request. */
  readonly sent: (string | undefined)[][];
  readonly requests: readonly ReceivedRequest[];
}

/** Asks every provider over one WebSocket. */
async function received(
  environment: Environment,
  connectionInit: Record<string, unknown>,
  upgradeHeaders: Record<string, string> = {},
): Promise<Received> {
  await using adm = await startUpstream(reply(200, { totalRecords: 0, resourceSet: [] }));
  await using pace = await startUpstream(reply(200));
  await using pims = await startUpstream(reply(200, otp));
  await using gateway = await startGateway({
    ADM_URL: adm.url,
    PACE_URL: pace.url,
    PIMS_URL: pims.url,
    ...environment,
  });
  await using client = connectWs(gateway.origin, connectionInit, upgradeHeaders);
  await using pins = client.subscribe(AccountPinsDocument, {});
  expect(await pins.completed).toHaveLength(1);
  await using made = client.subscribe(GenerateOtpDocument, { input: { pinCode: '1234' } });
  expect(await made.completed).toHaveLength(1);
  const requests = [adm, pace, pims].map((upstream) => upstream.requests);
  return {
    sent: requests.map((some) => some.map(({ headers }) => headers.authorization)),
    requests: requests.flat(),
  };
}

const own = [['Bearer adm-credential'], ['Bearer pace-credential'], ['Bearer pims-credential']];
const common = 'Bearer common';

describe('Over WebSocket, a credential', () => {
  it('in connection_init reaches its provider and no other', async () => {
    expect((await received({}, credentials)).sent).toEqual(own);
  });

  it.each([
    ['in upper case', (name: string) => name.toUpperCase()],
    ['in mixed case', (name: string) => name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase())],
  ])('may have its name %s', async (_how, spell) => {
    const spelt = Object.entries(credentials).map(([name, value]) => [spell(name), value] as const);
    expect((await received({}, Object.fromEntries(spelt))).sent).toEqual(own);
  });

  it('in the headers of the upgrade serves as well', async () => {
    expect((await received({}, {}, credentials)).sent).toEqual(own);
  });

  it('in connection_init wins over the same name in the headers, name by name', async () => {
    const init = { 'X-PACE-Authorization': 'Bearer newer' };
    expect((await received({}, init, credentials)).sent).toEqual([
      own[0],
      ['Bearer newer'],
      own[2],
    ]);
  });

  it('of a provider wins over authorization, wherever each of them is', async () => {
    const pace = { 'x-pace-authorization': 'Bearer pace-credential' };
    const expected = [[common], own[1], [common]];
    expect((await received(forward, { Authorization: common }, pace)).sent).toEqual(expected);
    expect((await received(forward, pace, { authorization: common })).sent).toEqual(expected);
  });

  it('called authorization reaches nobody by default', async () => {
    const { requests } = await received({}, { authorization: common }, { authorization: common });
    expect(requests).toEqual([]);
  });

  it.each(['', ' ', '\t'])('that is blank ("%s") is a missing one', async (blank) => {
    const init = { ...credentials, 'x-adm-authorization': blank };
    expect((await received({}, init)).sent).toEqual([[], own[1], own[2]]);
  });

  it.each([
    ['of another scheme', 'Basic dXNlcjpwYXNz'],
    ['with letters of latin-1', 'Bearer \u00e4\u00ff'],
    ['with blanks and tabs inside', 'Bearer  a \t b'],
  ])('is passed on exactly as it is: %s', async (_what, value) => {
    const { sent } = await received({}, { 'x-adm-authorization': value });
    expect(sent).toEqual([[value], [], []]);
  });
});

describe('connection_init', () => {
  it('names the tenant and the request id, in any case', async () => {
    const init = { ...credentials, 'NV-Tenant-Id': 'tenant-7', 'X-Request-ID': 'from-init.1' };
    const headers = { 'nv-tenant-id': 'other', 'x-request-id': 'from-upgrade' };
    const { requests } = await received({}, init, headers);
    expect(
      requests.map((one) => [one.headers['nv-tenant-id'], one.headers['x-request-id']]),
    ).toEqual([
      ['tenant-7', 'from-init.1'],
      [undefined, 'from-init.1'],
      [undefined, 'from-init.1'],
    ]);
  });

  it('may hold anything else, none of which is passed on', async () => {
    const secret = 'must-not-travel';
    const init = {
      ...credentials,
      cookie: secret,
      'x-api-key': secret,
      host: secret,
      'x-other-authorization': secret,
      token: { nested: [secret] },
      ['__proto__']: { 'x-adm-authorization': secret },
    };
    const { sent, requests } = await received({}, init, { cookie: secret, 'x-api-key': secret });
    expect(sent).toEqual(own);
    expect(JSON.stringify(requests)).not.toContain(secret);
  });

  it.each([
    ['a number', 42],
    ['a boolean', true],
    ['an object', { token: 'abc' }],
    ['a list', ['Bearer abc']],
    ['a text with a line break', 'Bearer abc\r\nx-injected: 1'],
    ['a text with a null character', 'Bearer \u0000abc'],
    ['a text beyond latin-1', 'Bearer \u0100'],
    ['a text with a delete character', 'Bearer \u007f'],
  ])('whose credential is %s closes the socket with 4400', async (_what, value) => {
    for (const name of [...Object.keys(credentials), 'nv-tenant-id', 'authorization']) {
      await using pace = await startUpstream(reply(200));
      await using gateway = await startGateway({ PACE_URL: pace.url, ...forwardTo('PACE') });
      await using client = connectWs(gateway.origin, { [name]: value });
      await using pins = client.subscribe(AccountPinsDocument, {});
      await expect(pins.completed).rejects.toMatchObject({ code: 4400 });
      expect(await client.closed).toMatchObject({
        code: 4400,
        reason: `The value of ${name} cannot be sent in an HTTP header.`,
      });
      expect(pace.requests).toEqual([]);
    }
  });
});

const forwardTo = (name: string): Environment => ({ [`${name}_CREDENTIAL`]: 'forward' });

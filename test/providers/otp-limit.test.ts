import { describe, expect, it } from 'vitest';
import {
  GenerateOtpDocument,
  ProviderErrorFieldsFragmentDoc,
  type GenerateOtpMutation,
} from '../generated/graphql.ts';
import { connectWs, parsePayload, post } from '../support/client.ts';
import { hangUp, inTurn, reply } from '../support/upstream.ts';
import { contract } from './contract.ts';
import { entryOf, wholeNumber } from './entries.ts';
import { askOtp, credentials, startWith } from './harness.ts';

const good = reply(200, { transactionId: 't', status: 'SUCCEEDED', result: { otp: '804213' } });
const refused = reply(200, {
  transactionId: 't',
  status: 'FAILED',
  error: { code: 2308, label: 'inwebo: access refused' },
});
const otp = { __typename: 'Otp', provider: 'PIMS', value: '804213', transactionId: 't' };
const limited = entryOf('PIMS', contract['OTP rate limit'], {
  retryAfterSeconds: wholeNumber(30, 60),
});
const askedTwice = entryOf('PIMS', contract['OTP asked twice']);
const other = { 'x-pims-authorization': 'Bearer other-credential' };

describe('The attempts to make a one-time password', () => {
  it.each([
    [{}, 5],
    [{ OTP_ATTEMPTS_PER_MINUTE: '1' }, 1],
    [{ OTP_ATTEMPTS_PER_MINUTE: '7' }, 7],
  ])('are limited for each credential, given %j to %i in a minute', async (environment, limit) => {
    await using pims = await startWith('PIMS', good, environment);
    for (let attempt = 0; attempt < limit; attempt++) {
      expect(await askOtp(pims.origin)).toEqual(otp);
    }
    expect(await askOtp(pims.origin)).toEqual(limited);
    expect(await askOtp(pims.origin, '5678')).toEqual(limited);
    expect(pims.upstream.requests).toHaveLength(limit);
  });

  it.each([
    ['the PIN is wrong', refused],
    ['the provider fails', reply(503)],
    ['the credential is rejected', reply(401)],
    ['the answer is lost', hangUp],
  ])('count when %s', async (_what, failure) => {
    await using pims = await startWith('PIMS', inTurn(failure, failure, good), {
      OTP_ATTEMPTS_PER_MINUTE: '2',
    });
    await askOtp(pims.origin);
    await askOtp(pims.origin);
    expect(await askOtp(pims.origin)).toEqual(limited);
    expect(pims.upstream.requests).toHaveLength(2);
  });

  it('are those of one credential however it is spelled', async () => {
    await using pims = await startWith('PIMS', good, { OTP_ATTEMPTS_PER_MINUTE: '2' });
    const spellings = ['Bearer t0ken', 'bearer t0ken', 'BeaRer   t0ken', ' Bearer\tt0ken '];
    const kinds = [];
    for (const spelling of spellings) {
      const variables = { input: { pinCode: '0042' } };
      const headers = { 'x-pims-authorization': spelling };
      const { body } = await post(pims.origin, GenerateOtpDocument, variables, headers);
      kinds.push(body.data?.generateOtp.__typename);
    }
    expect(kinds).toEqual(['Otp', 'Otp', 'RateLimitError', 'RateLimitError']);
  });

  it('hold when they come at the same time', async () => {
    await using pims = await startWith('PIMS', good, { OTP_ATTEMPTS_PER_MINUTE: '3' });
    const results = await Promise.all(Array.from({ length: 10 }, () => askOtp(pims.origin)));
    expect(results.filter((result) => result?.__typename === 'Otp')).toHaveLength(3);
    expect(results.filter((result) => result?.__typename === 'RateLimitError')).toHaveLength(7);
    expect(pims.upstream.requests).toHaveLength(3);
  });

  it('of one credential leave those of another alone', async () => {
    await using pims = await startWith('PIMS', good, { OTP_ATTEMPTS_PER_MINUTE: '1' });
    await askOtp(pims.origin);
    expect(await askOtp(pims.origin)).toEqual(limited);
    expect(await askOtp(pims.origin, '1234', other)).toEqual(otp);
    expect(await askOtp(pims.origin, '1234', other)).toEqual(limited);
  });

  it('count by the credential that reaches PIMS and by nothing else', async () => {
    const environment = { OTP_ATTEMPTS_PER_MINUTE: '1', PIMS_CREDENTIAL: 'forward' };
    await using pims = await startWith('PIMS', good, environment);
    const credential = credentials['x-pims-authorization'] ?? '';
    await askOtp(pims.origin);
    const disguises = [
      { ...credentials, 'x-adm-authorization': 'Bearer x', 'nv-tenant-id': 'another' },
      { ...credentials, 'x-request-id': 'another', 'x-forwarded-for': '10.0.0.1' },
      { authorization: credential },
    ];
    for (const headers of disguises) {
      expect(await askOtp(pims.origin, '1234', headers)).toEqual(limited);
    }
    expect(pims.upstream.requests).toHaveLength(1);
  });

  it('without a credential count for nobody', async () => {
    await using pims = await startWith('PIMS', good, { OTP_ATTEMPTS_PER_MINUTE: '1' });
    const missing = entryOf('PIMS', contract['no credential']);
    expect(await askOtp(pims.origin, '1234', {})).toEqual(missing);
    expect(await askOtp(pims.origin, '1234', {})).toEqual(missing);
    expect(await askOtp(pims.origin)).toEqual(otp);
  });

  it('count over HTTP and WebSocket together', async () => {
    await using pims = await startWith('PIMS', good, { OTP_ATTEMPTS_PER_MINUTE: '2' });
    const overWebSocket = async (): Promise<unknown> => {
      await using client = connectWs(pims.origin, credentials);
      await using asked = client.subscribe(GenerateOtpDocument, { input: { pinCode: '1234' } });
      const [payload] = await asked.completed;
      return parsePayload<GenerateOtpMutation>(payload).data?.generateOtp;
    };
    expect(await askOtp(pims.origin)).toEqual(otp);
    expect(await overWebSocket()).toEqual(otp);
    expect(await overWebSocket()).toEqual(limited);
    expect(await askOtp(pims.origin)).toEqual(limited);
    expect(pims.upstream.requests).toHaveLength(2);
  });
});

describe('One operation makes one one-time password at the most', () => {
  const selection =
    '{ __typename ... on Otp { provider value transactionId } ...ProviderErrorFields }';
  const field = `generateOtp(input: $input) ${selection}`;
  const fragment = ProviderErrorFieldsFragmentDoc.toString();

  it.each([
    ['aliases', `first: ${field} second: ${field}`],
    ['fragments', `first: ${field} ...More`, `fragment More on Mutation { second: ${field} }`],
    ['inline fragments', `... { first: ${field} } ... on Mutation { second: ${field} }`],
    [
      'different PINs',
      `first: ${field} second: generateOtp(input: { pinCode: "0000" }) ${selection}`,
    ],
  ])('with %s', async (_how, body, more = '') => {
    await using pims = await startWith('PIMS', good);
    const query = `mutation ($input: GenerateOtpInput!) { ${body} } ${more} ${fragment}`;
    const variables = { input: { pinCode: '1234' } };
    const answer = await post(pims.origin, query, variables, credentials);
    expect(answer.body).toEqual({ data: { first: otp, second: askedTwice } });
    expect(pims.upstream.requests).toHaveLength(1);
  });

  it('and the one that is refused for that counts as no attempt', async () => {
    await using pims = await startWith('PIMS', good, { OTP_ATTEMPTS_PER_MINUTE: '2' });
    const query = `mutation ($input: GenerateOtpInput!) { a: ${field} b: ${field} } ${fragment}`;
    await post(pims.origin, query, { input: { pinCode: '1234' } }, credentials);
    expect(await askOtp(pims.origin)).toEqual(otp);
    expect(await askOtp(pims.origin)).toEqual(limited);
  });

  it('and a request holds one operation: a batch is refused as a whole', async () => {
    await using pims = await startWith('PIMS', good);
    const operation = {
      query: GenerateOtpDocument.toString(),
      variables: { input: { pinCode: '1234' } },
    };
    const response = await fetch(`${pims.origin}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...credentials },
      body: JSON.stringify([operation, operation]),
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      errors: [
        { message: expect.any(String) as unknown, extensions: expect.anything() as unknown },
      ],
    });
    expect(pims.upstream.requests).toEqual([]);
  });
});

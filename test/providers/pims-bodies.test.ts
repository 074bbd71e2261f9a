import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GenerateOtpDocument } from '../generated/graphql.ts';
import { post } from '../support/client.ts';
import { reply } from '../support/upstream.ts';
import { contract } from './contract.ts';
import { entryOf } from './entries.ts';
import { askOtp, credentials, startWith } from './harness.ts';

/** The entry for a message that breaks the contract; of what it says only its id is told. */
const brokenWith = (id: string | null) =>
  entryOf('PIMS', contract['broken contract'], { upstream: { httpStatus: 200, id } });

const transactionId = '953cfefb-bc72';
const success = { transactionId, status: 'SUCCEEDED', result: { otp: '804213' } };
const failure = { transactionId, status: 'FAILED', error: { code: 2308, label: 'refused' } };
const otp = { __typename: 'Otp', provider: 'PIMS', value: '804213', transactionId };

const idOf = (message: unknown): string | null =>
  Object.hasOwn(Object(message) as object, 'transactionId') ? transactionId : null;

/** The entry for this message. */
async function entryFor(message: unknown): Promise<unknown> {
  await using pims = await startWith('PIMS', reply(200, message));
  return await askOtp(pims.origin);
}

describe('A SUCCEEDED message', () => {
  it.each([
    ['digits', '804213'],
    ['leading zeros', '000042'],
    ['letters', 'a1-B2_ü'],
    ['blanks around it', ' 804213 '],
  ])('gives the password exactly as it is: %s', async (_what, value) => {
    expect(await entryFor({ ...success, result: { otp: value } })).toEqual({ ...otp, value });
  });

  it('may have fields that nobody knows, an error among them', async () => {
    const message = {
      ...success,
      result: { otp: '804213', validFor: 30 },
      error: null,
      extra: [1],
    };
    expect(await entryFor(message)).toEqual(otp);
  });

  it.each([
    ['empty', ''],
    ["blank, as in the document's example", ' '],
    ['nothing but white space', '\t\n\u00a0'],
    ['null', null],
    ['a number', 804213],
    ['a list', ['804213']],
    ['an object', { value: '804213' }],
  ])('with a password that is %s is never shown as one', async (_what, value) => {
    expect(await entryFor({ ...success, result: { otp: value } })).toEqual(
      brokenWith(transactionId),
    );
  });

  it.each([
    ['without a password', { ...success, result: {} }],
    ['without a result', { transactionId, status: 'SUCCEEDED' }],
    ['with a result that is null', { ...success, result: null }],
    ['with a result that is a list', { ...success, result: ['804213'] }],
    ['with a result that is a text', { ...success, result: '804213' }],
    ['with the password in the wrong place', { ...success, result: {}, otp: '804213' }],
  ])('%s breaks the contract', async (_what, message) => {
    expect(await entryFor(message)).toEqual(brokenWith(idOf(message)));
  });

  it.each([
    ['missing', undefined],
    ['null', null],
    ['empty', ''],
    ['blank', '  '],
    ['a number', 7],
    ['an object', { id: transactionId }],
  ])('is good without an id of the exchange: it is %s', async (_what, id) => {
    expect(await entryFor({ ...success, transactionId: id })).toEqual({
      ...otp,
      transactionId: null,
    });
  });

  it('has an id of 128 characters at the most', async () => {
    expect(await entryFor({ ...success, transactionId: '🔑'.repeat(500) })).toEqual({
      ...otp,
      transactionId: '🔑'.repeat(128),
    });
  });
});

describe('A FAILED message', () => {
  const refused = (words: Readonly<Record<string, string>>) =>
    entryOf('PIMS', contract['PIMS 2308'], { upstream: { httpStatus: 200, ...words } });

  it('is its code, whatever it has beside it', async () => {
    const message = { ...failure, result: { otp: '804213' }, error: { ...failure.error, x: 1 } };
    expect(await entryFor(message)).toEqual(
      refused({ code: '2308', title: 'refused', id: transactionId }),
    );
  });

  it.each([
    ['missing', undefined],
    ['a number', 7],
    ['blank', ' '],
  ])('needs no label and no id: each is %s', async (_what, word) => {
    const message = { transactionId: word, status: 'FAILED', error: { code: 2308, label: word } };
    expect(await entryFor(message)).toEqual(refused({ code: '2308' }));
  });

  it.each([
    ['a text', '2308'],
    ['no whole number', 2308.5],
    ['beyond what a number can tell exactly', 1e300],
    ['null', null],
    ['missing', undefined],
    ['a boolean', true],
    ['a list', [2308]],
  ])('with a code that is %s breaks the contract', async (_what, code) => {
    expect(await entryFor({ ...failure, error: { code, label: 'refused' } })).toEqual(
      brokenWith(transactionId),
    );
  });

  it.each([
    ['missing', undefined],
    ['null', null],
    ['a list', [failure.error]],
    ['a text', '2308'],
  ])('with an error that is %s breaks the contract', async (_what, error) => {
    expect(await entryFor({ ...failure, error })).toEqual(brokenWith(transactionId));
  });
});

describe('Whatever else PIMS answers with 200', () => {
  it.each([
    ['nothing', ''],
    ['HTML', '<html></html>'],
    ['half a message', '{"status":"SUCCEEDED","result":{"otp":"80'],
    ['null', 'null'],
    ['a list', [success]],
    ['a text', '"804213"'],
    ['a message without a status', { transactionId, result: { otp: '804213' } }],
    ['a message with a status that is new', { ...success, status: 'PENDING' }],
    ['a message with a status in lower case', { ...success, status: 'succeeded' }],
    ['a message with a list for a status', { ...success, status: ['SUCCEEDED'] }],
    ['a message nested deeper than anything sensible', '{"status":'.repeat(100_000)],
  ])('breaks the contract: %s', async (_what, message) => {
    expect(await entryFor(message)).toEqual(brokenWith(idOf(message)));
  });

  it('is an entry of the graph, and nothing is thrown', async () => {
    const either = (...right: readonly fc.JsonValue[]) =>
      fc.oneof(fc.constantFrom(...right), fc.jsonValue());
    const message = fc.record(
      {
        transactionId: either(transactionId),
        status: either('SUCCEEDED', 'FAILED'),
        result: fc.oneof(fc.record({ otp: either('804213', ' ') }), fc.jsonValue()),
        error: fc.oneof(
          fc.record({ code: fc.oneof(fc.integer(), fc.jsonValue()), label: either('refused') }),
          fc.jsonValue(),
        ),
      },
      { requiredKeys: [] },
    );
    const body = fc.oneof(
      { weight: 4, arbitrary: message.map((value) => JSON.stringify(value)) },
      { weight: 1, arbitrary: fc.json() },
      { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
    );
    await using pims = await startWith('PIMS', reply(200), {
      OTP_ATTEMPTS_PER_MINUTE: '1000',
      OTP_ATTEMPTS_PER_MINUTE_PER_ADDRESS: '1000',
    });
    await fc.assert(
      fc.asyncProperty(body, async (text) => {
        pims.upstream.respond = reply(200, text);
        const variables = { input: { pinCode: '1234' } };
        const answer = await post(pims.origin, GenerateOtpDocument, variables, credentials);
        expect(answer.body.errors).toBeUndefined();
        const result = answer.body.data?.generateOtp;
        if (result?.__typename === 'Otp') {
          const { transactionId: id, value } = result;
          expect(JSON.parse(text)).toMatchObject({ status: 'SUCCEEDED', result: { otp: value } });
          expect(id === null || typeof id === 'string').toBe(true);
        } else if (result?.__typename === 'UnexpectedResponseError') {
          expect(result).toEqual(brokenWith(upstreamIdOf(result)));
        } else {
          expect(JSON.parse(text)).toMatchObject({
            status: 'FAILED',
            error: { code: Number(result?.upstream?.code) },
          });
        }
      }),
      { numRuns: 400 },
    );
  });
});

const upstreamIdOf = (result: Awaited<ReturnType<typeof askOtp>>): string | null =>
  result !== undefined && 'upstream' in result ? (result.upstream?.id ?? null) : null;

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errorMapping } from '../../src/error-mapping.ts';
import { errorCodes, providerErrorKinds, remedies, type ProviderError } from '../../src/errors.ts';
import { parsePinStatuses } from '../../src/providers/adm/wire.ts';
import type { HttpLoss, HttpOutcome } from '../../src/providers/http.ts';
import { paceError } from '../../src/providers/pace/errors.ts';
import { parseJson } from '../../src/providers/json.ts';
import { pimsBrokenContract, pimsError, pimsFailure } from '../../src/providers/pims/errors.ts';
import { parseOtpMessage } from '../../src/providers/pims/wire.ts';
import { admError } from '../../src/providers/adm/errors.ts';
import { parseRetryAfter } from '../../src/providers/retry-after.ts';
import { wordsWithout } from '../../src/providers/words.ts';
import { Secret } from '../../src/secret.ts';
import { bodyOf, credentials, objectWith, textAround } from '../support/random-answers.ts';

const runs = { numRuns: 2_000 };

/** Rows of the mapping as the code has them, by what a client sees of them. */
const rows = new Set(
  errorMapping.map(([, kind, code, remedy, retryable]) => [kind, code, remedy, retryable].join()),
);

const tokenOf = (credential: string): string => credential.replace(/^\S+\s+/, '');

/** Some text of a provider as a client may see it. */
function expectFit(text: string | null, most: number, credential: string): void {
  if (text === null) return;
  expect(text.isWellFormed()).toBe(true);
  expect(text).not.toMatch(/\p{Cc}/u);
  expect(Array.from(text).length).toBeLessThanOrEqual(most);
  expect(text.trim()).not.toBe('');
  expect(text).not.toContain(tokenOf(credential));
}

function expectEntry(entry: ProviderError, credential: string): void {
  expect(providerErrorKinds).toContain(entry.kind);
  expect(errorCodes).toContain(entry.code);
  expect(remedies).toContain(entry.remedy);
  expect(rows).toContain([entry.kind, entry.code, entry.remedy, entry.retryable].join());
  const { upstream, retryAfterSeconds, parameter } = entry;
  if (retryAfterSeconds !== null) {
    expect(Number.isInteger(retryAfterSeconds)).toBe(true);
    expect(retryAfterSeconds).toBeGreaterThanOrEqual(0);
    expect(retryAfterSeconds).toBeLessThanOrEqual(86_400);
  }
  expectFit(parameter, 64, credential);
  if (upstream === null) return;
  expectFit(upstream.code, 64, credential);
  expectFit(upstream.title, 256, credential);
  expectFit(upstream.detail, 1024, credential);
  expectFit(upstream.id, 128, credential);
}

describe("Of any body of ADM's", () => {
  const answer = credentials.chain((credential) => {
    const item = objectWith(credential, {
      pinType: ['Adult', credential, `for ${credential}!`],
      status: ['UNSET', 'SET', 'LOCKED'],
      extendedStatus: ['MANDATORY', 'OPTIONAL', null],
      lockTimeRemaining: [0, 1.5, 2 ** 31 - 1, 2 ** 31, -1, null],
    });
    const list = fc.array(item, { maxLength: 4 }).chain((resourceSet) =>
      objectWith(credential, {
        totalRecords: [resourceSet.length, 0, 99],
        resourceSet: [resourceSet],
      }),
    );
    return fc.tuple(fc.constant(credential), bodyOf(list));
  });

  it('every entry is a PIN or a broken contract, and tells no secret', () => {
    const receivedAt = new Date();
    fc.assert(
      fc.property(answer, ([credential, body]) => {
        const words = wordsWithout(new Secret(credential));
        const results = parsePinStatuses(body, receivedAt, words);
        for (const result of results) {
          if (result.kind !== 'Pin') {
            expectEntry(result, credential);
            expect(result.code).toBe('UNEXPECTED_RESPONSE');
            continue;
          }
          expectFit(result.type, 128, credential);
          expect(['UNSET', 'SET', 'LOCKED']).toContain(result.status);
          expect([null, 'MANDATORY', 'OPTIONAL']).toContain(result.requirement);
          expect(result.lock !== null).toBe(result.status === 'LOCKED');
          const seconds = result.lock?.remainingSeconds ?? 0;
          expect(Number.isInteger(seconds) && seconds >= 0 && seconds < 2 ** 31).toBe(true);
          if (result.lock?.until) expect(result.lock.until.toJSON()).toMatch(/^\d{4}-/);
        }
      }),
      runs,
    );
  });
});

const losses = [
  'deadline',
  'network',
  'garbage',
  'size',
  'interim',
  'abort',
] as const satisfies readonly HttpLoss[];

/** Whatever comes of a request, with this body if it has one. */
const outcomeWith = (body: fc.Arbitrary<string>): fc.Arbitrary<HttpOutcome> => {
  const status = fc.oneof(fc.constantFrom(200, 400, 401, 403, 404, 429, 500, 501), fc.nat(999));
  const retryAfterSeconds = fc.option(fc.nat(86_400));
  const by = fc.constantFrom(...losses);
  const reason = fc.constant('reason');
  return fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('answer' as const),
        status,
        retryAfterSeconds,
        body,
      }),
    },
    fc.record({ kind: fc.constant('cut off' as const), status, retryAfterSeconds, by, reason }),
    fc.record({ kind: fc.constant('no answer' as const), by, reason, sent: fc.boolean() }),
  );
};

describe("Of any failure of PACE's and ADM's", () => {
  const failure = credentials.chain((credential) => {
    const error = objectWith(credential, {
      id: ['abc', credential],
      code: ['missing-linked-identity', '1000', credential],
      title: ['Title', `${credential}, again`],
      detail: ['Detail', `${credential} ${credential}`],
      source: [{ parameter: 'timeout' }, { parameter: credential }, { pointer: credential }],
    });
    const errors = fc.array(error, { maxLength: 3 });
    const body = errors.chain((list) => objectWith(credential, { errors: [list] }));
    return fc.tuple(fc.constant(credential), outcomeWith(bodyOf(body)));
  });

  it('the entry is a row of the mapping, and tells no secret', () => {
    fc.assert(
      fc.property(failure, ([credential, outcome]) => {
        expectEntry(paceError(outcome, new Secret(credential)), credential);
        expectEntry(admError(outcome), credential);
      }),
      runs,
    );
  });
});

describe("Of any message of PIMS's", () => {
  const answer = credentials.chain((credential) => {
    const message = objectWith(credential, {
      transactionId: ['t-1', credential],
      status: ['SUCCEEDED', 'FAILED'],
      result: [{ otp: '804213' }, { otp: ' ' }, { otp: '1\ud800' }, { otp: credential }],
      error: [
        { code: 2308, label: `refused ${credential}` },
        { code: 2102, label: 'Invalid [pinCode] parameter' },
        { code: 2101, label: `Missing ${tokenOf(credential)} parameter` },
        { code: 1e400, label: 7 },
        { code: Number.MIN_SAFE_INTEGER },
      ],
    });
    return fc.tuple(fc.constant(credential), bodyOf(message), fc.nat(999));
  });

  it('there is a password or a row of the mapping, and the rest tells no secret', () => {
    fc.assert(
      fc.property(answer, ([credential, body, httpStatus]) => {
        const words = wordsWithout(new Secret(credential), new Secret('4711'));
        const message = parseOtpMessage(parseJson(body));
        const broken = pimsBrokenContract(parseJson(body), httpStatus, words);
        expectEntry(broken, credential);
        expectEntry(pimsFailure(broken, message, words), credential);
        if (message?.status === 'FAILED') {
          expectEntry(pimsError(message, httpStatus, words), credential);
        } else if (message?.status === 'SUCCEEDED') {
          const otp = message.otp.reveal();
          expect(otp.trim() !== '' && otp.isWellFormed()).toBe(true);
          expectFit(words(message.transactionId, 'id'), 128, credential);
        }
      }),
      runs,
    );
  });
});

describe('Of any words', () => {
  const pins = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 64 }),
    fc.string({ unit: fc.constantFrom(...Array.from('0123456789')), minLength: 1, maxLength: 8 }),
  );

  it('a PIN that stands on its own is struck out, whatever it is made of', () => {
    const said = pins.chain((pin) => fc.tuple(fc.constant(pin), textAround(` ${pin} `)));
    fc.assert(
      fc.property(said, ([pin, text]) => {
        fc.pre(!'[redacted]'.includes(pin) && pin.trim() !== '');
        const told = wordsWithout(new Secret(pin))(text, 'detail') ?? '';
        const alone = told.split(/[^\p{L}\p{N}]+/u);
        if (/^[\p{L}\p{N}]+$/u.test(pin)) expect(alone).not.toContain(pin);
        else if (pin.length >= 12) expect(told).not.toContain(pin);
        expectFit(told === '' ? null : told, 1024, 'Bearer 0123456789-never-said');
      }),
      runs,
    );
  });
});

describe('Of any Retry-After', () => {
  const header = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.anything(),
    fc.integer().map(String),
    fc.bigInt().map(String),
    fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
    fc.date().map(String),
    fc
      .tuple(fc.constantFrom('Wed, ', 'Sunday, ', 'Wed '), fc.string())
      .map((parts) => parts.join('')),
  );

  it('there is a whole number of seconds up to a day, or nothing', () => {
    fc.assert(
      fc.property(header, fc.double(), (value, now) => {
        const seconds = parseRetryAfter(value, now);
        if (seconds === null) return;
        expect(Number.isInteger(seconds)).toBe(true);
        expect(seconds).toBeGreaterThanOrEqual(0);
        expect(seconds).toBeLessThanOrEqual(86_400);
      }),
      runs,
    );
  });
});

import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { reply } from '../support/upstream.ts';
import { contract } from './contract.ts';
import { entryOf, pinEntry } from './entries.ts';
import { askOtp, askPins, askPinSet, startWith } from './harness.ts';

const megabyte = 1024 * 1024;

/** A sound answer of each provider, as the text that is spoiled below. */
const sound = {
  ADM: '{"totalRecords":1,"resourceSet":[{"pinType":"Adult","status":"SET"}]}',
  PACE: '{"errors":[{"code":"missing-linked-identity","title":"Unlinked"}]}',
  PIMS: '{"status":"SUCCEEDED","transactionId":"t-1","result":{"otp":"804213"}}',
};

/** Ways to answer bytes that are no JSON text in UTF-8, whatever they may be taken for. */
interface Spoiling {
  readonly how: string;
  readonly spoil: (text: string) => Buffer;
  readonly headers?: Record<string, string>;
}

const gzip = { 'content-encoding': 'gzip' };

const spoilings: readonly Spoiling[] = [
  { how: 'behind a byte order mark', spoil: (text) => Buffer.from(`\ufeff${text}`) },
  { how: 'in UTF-16', spoil: (text) => Buffer.from(text, 'utf16le') },
  {
    how: 'in UTF-16 that says so',
    spoil: (text) => Buffer.from(`\ufeff${text}`, 'utf16le'),
    headers: { 'content-type': 'application/json; charset=utf-16' },
  },
  { how: 'compressed', spoil: (text) => gzipSync(text), headers: gzip },
  {
    how: 'compressed with 100 MB of blanks, a bomb',
    spoil: (text) => gzipSync(text + ' '.repeat(100 * megabyte)),
    headers: gzip,
  },
  {
    how: 'compressed by Brotli',
    spoil: (text) => brotliCompressSync(text),
    headers: { 'content-encoding': 'br' },
  },
  { how: 'compressed without a word about it', spoil: (text) => gzipSync(text) },
  { how: 'with a NUL after it', spoil: (text) => Buffer.from(`${text}\u0000`) },
  { how: 'twice', spoil: (text) => Buffer.from(text + text) },
  { how: 'twice in a list', spoil: (text) => Buffer.from(`[${text},${text}]`) },
  { how: 'as a script', spoil: (text) => Buffer.from(`callback(${text})`) },
];

const brokenAdm = entryOf('ADM', contract['broken contract'], { upstream: { httpStatus: 200 } });
const brokenPims = entryOf('PIMS', contract['broken contract'], { upstream: { httpStatus: 200 } });
const wordlessPace = entryOf('PACE', contract['PACE HTTP 401'], { upstream: { httpStatus: 401 } });

const fromAdm = async (body: unknown, headers = {}): Promise<unknown> => {
  await using adm = await startWith('ADM', reply(200, body, headers));
  return await askPins(adm.origin, ['ADM']);
};
const fromPace = async (body: unknown, headers = {}): Promise<unknown> => {
  await using pace = await startWith('PACE', reply(401, body, headers));
  return [await askPins(pace.origin, ['PACE']), await askPinSet(pace.origin)];
};
const fromPims = async (body: unknown, headers = {}): Promise<unknown> => {
  await using pims = await startWith('PIMS', reply(200, body, headers));
  return await askOtp(pims.origin);
};

afterEach(() => {
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(({} as Record<string, unknown>)['status']).toBeUndefined();
});

describe('A body that is sound in itself', () => {
  it.each(spoilings)('breaks the contract of ADM $how', async ({ spoil, headers }) => {
    expect(await fromAdm(spoil(sound.ADM), headers)).toEqual([brokenAdm]);
  });

  it.each(spoilings)('has no words and no code for PACE $how', async ({ spoil, headers }) => {
    expect(await fromPace(spoil(sound.PACE), headers)).toEqual([[wordlessPace], wordlessPace]);
  });

  it.each(spoilings)('breaks the contract of PIMS $how', async ({ spoil, headers }) => {
    expect(await fromPims(spoil(sound.PIMS), headers)).toEqual(brokenPims);
  });
});

describe('A compressed answer', () => {
  it('is not asked for', async () => {
    await using adm = await startWith('ADM', reply(200, sound.ADM));
    await askPins(adm.origin, ['ADM']);
    expect(adm.upstream.requests[0]?.headers['accept-encoding']).toBeUndefined();
  });
});

const aPin = (type: string) => [pinEntry('ADM', type, 'SET')];
const list = (item: string) => `{"totalRecords":1,"resourceSet":[${item}]}`;
const deep = (open: string, close: string, core = '') =>
  open.repeat(100_000) + core + close.repeat(100_000);

describe('A body that is JSON to the letter, and means mischief,', () => {
  it.each([
    [
      'the last of equal keys counts',
      list('{"pinType":"A","status":"?","status":"SET","pinType":"B"}'),
      aPin('B'),
    ],
    [
      'a key that is __proto__ is a key',
      list('{"__proto__":{"pinType":"A","status":"SET"}}'),
      [brokenAdm],
    ],
    ['a list that is __proto__ is none', '{"__proto__":{"resourceSet":[]}}', [brokenAdm]],
    [
      'a constructor is a key',
      list('{"constructor":{"prototype":{"status":"SET"}},"pinType":"A"}'),
      [brokenAdm],
    ],
    [
      'a status that every object has is none',
      list('{"pinType":"A","status":"constructor"}'),
      [brokenAdm],
    ],
    ['a count of 1e400 is not reached', '{"totalRecords":1e400,"resourceSet":[]}', [brokenAdm]],
    [
      'a time of 1e400 is none',
      list('{"pinType":"A","status":"LOCKED","lockTimeRemaining":1e400}'),
      [brokenAdm],
    ],
    [
      'a time before now is none',
      list('{"pinType":"A","status":"LOCKED","lockTimeRemaining":-1}'),
      [brokenAdm],
    ],
    [
      'a name may be spelt in escapes',
      list('{"pinType":"\\u0041","\\u0073tatus":"SET"}'),
      aPin('A'),
    ],
    [
      'a name that is half a character is mended',
      list('{"pinType":"A\\ud800","status":"SET"}'),
      aPin('A\ufffd'),
    ],
    ['a name of lists is none', list(`{"pinType":${deep('[', ']')},"status":"SET"}`), [brokenAdm]],
    ['an item of lists is none', list(deep('[', ']')), [brokenAdm]],
    [
      'a list of objects in objects is none',
      `{"resourceSet":${deep('{"a":', '}', '1')}}`,
      [brokenAdm],
    ],
    [
      'a field that nobody knows may be deep',
      list(`{"pinType":"A","status":"SET","x":${deep('[', ']')}}`),
      aPin('A'),
    ],
  ])('from ADM: %s', async (_what, body, pins) => {
    expect(await fromAdm(body)).toEqual(pins);
  });

  it.each([
    ['errors that are __proto__', '{"__proto__":{"errors":[{"code":"missing-linked-identity"}]}}'],
    ['a code that is __proto__', '{"errors":[{"__proto__":{"code":"missing-linked-identity"}}]}'],
    ['a code in a list', '{"errors":[{"code":["missing-linked-identity"]}]}'],
    ['a code that is an object', '{"errors":[{"code":{"toString":"missing-linked-identity"}}]}'],
    ['a code in another case', '{"errors":[{"CODE":"missing-linked-identity"}]}'],
    ['errors that nest', `{"errors":${deep('[', ']')}}`],
    ['a title that nests', `{"errors":[{"title":${deep('[', ']')}}]}`],
    ['errors that are an object with a length', '{"errors":{"0":{"code":"x"},"length":1}}'],
  ])('from PACE: %s has no words and no code', async (_what, body) => {
    expect(await fromPace(body)).toEqual([[wordlessPace], wordlessPace]);
  });

  it.each([
    ['a status that is __proto__', '{"__proto__":{"status":"SUCCEEDED","result":{"otp":"1"}}}'],
    ['a password that is __proto__', '{"status":"SUCCEEDED","result":{"__proto__":{"otp":"1"}}}'],
    ['a password that nests', `{"status":"SUCCEEDED","result":{"otp":${deep('[', ']')}}}`],
    ['a password that is half a character', '{"status":"SUCCEEDED","result":{"otp":"1\\udc00"}}'],
    ['a code of 1e400', '{"status":"FAILED","error":{"code":1e400,"label":"x"}}'],
    ['a code of -1e400', '{"status":"FAILED","error":{"code":-1e400,"label":"x"}}'],
    [
      'a status that fails after it has succeeded',
      '{"status":"SUCCEEDED","result":{"otp":"1"},"status":"FAILED"}',
    ],
  ])('from PIMS: %s breaks the contract', async (_what, body) => {
    expect(await fromPims(body)).toEqual(brokenPims);
  });

  it.each(['ADM', 'PACE', 'PIMS'] as const)(
    'with 10 MB of text in every field is cut off at 1 MiB, from %s',
    async (provider) => {
      const text = `"${'x'.repeat(10 * megabyte)}"`;
      const body = sound[provider].replace(/"(?:SET|Unlinked|804213)"/, text);
      if (provider === 'ADM') expect(await fromAdm(body)).toEqual([brokenAdm]);
      if (provider === 'PACE') expect(await fromPace(body)).toEqual([[wordlessPace], wordlessPace]);
      if (provider === 'PIMS') expect(await fromPims(body)).toEqual(brokenPims);
    },
  );
});

import { describe, expect, it } from 'vitest';
import { reply } from '../support/upstream.ts';
import { contract } from './contract.ts';
import { entryOf, pinEntry } from './entries.ts';
import { askPins, startWith } from './harness.ts';

const broken = entryOf('ADM', contract['broken contract'], { upstream: { httpStatus: 200 } });

const parental = { pinType: 'Parental', status: 'SET', extendedStatus: 'OPTIONAL' };
const parentalPin = pinEntry('ADM', 'Parental', 'SET', 'OPTIONAL');

/** The entries for these items, when ADM counts them rightly. */
async function pinsOf(...resourceSet: readonly unknown[]): Promise<unknown> {
  return pinsFor({ totalRecords: resourceSet.length, resourceSet });
}

async function pinsFor(body: unknown): Promise<unknown> {
  await using adm = await startWith('ADM', reply(200, body));
  return await askPins(adm.origin, ['ADM']);
}

describe("An item of ADM's list", () => {
  it('becomes a PIN, and the time of a lock that is none is ignored', async () => {
    const example = {
      pinType: 'Parental',
      status: 'UNSET',
      extendedStatus: 'MANDATORY',
      lockTimeRemaining: 20,
    };
    expect(await pinsOf(example)).toEqual([pinEntry('ADM', 'Parental', 'UNSET', 'MANDATORY')]);
    expect(await pinsOf({ ...example, status: 'SET' })).toEqual([
      pinEntry('ADM', 'Parental', 'SET', 'MANDATORY'),
    ]);
  });

  it.each(['UNSET', 'SET'] as const)(
    'that is %s may have any lock time, even one that makes no sense',
    async (status) => {
      const times = [null, -1, 'soon', {}, 1e300];
      const items = times.map((lockTimeRemaining) => ({ ...parental, status, lockTimeRemaining }));
      expect(await pinsOf(...items)).toEqual(
        times.map(() => pinEntry('ADM', 'Parental', status, 'OPTIONAL')),
      );
    },
  );

  it.each([
    ['UNSET', 'MANDATORY', true],
    ['UNSET', 'OPTIONAL', false],
    ['SET', 'MANDATORY', false],
    ['LOCKED', 'MANDATORY', false],
  ])('that is %s and %s has actionRequired: %s', async (status, extendedStatus, actionRequired) => {
    expect(await pinsOf({ pinType: 'Parental', status, extendedStatus })).toMatchObject([
      { __typename: 'Pin', actionRequired },
    ]);
  });

  it('keeps the order of the list and a type that is new', async () => {
    const types = ['Parental', 'Purchase', 'Adult', 'A type of 2031', 'Ünïcode ✓', 'Parental'];
    expect(await pinsOf(...types.map((pinType) => ({ ...parental, pinType })))).toEqual(
      types.map((type) => pinEntry('ADM', type, 'SET', 'OPTIONAL')),
    );
  });

  it('may have fields that nobody knows', async () => {
    const body = {
      totalRecords: 1,
      resourceSet: [{ ...parental, colour: 'red', pin: { nested: [1] } }],
      links: { next: null },
    };
    expect(await pinsFor(body)).toEqual([parentalPin]);
  });

  it.each([
    ['missing', {}],
    ['null', { extendedStatus: null }],
  ])('has no requirement when extendedStatus is %s', async (_how, field) => {
    expect(await pinsOf({ pinType: 'Parental', status: 'UNSET', ...field })).toEqual([
      pinEntry('ADM', 'Parental', 'UNSET', null),
    ]);
  });

  it.each([
    ['null', null],
    ['a text', 'Parental'],
    ['a list', [parental]],
    ['an empty object', {}],
    ['without a type', { status: 'SET' }],
    ['with a number for a type', { ...parental, pinType: 7 }],
    ['with a blank type', { ...parental, pinType: '  ' }],
    ['without a status', { pinType: 'Parental' }],
    ['with a status in lower case', { ...parental, status: 'set' }],
    ['with a status that is new', { ...parental, status: 'EXPIRED' }],
    ['with a list for a status', { ...parental, status: ['SET'] }],
    ['with a requirement that is new', { ...parental, extendedStatus: 'FORBIDDEN' }],
    ['with a boolean for a requirement', { ...parental, extendedStatus: true }],
    ['with a lock time that is a text', { ...parental, status: 'LOCKED', lockTimeRemaining: '20' }],
    ['with a negative lock time', { ...parental, status: 'LOCKED', lockTimeRemaining: -1 }],
    ['with an endless lock time', { ...parental, status: 'LOCKED', lockTimeRemaining: 1e300 }],
  ])('that is %s is one error in its place, and the others stay', async (_how, item) => {
    expect(await pinsOf(parental, item, parental)).toEqual([parentalPin, broken, parentalPin]);
  });
});

describe('A LOCKED item', () => {
  it.each([
    ['0 seconds', 0, 0],
    ['20 seconds', 20, 20],
    ['a part of a second', 0.2, 1],
    ['the largest number that the graph can carry', 2_147_483_647, 2_147_483_647],
  ])("with %s says until when, on the gateway's clock", async (_what, given, seconds) => {
    const before = Date.now();
    const pins = await pinsOf({ ...parental, status: 'LOCKED', lockTimeRemaining: given });
    const until = expect.toSatisfy(
      (instant: string) => Math.abs(Date.parse(instant) - before - seconds * 1000) <= 1000,
      'an instant within a second of the expected one',
    ) as unknown;
    expect(pins).toEqual([
      pinEntry('ADM', 'Parental', 'LOCKED', 'OPTIONAL', { remainingSeconds: seconds, until }),
    ]);
  });

  it.each([
    ['missing', {}],
    ['null', { lockTimeRemaining: null }],
  ])('has a lock without a time when the time is %s', async (_how, field) => {
    expect(await pinsOf({ ...parental, status: 'LOCKED', ...field })).toEqual([
      pinEntry('ADM', 'Parental', 'LOCKED', 'OPTIONAL', { remainingSeconds: null, until: null }),
    ]);
  });
});

describe("ADM's list", () => {
  it('may be empty', async () => {
    expect(await pinsFor({ totalRecords: 0, resourceSet: [] })).toEqual([]);
  });

  it.each([
    ['fewer items than totalRecords', 3],
    ['a totalRecords that is a text', '1'],
    ['a totalRecords that is null', null],
  ])('with %s gives its items and one error', async (_what, totalRecords) => {
    expect(await pinsFor({ totalRecords, resourceSet: [parental] })).toEqual([parentalPin, broken]);
  });

  it('that is empty where totalRecords is not gives one error', async () => {
    expect(await pinsFor({ totalRecords: 2, resourceSet: [] })).toEqual([broken]);
  });

  it.each([
    ['without totalRecords', {}],
    ['with more items than totalRecords', { totalRecords: 0 }],
  ])('%s gives its items', async (_what, count) => {
    expect(await pinsFor({ ...count, resourceSet: [parental] })).toEqual([parentalPin]);
  });

  it.each([
    ['no JSON', 'nonsense'],
    ['null', 'null'],
    ['a number', '7'],
    ['a list', [parental]],
    ['an object without resourceSet', { totalRecords: 0 }],
    ['an object with a resourceSet that is null', { totalRecords: 0, resourceSet: null }],
    ['an object with a resourceSet that is an object', { resourceSet: { 0: parental } }],
    ['nested deeper than anything sensible', '['.repeat(200_000)],
    ['JSON but for a control character in it', '{"\u0000": 1}'],
  ])('in a body that is %s is one error', async (_what, body) => {
    expect(await pinsFor(body)).toEqual([broken]);
  });

  it('may be as long as 1 MiB allows', async () => {
    const items = Array.from({ length: 10_000 }, () => parental);
    const text = JSON.stringify({ totalRecords: items.length, resourceSet: items });
    const body = text.padEnd(1024 * 1024, ' ');
    const pins = await pinsFor(body);
    expect(pins).toHaveLength(10_000);
    expect(pins).toEqual(items.map(() => parentalPin));
  });
});

import fc from 'fast-check';

/** Two values that differ in every way but their shape. */
export type Pair = readonly [one: string, other: string];

const pairOf = (value: (length: number) => fc.Arbitrary<string>, from: number, to: number) =>
  fc
    .integer({ min: from, max: to })
    .chain((length) => fc.tuple(value(length), value(length)) as fc.Arbitrary<Pair>);

const stringOf = (characters: string, length: number): fc.Arbitrary<string> =>
  fc.string({
    unit: fc.constantFrom(...Array.from(characters)),
    minLength: length,
    maxLength: length,
  });

const digits = (first: string) => (length: number) =>
  fc
    .tuple(fc.constantFrom(...Array.from(first)), stringOf('0123456789', length - 1))
    .map((parts) => parts.join(''));

/** PINs that can stand for a number in GraphQL: 11 to 15 digits, too large for an Int. */
export const numericPins = pairOf(digits('123456789'), 11, 15);

/** PINs that no number may be written like: they begin with a zero. */
export const zeroPins = pairOf(
  (length) => digits('123456789')(length).map((pin) => `0${pin}`),
  8,
  12,
);

/** PINs of letters, which GraphQL reads as names. */
export const letterPins = pairOf((length) => stringOf('bcdfghjklmnpqrstvwxz', length), 12, 20);

/** PINs of characters that mean nothing in GraphQL, in JSON and in a query string. */
export const anyPins = pairOf((length) => stringOf('bcdfgh23456789!#*+.', length), 12, 20);

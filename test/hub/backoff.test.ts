import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs } from '../../src/hub/backoff.ts';

const failures = fc.integer({ min: 1, max: 2000 });
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const retryAfter = fc.option(fc.integer({ min: 0, max: 86_400 }));

describe('The wait after a failure', () => {
  it('has a ceiling that doubles from 250 ms up to 15 s', () => {
    const ceilings = [1, 2, 3, 4, 5, 6, 7, 8, 9, 2000].map((n) => backoffMs(n, null, 1));
    expect(ceilings).toEqual([250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000, 15_000]);
  });

  it('is spread evenly from nothing to the ceiling', () => {
    expect([0, 0.25, 0.5, 0.75].map((part) => backoffMs(3, null, part))).toEqual([
      0, 250, 500, 750,
    ]);
  });

  it('is at least what the provider asked for, and more only if the backoff is more', () => {
    expect([backoffMs(1, 7, 0.5), backoffMs(7, 7, 0.9), backoffMs(1, 3600, 0)]).toEqual([
      7000, 13_500, 3_600_000,
    ]);
  });

  it('is between 0 and the ceiling, whatever happened', () => {
    fc.assert(
      fc.property(failures, random, (n, part) => {
        const ms = backoffMs(n, null, part);
        expect(ms).toBeGreaterThanOrEqual(0);
        expect(ms).toBeLessThanOrEqual(Math.min(15_000, 250 * 2 ** (n - 1)));
      }),
    );
  });

  it('never shrinks as failures or the chance grow', () => {
    fc.assert(
      fc.property(failures, random, random, retryAfter, (n, one, other, seconds) => {
        const [less, more] = one < other ? [one, other] : [other, one];
        expect(backoffMs(n + 1, seconds, less)).toBeGreaterThanOrEqual(backoffMs(n, seconds, less));
        expect(backoffMs(n, seconds, more)).toBeGreaterThanOrEqual(backoffMs(n, seconds, less));
      }),
    );
  });

  it('is the greater of what the chance gives and what the provider asked for', () => {
    fc.assert(
      fc.property(failures, random, fc.integer({ min: 0, max: 86_400 }), (n, part, seconds) => {
        const expected = Math.max(backoffMs(n, null, part), seconds * 1000);
        expect(backoffMs(n, seconds, part)).toBe(expected);
      }),
    );
  });
});

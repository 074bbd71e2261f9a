import { execFile } from 'node:child_process';
import { hash } from 'node:crypto';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fingerprint } from '../src/fingerprint.ts';
import { Secret } from '../src/secret.ts';

const run = promisify(execFile);

type Part = Secret | string | null | undefined;

/** Lists of parts that must not be taken for one another. */
const unlike: readonly (readonly Part[])[] = [
  [],
  [null],
  [''],
  ['null'],
  ['a'],
  ['ab'],
  ['a', 'b'],
  ['b', 'a'],
  ['a,b'],
  ['a","b'],
  ['ab', ''],
  ['', 'ab'],
  ['ab', null],
  [null, 'ab'],
  ['ab', null, null],
  ['AB'],
  ['ab '],
];

const text = fc.oneof(fc.string(), fc.string({ unit: 'binary', minLength: 4, maxLength: 200 }));
const part = fc.oneof(
  { weight: 4, arbitrary: text },
  { weight: 1, arbitrary: fc.constantFrom(null, undefined) },
);

describe('a fingerprint', () => {
  it('holds nothing of what it was made of, and has the same length whatever that was', () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 4 }), (parts) => {
        const print = fingerprint(...parts);
        expect(print).toMatch(/^[\w-]{43}$/);
        for (const one of parts.filter((given) => given != null && given.length > 5)) {
          const bytes = Buffer.from(one ?? '');
          for (const encoding of ['utf8', 'latin1', 'hex', 'base64url'] as const) {
            expect(print).not.toContain(bytes.toString(encoding));
          }
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('is the same for the same parts, as secrets and in the open', () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 4 }), (parts) => {
        const secrets = parts.map((one) => (one == null ? one : new Secret(one)));
        expect(fingerprint(...secrets)).toBe(fingerprint(...parts));
      }),
      { numRuns: 1_000 },
    );
    expect(fingerprint('a', undefined)).toBe(fingerprint('a', null));
  });

  it('differs for parts that differ, that are cut elsewhere, that are absent and that are empty', () => {
    const prints = unlike.map((parts) => fingerprint(...parts));
    expect(new Set(prints).size).toBe(unlike.length);
  });

  it('cannot be tried against guesses: it is not the hash of its parts alone', () => {
    const guesses = ['["a"]', 'a'].map((guess) => hash('blake2s256', guess, 'base64url'));
    expect(guesses).not.toContain(fingerprint('a'));
  });

  it('is of its process alone', async () => {
    const { href } = new URL('../src/fingerprint.ts', import.meta.url);
    const script = `import { fingerprint } from '${href}';
      console.log(fingerprint('a'), fingerprint('a'));`;
    const printsOfProcess = async (): Promise<string[]> => {
      const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script]);
      return stdout.trim().split(' ');
    };
    const [one, other] = await Promise.all([printsOfProcess(), printsOfProcess()]);
    expect(one).toEqual([one[0], one[0]]);
    expect(other).toEqual([other[0], other[0]]);
    expect(new Set([fingerprint('a'), one[0], other[0]]).size).toBe(3);
  });
});

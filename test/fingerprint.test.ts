import { execFile } from 'node:child_process';
import { hash } from 'node:crypto';
import { isDeepStrictEqual, promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fingerprint } from '../src/fingerprint.ts';
import { Secret } from '../src/secret.ts';

const run = promisify(execFile);

const runs = { numRuns: 5_000 };

/** Few characters, so that lists often differ only in where they are cut, or in what is absent. */
const unit = fc.constantFrom('a', ',', '"', '\\', '\ud800', '\ufffd');
const text = fc.oneof(fc.string({ unit, maxLength: 2 }), fc.constant('null'));
const parts = fc.array(fc.option(text), { maxLength: 3 });

describe('a fingerprint', () => {
  it('is the same for the same parts, and for no others', () => {
    fc.assert(
      fc.property(parts, parts, (some, others) => {
        const isSame = fingerprint(...some) === fingerprint(...others);
        expect(isSame).toBe(isDeepStrictEqual(some, others));
      }),
      runs,
    );
  });

  it('is as long whatever it is of, and the same for secrets, and for what is not there', () => {
    const any = fc.array(fc.option(fc.string({ unit: 'binary', maxLength: 200 })), {
      maxLength: 4,
    });
    fc.assert(
      fc.property(any, (some) => {
        const print = fingerprint(...some);
        expect(print).toMatch(/^[\w-]{43}$/);
        const secrets = some.map((part) => (part === null ? undefined : new Secret(part)));
        expect(fingerprint(...secrets)).toBe(print);
      }),
      runs,
    );
  });

  it('cannot be tried against guesses: it is not the hash of its parts alone', () => {
    const guesses = ['["a"]', 'a'].map((guess) => hash('blake2s256', guess, 'base64url'));
    expect(guesses).not.toContain(fingerprint('a'));
  });

  it('is of its process alone', async () => {
    const { href } = new URL('../src/fingerprint.ts', import.meta.url);
    const script = `import { fingerprint } from '${href}'; console.log(fingerprint('a'));`;
    const args = ['--input-type=module', '--eval', script];
    const others = await Promise.all([run(process.execPath, args), run(process.execPath, args)]);
    const prints = [fingerprint('a'), ...others.map(({ stdout }) => stdout.trim())];
    expect(prints).toEqual(prints.map(() => expect.stringMatching(/^[\w-]{43}$/) as string));
    expect(new Set(prints).size).toBe(3);
  });
});

import { hash, randomBytes } from 'node:crypto';
import type { Secret } from './secret.ts';

// Of this process alone, so that a fingerprint that gets out cannot be tried against guesses. It is
// the first block of the hash, as in BLAKE2's own keyed mode; an HMAC takes ten times as long.
const blockBytes = 64;
const key = randomBytes((blockBytes * 3) / 4).toString('base64');

/** A keyed hash that tells callers apart without holding what they sent. */
export const fingerprint = (...parts: readonly (Secret | string | null | undefined)[]): string =>
  // JSON keeps ["a","b"] apart from ["ab"], and an absent part from an empty one.
  hash(
    'blake2s256',
    key + JSON.stringify(parts.map((part) => revealed(part) ?? null)),
    'base64url',
  );

const revealed = (part: Secret | string | null | undefined): string | null | undefined =>
  typeof part === 'object' ? part?.reveal() : part;

import { createHmac, randomBytes } from 'node:crypto';
import type { Secret } from './secret.ts';

// Of this process alone, so that a fingerprint that gets out cannot be tried against guesses.
const key = randomBytes(32);

/** A keyed hash that tells callers apart without holding what they sent. */
export function fingerprint(...parts: readonly (Secret | string | null | undefined)[]): string {
  const hmac = createHmac('sha256', key);
  // JSON keeps ["a","b"] apart from ["ab"], and an absent part from an empty one.
  hmac.update(JSON.stringify(parts.map((part) => revealed(part) ?? null)));
  return hmac.digest('base64url');
}

const revealed = (part: Secret | string | null | undefined): string | null | undefined =>
  typeof part === 'object' ? part?.reveal() : part;

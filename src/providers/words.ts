import type { Secret } from '../secret.ts';

/** How much of a provider's own words is passed on, in characters. */
const limits = { code: 64, id: 128, type: 128, title: 256, detail: 1024 } as const;

/** Takes a provider's words out of its answer, fit to be shown to the client. */
export type Words = (value: unknown, field: keyof typeof limits) => string | null;

/**
 * Makes a reader of provider's words that removes control characters and halves of characters, caps
 * the length, and strikes out the given secrets, should the provider echo what it was sent.
 */
export function wordsWithout(...secrets: readonly Secret[]): Words {
  const spellings = secrets.flatMap((secret) => {
    const value = secret.reveal();
    const token = value.trim().replace(/^\S+\s+/, ''); // without the "Bearer"
    return [value, token].filter((text) => text.trim() !== '');
  });
  const strike = (text: string): string => {
    let struck = text;
    for (const secret of spellings) {
      // Patterns are dear, and hardly any word needs one.
      if (struck.includes(secret)) struck = struck.replace(asPattern(secret), '[redacted]');
    }
    return struck;
  };
  return (value, field) => {
    if (typeof value !== 'string') return null;
    const struck = strike(value); // before the cleaning: a secret may hold what is cleaned away
    const cleaned = clean(struck);
    const text = cleaned === struck ? struck : strike(cleaned);
    return text === '' ? null : cut(text, limits[field]);
  };
}

const clean = (text: string): string =>
  text
    .toWellFormed()
    .replace(/\p{Cc}+/gu, ' ')
    .trim();

/** Never between the halves of a character. */
const cut = (text: string, limit: number): string =>
  text.length <= limit ? text : Array.from(text).slice(0, limit).join('');

/** Shorter ones, such as a PIN, may be a part of any number: they are struck only on their own. */
const longEnoughToBeUnique = 12;

function asPattern(secret: string): RegExp {
  const literal = secret.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  if (secret.length >= longEnoughToBeUnique) return new RegExp(literal, 'gu');
  return new RegExp(`(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])`, 'gu');
}

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
  return (value, field) => {
    if (typeof value !== 'string') return null;
    let text = value;
    for (const secret of spellings) {
      // Patterns are dear, and hardly any word needs one.
      if (text.includes(secret)) text = text.replace(asPattern(secret), '[redacted]');
    }
    text = text
      .toWellFormed()
      .replace(/\p{Cc}+/gu, ' ')
      .trim();
    return text === '' ? null : cut(text, limits[field]);
  };
}

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

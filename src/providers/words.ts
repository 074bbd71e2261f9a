import type { Secret } from '../secret.ts';

/** How much of a provider's own words is passed on, in characters. */
const limits = { code: 64, id: 128, title: 256, detail: 1024 } as const;

/** Takes a provider's words out of its answer, fit to be shown to the client. */
export type Words = (value: unknown, field: keyof typeof limits) => string | null;

/**
 * Makes a reader of provider's words that removes control characters, caps the length, and strikes
 * out the given secrets, should the provider echo what it was sent.
 */
export function wordsWithout(...secrets: readonly Secret[]): Words {
  const struck = secrets.flatMap((secret) => {
    const value = secret.reveal();
    return [value, value.slice(value.indexOf(' ') + 1)]; // with and without the "Bearer"
  });
  return (value, field) => {
    if (typeof value !== 'string') return null;
    let text = value;
    for (const secret of struck) if (secret !== '') text = text.replaceAll(secret, '[redacted]');
    text = text.replace(/\p{Cc}+/gu, ' ').trim();
    return text === '' ? null : Array.from(text).slice(0, limits[field]).join('');
  };
}

/** The longest wait that is passed on: a day. A provider that asks for more is not believed. */
const maxSeconds = 86_400;

/**
 * Reads a `Retry-After` header: whole seconds, or an HTTP date (RFC 9110, 10.2.3).
 *
 * @param now milliseconds since the epoch, for the dates
 * @returns whole seconds from now on, 0 for a date that has passed; null for anything else
 */
export function parseRetryAfter(header: unknown, now: number = Date.now()): number | null {
  if (typeof header !== 'string') return null;
  const text = header.trim();
  const seconds = /^\d+$/.test(text) ? Number(text) : secondsUntil(text, now);
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), maxSeconds) : null;
}

// Date.parse takes much more than HTTP dates ("2026", "-1"): only what looks like one may pass. The
// oldest of the three forms has no zone; all of them are in GMT.
function secondsUntil(date: string, now: number): number {
  if (!/^[A-Z][a-z]{2,8},? /.test(date)) return NaN;
  const instant = Date.parse(date.endsWith(' GMT') ? date : `${date} GMT`);
  return Math.ceil((instant - now) / 1000);
}

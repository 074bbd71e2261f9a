import { trimBlanks } from '../trim-blanks.ts';

/** What the head of an answer says about the answer and its connection. */
export interface Http1Head {
  readonly status: number;
  /** The length of the body in bytes; null where the head does not say. */
  readonly contentLength: number | null;
  readonly isChunked: boolean;
  /** Whether the peer closes the connection after it. */
  readonly closes: boolean;
  /** How long the peer keeps the connection when it is idle; null where it does not say. */
  readonly keepAliveSeconds: number | null;
  readonly retryAfter: string | undefined;
}

// RFC 9112, 4 and 5, and no more: no folded lines, no bare line feeds, no blanks before a colon. What
// one program may read differently from another is nothing to be lenient about.
const wellFormed =
  /^HTTP\/1\.[01] [1-9]\d\d(?: [\t\x20-\x7e\x80-\xff]*)?(?:\r\n[!#$%&'*+\-.^`|~\w]+:[\t\x20-\x7e\x80-\xff]*)*$/;

/**
 * Reads a head, without the empty line at its end; null when it is not HTTP/1.1, or leaves the length
 * of the body open to interpretation.
 */
export function parseHttp1Head(text: string): Http1Head | null {
  if (!wellFormed.test(text)) return null;
  const isOld = text.startsWith('HTTP/1.0');
  let contentLength: number | null = null;
  let isChunked = false;
  let closes = isOld;
  let keepAliveSeconds: number | null = null;
  let retryAfter: string | undefined;

  for (let start = text.indexOf('\r\n'); start >= 0;) {
    start += 2;
    const colon = text.indexOf(':', start);
    const next = text.indexOf('\r\n', colon);
    const name = nameIn(text, start, colon);
    if (name !== null) {
      const value = trimBlanks(text.slice(colon + 1, next < 0 ? undefined : next));
      if (name === 'content-length') {
        if (contentLength !== null || !/^\d{1,15}$/.test(value)) return null;
        contentLength = Number(value);
      } else if (name === 'transfer-encoding') {
        if (isChunked || isOld || value.toLowerCase() !== 'chunked') return null;
        isChunked = true;
      } else if (name === 'connection') {
        closes ||= /(?:^|,)\s*close\s*(?:,|$)/i.test(value);
      } else if (name === 'keep-alive') {
        const seconds = /(?:^|,)\s*timeout=(\d{1,9})/i.exec(value)?.[1];
        if (seconds !== undefined) keepAliveSeconds = Number(seconds);
      } else retryAfter ??= value;
    }
    start = next;
  }
  if (isChunked && contentLength !== null) return null;
  const status = Number(text.slice(9, 12));
  return { status, contentLength, isChunked, closes, keepAliveSeconds, retryAfter };
}

const names = [
  'connection',
  'content-length',
  'keep-alive',
  'retry-after',
  'transfer-encoding',
] as const;
const lengths: ReadonlySet<number> = new Set(names.map(({ length }) => length));

/** The name of a field in lower case, where it is one of those that matter here. */
function nameIn(text: string, start: number, end: number): (typeof names)[number] | null {
  if (!lengths.has(end - start)) return null;
  const name = text.slice(start, end).toLowerCase();
  return names.find((known) => known === name) ?? null;
}

import { HpackReader } from './hpack-reader.ts';

/** What a block of fields says that matters here: the head of an answer, or what follows its body. */
export interface Http2Fields {
  /** Null: it is not the head of an answer. */
  readonly status: number | null;
  readonly contentLength: number | null;
  readonly retryAfter: string | undefined;
}

/** A name that RFC 9113, 8.2.1 allows, but for those that begin with a colon. */
const fieldName = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;

/** What speaks of an HTTP/1.1 connection has no place in HTTP/2 (RFC 9113, 8.2.2). */
const connectionFields: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Reads a block of fields.
 *
 * @returns `undecodable` when it is not HPACK: an error of the connection; `malformed` when what it
 *   says is against HTTP: an error of the stream
 */
export function readFields(block: Buffer): Http2Fields | 'malformed' | 'undecodable' {
  const reader = new HpackReader(block);
  let status: number | null = null;
  let contentLength: number | null = null;
  let retryAfter: string | undefined;
  let isMalformed = false;
  let isFirst = true;

  for (let field = reader.next(); field !== 'end'; field = reader.next(), isFirst = false) {
    if (field === null) return 'undecodable';
    const { name } = field;
    if (name === ':status') {
      // There is nothing else that could stand before it.
      const value = field.value() ?? '';
      isMalformed ||= !isFirst || !/^[1-9]\d\d$/.test(value) || value === '101';
      status = Number(value);
    } else if (name === 'content-length') {
      const value = field.value() ?? '';
      isMalformed ||= contentLength !== null || !/^\d{1,15}$/.test(value);
      contentLength = Number(value);
    } else if (name === 'retry-after') retryAfter ??= field.value() ?? '';
    else if (name !== null) isMalformed ||= !fieldName.test(name) || connectionFields.has(name);
  }
  return isMalformed ? 'malformed' : { status, contentLength, retryAfter };
}

import { trimBlanks } from '../trim-blanks.ts';
import { graphqlPath } from './graphql-path.ts';

/** A request that was read in one piece. */
export interface HotRequest {
  /** By name in lower case; none of them came twice. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** As many bytes as its content-length says, as UTF-8. */
  readonly body: string;
}

/** A longer head is Node's to read, which has its own limits. */
const maxHeadBytes = 8 * 1024;

const firstLine = `POST ${graphqlPath} HTTP/1.1`;

// RFC 9112, 5, and nothing that two programs may read differently.
const wellFormed = /^(?:\r\n[!#$%&'*+\-.^`|~\w]+:[\t\x20-\x7e\x80-\xff]*)*$/;

/** What any of these means for a request or its answer is Node's, or the whole server's, to know. */
const unusual = new Set([
  ...['transfer-encoding', 'content-encoding', 'expect', 'upgrade', 'trailer', 'te'],
  ...['origin', 'proxy-connection', 'http2-settings', '__proto__'],
]);

/**
 * Reads a request if it is whole, alone, and one of those that nearly all are: a POST of the graph over
 * a connection that stays open. Null for everything else, malformed ones among it.
 */
export function parseHotRequest(bytes: Buffer): HotRequest | null {
  const text = bytes.toString('latin1', 0, maxHeadBytes);
  if (!text.startsWith(firstLine)) return null;
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const fields = text.slice(firstLine.length, end);
  if (!wellFormed.test(fields)) return null;
  const headers = parseFields(fields);
  if (!headers?.['host'] || (headers['connection'] ?? 'keep-alive') !== 'keep-alive') return null;
  const length = headers['content-length'];
  if (length === undefined || !/^\d{1,9}$/.test(length)) return null;
  const start = end + 4;
  if (bytes.length - start !== Number(length)) return null;
  return { headers, body: bytes.toString('utf8', start) };
}

function parseFields(fields: string): Record<string, string | undefined> | null {
  const headers: Record<string, string | undefined> = {};
  for (let start = fields.indexOf('\r\n'); start >= 0;) {
    const colon = fields.indexOf(':', start);
    const next = fields.indexOf('\r\n', colon);
    const name = fields.slice(start + 2, colon).toLowerCase();
    if (unusual.has(name) || headers[name] !== undefined) return null;
    headers[name] = trimBlanks(fields.slice(colon + 1, next < 0 ? undefined : next));
    start = next;
  }
  return headers;
}

import { assertFieldValue } from './http-field.ts';
import type { HttpMessage } from './http.ts';

/** A field that each of the peers, on its way too, must keep out of its table (RFC 7541, 6.2.3). */
const neverIndexed = '\x10';
const notIndexed = '\0';

/**
 * Writes the fields of a GET to `authority`, over TLS, as one block of HPACK in Latin-1. It puts nothing
 * into the peer's table, where one request could be found out by another's length, and keeps none.
 *
 * @throws {TypeError} for a field that would not stay one: whoever made it has let too much through
 */
export function writeHttp2Get(
  { path, headers }: Pick<HttpMessage, 'path' | 'headers'>,
  authority: string,
): string {
  // Entries of the table that everyone has: 2 is GET, 7 is https, 1 and 4 are names only.
  let block = `\x82\x87\x01${writeString(authority)}\x04${writeString(path)}`;
  for (const name in headers) {
    const value = headers[name] ?? '';
    assertFieldValue(name, value);
    block += name === 'authorization' ? neverIndexed : notIndexed;
    block += writeString(name) + writeString(value);
  }
  return block;
}

/** A string without Huffman's code: it costs more time than the bytes that it spares. */
const writeString = (text: string): string => writeLength(text.length) + text;

function writeLength(length: number): string {
  if (length < 0x7f) return String.fromCharCode(length);
  let text = '\x7f';
  let rest = length - 0x7f;
  for (; rest >= 0x80; rest >>>= 7) text += String.fromCharCode((rest & 0x7f) | 0x80);
  return text + String.fromCharCode(rest);
}

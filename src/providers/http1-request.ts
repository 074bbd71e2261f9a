import { assertFieldValue } from './http-field.ts';
import type { HttpMessage } from './http.ts';

/** A request as it is written. */
export interface Http1Request {
  /** The first line, the fields and the empty line, in Latin-1. */
  readonly head: string;
  /** In UTF-8. */
  readonly body: string | null;
}

/**
 * Writes a request to `host`.
 *
 * @throws {TypeError} for a field that would not stay one: whoever made it has let too much through
 */
export function writeHttp1Request(message: HttpMessage, host: string): Http1Request {
  const { method, path, headers, body } = message;
  let head = `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: keep-alive\r\n`;
  for (const name in headers) {
    const value = headers[name] ?? '';
    assertFieldValue(name, value);
    head += `${name}: ${value}\r\n`;
  }
  if (body !== null) head += `content-length: ${Buffer.byteLength(body)}\r\n`;
  return { head: `${head}\r\n`, body };
}

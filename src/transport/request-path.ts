import type { IncomingMessage } from 'node:http';

/**
 * Leaves of an address its path and query: a client may ask an origin server for the whole of it
 * (RFC 9112, 3.2.2), and everything behind this looks for a path.
 */
export function leavePath(request: IncomingMessage): void {
  const { url = '/' } = request;
  if (!url.startsWith('/')) request.url = url.replace(/^https?:\/\/[^/?#]+(?=\/)/i, '');
}

/** The path of a request, without its query. */
export function pathOf({ url = '/' }: IncomingMessage): string {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}

import type { IncomingMessage } from 'node:http';

/**
 * Takes the target of a request apart where it is a whole address instead of a path: the host in it counts,
 * whatever the header says (RFC 9112, 3.2.2). One with a user's name in it is none of ours.
 */
export function toOriginForm(request: IncomingMessage): void {
  const { url = '/' } = request;
  if (url.startsWith('/')) return;
  const [, host, path] = /^https?:\/\/([^/?#@]+)(\/.*)$/i.exec(url) ?? [];
  if (host === undefined) return;
  request.headers.host = host;
  request.url = path;
}

/** The path of a request, without its query. */
export function pathOf({ url = '/' }: IncomingMessage): string {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}

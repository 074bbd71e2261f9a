import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Of other upgrades, such as h2c, nothing is made: the request is answered as if it asked for none.
 * Node knows this option from 24.9 on; an older one refuses such a request.
 */
export const isForWebSocket = ({ headers }: IncomingMessage): boolean =>
  headers.upgrade?.toLowerCase() === 'websocket';

/** Browsers send an Origin and let any page open a socket to anywhere: this is the only guard. */
export function isOriginAllowed(request: IncomingMessage, corsOrigins: readonly string[]): boolean {
  const { origin, host = '' } = request.headers;
  if (origin === undefined || corsOrigins.includes(origin)) return true;
  if (!URL.canParse(origin)) return false;
  const { protocol, host: originHost } = new URL(origin);
  // The same scheme for both, so that a Host with the default port is the same as one without.
  return (
    URL.canParse(`${protocol}//${host}`) && new URL(`${protocol}//${host}`).host === originHost
  );
}

/** Answers an upgrade with a status other than 101, and closes the connection. */
export function rejectUpgrade(
  socket: Socket,
  status: string,
  requestId: string,
  ...headers: readonly string[]
): void {
  // The server knows an upgraded socket no more: a peer that keeps its end open must not hold ours.
  socket.once('finish', () => socket.destroy());
  const head = [
    `HTTP/1.1 ${status}`,
    `x-request-id: ${requestId}`,
    'connection: close',
    'content-length: 0',
    ...headers,
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n`);
}

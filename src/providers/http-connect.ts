import type { Socket } from 'node:net';
import { buildConnector } from 'undici';

/** Where to connect to, and how long that may take. */
export interface ConnectOptions {
  readonly origin: URL;
  readonly connectTimeoutMs: number;
  /** Whether HTTP/2 is offered (ALPN), beside HTTP/1.1. */
  readonly http2: boolean;
}

/** Is told the socket once it is connected, over TLS where the origin is https, or why it is not. */
export type OnConnected = (socket: Socket | null, error: Error | null) => void;

/** Begins to connect. Whoever destroys the socket before it is connected is told nothing. */
export type Connect = (onConnected: OnConnected) => Socket;

/**
 * Makes what connects to one origin. undici's connector does it: it resumes TLS sessions, tries the
 * addresses of both families and knows the time-out. Its errors have a code of the system, of TLS or
 * of undici.
 */
export function createConnect({ origin, connectTimeoutMs, http2 }: ConnectOptions): Connect {
  // It returns the socket, though its type does not say so.
  const connect = buildConnector({
    timeout: connectTimeoutMs,
    allowH2: http2,
    preferH2: http2,
  }) as (...args: Parameters<buildConnector.connector>) => Socket;
  const { host, protocol, port } = origin;
  const hostname = origin.hostname.replace(/^\[|\]$/g, '');
  return (onConnected) =>
    connect({ host, hostname, protocol, port }, (error, socket) => {
      if (error === null) onConnected(socket, null);
      else onConnected(null, error);
    });
}

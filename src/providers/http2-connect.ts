import { connect as connectHttp2, type ClientHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import type { Signal } from '../cancellation.ts';
import { ConnectTimeoutError, createConnect, type Connect } from './http-connect.ts';

/** Where to connect to, and how long each half of that may take: TLS, and the peer's first settings. */
export interface Http2ConnectOptions {
  readonly origin: URL;
  readonly connectTimeoutMs: number;
}

/**
 * Opens a connection, and an HTTP/2 session on it if the peer speaks that. It gives the session, once
 * it is known how many streams the peer allows; null: the peer speaks HTTP/1.1. It throws errors with
 * a code of the system, of TLS, of HTTP/2 or of our own.
 *
 * @param signal gives the connection up while it is being opened; the session is then the caller's
 */
export type ConnectByAlpn = (signal: Signal) => Promise<ClientHttp2Session | null>;

/** Makes what connects to one origin. */
export function createConnectByAlpn({
  origin,
  connectTimeoutMs,
}: Http2ConnectOptions): ConnectByAlpn {
  const connect = createConnect({ origin, connectTimeoutMs, protocols: ['h2', 'http/1.1'] });
  return async (signal) => {
    const socket = await open(connect, signal);
    if (!('alpnProtocol' in socket) || socket.alpnProtocol !== 'h2') {
      socket.destroy();
      return null;
    }
    const session = connectHttp2(origin, {
      createConnection: () => socket,
      settings: { enablePush: false },
    });
    const giveUp = () => session.destroy(new ConnectTimeoutError());
    const timer = setTimeout(giveUp, connectTimeoutMs);
    const onAbort = () => session.destroy();
    signal.addEventListener('abort', onAbort);
    try {
      await settingsOf(session);
      return session;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    }
  };
}

function open(connect: Connect, signal: Signal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      opening.destroy();
      reject(new ClosedError());
    };
    const opening = connect((socket, error) => {
      signal.removeEventListener('abort', onAbort);
      if (socket === null) reject(error ?? new ClosedError());
      else resolve(socket);
    });
    signal.addEventListener('abort', onAbort);
  });
}

function settingsOf(session: ClientHttp2Session): Promise<void> {
  return new Promise((resolve, reject) => {
    const onClose = (): void => reject(new ClosedError());
    session.once('error', reject).once('close', onClose);
    session.once('remoteSettings', () => {
      session.off('error', reject).off('close', onClose);
      resolve();
    });
  });
}

/** The connection has ended before it was of any use. */
class ClosedError extends Error {
  readonly code = 'ECONNRESET';
}

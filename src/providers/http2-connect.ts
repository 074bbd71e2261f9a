import type { Signal } from '../cancellation.ts';
import { ClosedError, ConnectTimeoutError, createConnect } from './http-connect.ts';
import { Http2Session } from './http2-session.ts';

/** Where to connect to, and how long each half of that may take: TLS, and the peer's first settings. */
export interface Http2ConnectOptions {
  readonly origin: URL;
  readonly connectTimeoutMs: number;
}

/**
 * Opens a connection, and an HTTP/2 session on it if the peer speaks that. It gives the session, once
 * it is known how many streams the peer allows; null: the peer speaks HTTP/1.1. It throws errors with
 * a code of the system, of TLS or of our own.
 *
 * @param signal gives the connection up while it is being opened; the session is then the caller's
 */
export type ConnectByAlpn = (signal: Signal) => Promise<Http2Session | null>;

/** Makes what connects to one origin. */
export function createConnectByAlpn(options: Http2ConnectOptions): ConnectByAlpn {
  const { origin, connectTimeoutMs } = options;
  const connect = createConnect({ origin, connectTimeoutMs, protocols: ['h2', 'http/1.1'] });

  return (signal) =>
    new Promise((resolve, reject) => {
      let session: Http2Session | null = null;
      let timer: NodeJS.Timeout | undefined;
      let isSettled = false;

      const settle = (error: Error | null): void => {
        if (isSettled) return;
        isSettled = true;
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
        if (session) session.onChange = null;
        if (error === null) {
          resolve(session);
          return;
        }
        socket.destroy();
        reject(error);
      };
      const onAbort = (): void => settle(new ClosedError());
      signal.addEventListener('abort', onAbort);

      const begin = (opened: Http2Session): void => {
        session = opened;
        opened.onChange = ({ closedBy }) =>
          settle(closedBy === null ? null : new ClosedError(closedBy));
        // Timers come before sockets: after a stall of the process the settings may be there, unread.
        const giveUp = (): void => settle(new ConnectTimeoutError());
        timer = setTimeout(() => setImmediate(giveUp), connectTimeoutMs);
      };
      const socket = connect(
        (connected, error) => {
          if (connected === null) settle(error ?? new ClosedError());
          else if ('alpnProtocol' in connected && connected.alpnProtocol === 'h2') {
            begin(new Http2Session(connected));
          } else {
            connected.destroy();
            settle(null);
          }
        },
        (bytes) => session?.read(bytes),
      );
    });
}

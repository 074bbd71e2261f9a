import { connect as connectHttp2, type ClientHttp2Session } from 'node:http2';
import { isIP } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { Signal } from '../cancellation.ts';

/** Where to connect to, and how long that may take. */
export interface Http2ConnectOptions {
  readonly origin: URL;
  readonly connectTimeoutMs: number;
}

/**
 * Opens a connection, and an HTTP/2 session on it if the peer speaks that.
 *
 * @param signal gives the connection up while it is being opened; the session is then the caller's
 * @returns the session, once it is known how many streams the peer allows; null: it speaks HTTP/1.1
 * @throws an error with a code of the system, of TLS or of HTTP/2
 */
export async function connectByAlpn(
  options: Http2ConnectOptions,
  signal: Signal,
): Promise<ClientHttp2Session | null> {
  const { origin, connectTimeoutMs } = options;
  const socket = openTls(origin);
  const timer = setTimeout(() => socket.destroy(new ConnectTimeoutError()), connectTimeoutMs);
  const onAbort = () => void socket.destroy();
  signal.addEventListener('abort', onAbort);
  try {
    await eventOf(socket, 'secureConnect');
    if (socket.alpnProtocol !== 'h2') {
      socket.destroy();
      return null;
    }
    const session = connectHttp2(origin, {
      createConnection: () => socket,
      settings: { enablePush: false },
    });
    await eventOf(session, 'remoteSettings');
    return session;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

function openTls({ hostname, port }: URL): TLSSocket {
  const host = hostname.replace(/^\[|\]$/g, '');
  return connectTls({
    host,
    port: Number(port || 443),
    servername: isIP(host) === 0 ? host : '',
    ALPNProtocols: ['h2', 'http/1.1'],
  });
}

/** The same code as undici has for it. */
class ConnectTimeoutError extends Error {
  readonly code = 'UND_ERR_CONNECT_TIMEOUT';
}

/** Waits for an event that comes before the connection fails. */
function eventOf(emitter: TLSSocket | ClientHttp2Session, event: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error): void => reject(error);
    const onClose = (): void => reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' }));
    emitter.once('error', onError).once('close', onClose);
    emitter.once(event, () => {
      emitter.off('error', onError).off('close', onClose);
      resolve();
    });
  });
}

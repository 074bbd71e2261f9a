import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** Where to connect to, and how long that may take, TLS included. */
export interface ConnectOptions {
  readonly origin: URL;
  readonly connectTimeoutMs: number;
  /** The protocols that are offered where the origin is https, the best one first (ALPN). */
  readonly protocols: readonly ('h2' | 'http/1.1')[];
}

/** Is told the socket once it is connected, or why it is not. */
export type OnConnected = (socket: Socket | null, error: Error | null) => void;

/** Takes what comes. The bytes are there for the time of the call: the next ones overwrite them. */
export type OnBytes = (bytes: Buffer) => void;

/**
 * Begins to connect. Whoever destroys the socket before it is connected is told nothing.
 *
 * @param onBytes without it, what comes is the socket's own to emit
 */
export type Connect = (onConnected: OnConnected, onBytes?: OnBytes) => Socket;

/** The connection has not come about in time. */
export class ConnectTimeoutError extends Error {
  readonly code = 'CONNECT_TIMEOUT';
}

/** The peer has closed the connection where more was to come. */
export class ClosedError extends Error {
  /** For an operator to read. */
  readonly code: string;

  constructor(code = 'CLOSED_BY_PEER') {
    super();
    this.code = code;
  }
}

/** One for all connections: each would take 64 KiB for every answer, and give back what is too much. */
const readBuffer = Buffer.allocUnsafeSlow(64 * 1024);

/** A peer that is gone is found out after so long by TCP itself. */
const keepAliveProbeMs = 60_000;

/** Makes what connects to one origin, over TLS where that is https. TLS sessions are resumed. */
export function createConnect({ origin, connectTimeoutMs, protocols }: ConnectOptions): Connect {
  const isTls = origin.protocol === 'https:';
  const host = origin.hostname.replace(/^\[|\]$/g, '');
  const port = Number(origin.port || (isTls ? 443 : 80));
  const servername = isIP(host) === 0 ? host : '';
  let session: Buffer | undefined;

  const open = (onBytes: OnBytes | undefined): Socket => {
    const onread = onBytes && {
      buffer: readBuffer,
      callback(length: number) {
        try {
          onBytes(readBuffer.subarray(0, length));
        } finally {
          readBuffer.fill(0, 0, length); // a one-time password may have been among it
        }
        return true;
      },
    };
    const options = { host, port, ...(onread && { onread }) };
    if (!isTls) return connectTcp(options);
    const ALPNProtocols = [...protocols];
    const resumed = session && { session };
    const socket = connectTls({ ...options, ...resumed, servername, ALPNProtocols });
    return socket.on('session', (newest) => (session = newest));
  };

  return (onConnected, onBytes) => {
    const socket = open(onBytes).setNoDelay(true).setKeepAlive(true, keepAliveProbeMs);
    let isSettled = false;
    const settle = (connected: Socket | null, error: Error | null): void => {
      if (isSettled) return;
      isSettled = true;
      clearTimeout(timer);
      if (error !== null) session = undefined; // should it be the session that the peer dislikes
      if (connected !== null || error !== null) onConnected(connected, error);
    };
    // Timers come before sockets: after a stall of the process it may be connected, yet unnoticed.
    const giveUp = (): void => {
      if (isSettled) return;
      socket.destroy();
      settle(null, new ConnectTimeoutError());
    };
    const timer = setTimeout(() => setImmediate(giveUp), connectTimeoutMs);
    socket.once(isTls ? 'secureConnect' : 'connect', () => settle(socket, null));
    socket.on('error', (error) => settle(null, error));
    socket.once('close', () => settle(null, null));
    return socket;
  };
}

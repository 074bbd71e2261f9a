import { createServer, type AddressInfo, type Socket } from 'node:net';

/** What a provider that does not keep to HTTP does with a connection. */
export type Behave = (socket: Socket) => void;

/** A provider below HTTP: a TCP server that does with each connection what the test says. */
export interface RawUpstream extends AsyncDisposable {
  readonly url: string;
  /** How many connections it has accepted. */
  readonly connections: number;
  /** How many of them are open. */
  readonly open: number;
  /** Everything that it received, over all connections, as latin-1 text. */
  readonly received: string;
}

/** Starts a TCP server on a free port. */
export async function startRawUpstream(behave: Behave): Promise<RawUpstream> {
  const sockets = new Set<Socket>();
  let connections = 0;
  let received = '';
  const server = createServer((socket) => {
    connections++;
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
    socket.on('data', (chunk) => (received += chunk.toString('latin1')));
    behave(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get connections() {
      return connections;
    },
    get open() {
      return sockets.size;
    },
    get received() {
      return received;
    },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Waits for a request and sends these bytes, then keeps the connection open. */
export const saying =
  (bytes: string): Behave =>
  (socket) =>
    void socket.once('data', () => socket.write(bytes, 'latin1'));

/** Waits for a request, sends these bytes and closes the connection. */
export const sayingAndClosing =
  (bytes: string): Behave =>
  (socket) =>
    void socket.once('data', () => socket.end(bytes, 'latin1'));

/** Waits for a request and resets the connection (RST). */
export const resetting: Behave = (socket) =>
  void socket.once('data', () => socket.resetAndDestroy());

/** Closes the connection before it has read anything. */
export const closingAtOnce: Behave = (socket) => void socket.destroy();

/** Accepts, and never says a word. */
export const mute: Behave = () => undefined;

/**
 * An address that refuses connections. It is fixed: a port that was free a moment ago may be
 * another test's by now.
 */
export const refusingUrl = 'http://127.0.0.1:1';

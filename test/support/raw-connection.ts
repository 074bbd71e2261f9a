import { once } from 'node:events';
import { connect } from 'node:net';

/** A TCP connection on which the test sends whatever it likes, byte by byte. */
export interface RawConnection extends AsyncDisposable {
  write(bytes: string | Buffer): void;
  /** Reads no more: what comes stays in the buffers between us. */
  pause(): void;
  /** What has come so far. */
  text(): string;
  /** Resolves as soon as what has come matches. */
  received(pattern: RegExp): Promise<void>;
  /** Resolves with all that has come when the gateway has closed the connection, in whichever way. */
  readonly closed: Promise<string>;
}

/** Connects to a gateway. */
export async function openConnection(origin: string): Promise<RawConnection> {
  const { hostname, port } = new URL(origin);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: false });
  socket.setNoDelay(true); // or the kernel would hold a second piece back
  let text = '';
  let look = (): void => undefined;
  const closed = Promise.withResolvers<string>();
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
    look();
  });
  socket.once('close', () => closed.resolve(text));
  await once(socket, 'connect');
  socket.on('error', () => undefined); // it shows in that it is closed
  return {
    write: (bytes) => void socket.write(bytes),
    pause: () => void socket.pause(),
    text: () => text,
    received: (pattern) =>
      new Promise((resolve, reject) => {
        look = () => {
          if (pattern.test(text)) resolve();
        };
        void closed.promise.then(() => reject(new Error(`closed without ${pattern}: ${text}`)));
        look();
      }),
    closed: closed.promise,
    async [Symbol.asyncDispose]() {
      socket.destroy();
      await closed.promise;
    },
  };
}

/** The head of a POST to the graph, without the empty line that ends it. */
export const postHead = (length: number, ...headers: readonly string[]): string =>
  [
    'POST /graphql HTTP/1.1',
    'host: gateway',
    'content-type: application/json',
    `content-length: ${length}`,
    ...headers,
    '',
  ].join('\r\n');

/** A whole POST of an operation to the graph. */
export function postOf(operation: object, ...headers: readonly string[]): string {
  const body = JSON.stringify(operation);
  return `${postHead(Buffer.byteLength(body), ...headers)}\r\n${body}`;
}

/** An upgrade to the subprotocol of the graph, without the empty line that ends it. */
export const upgradeHead = [
  'GET /graphql HTTP/1.1',
  'host: gateway',
  'connection: upgrade',
  'upgrade: websocket',
  'sec-websocket-version: 13',
  'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
  'sec-websocket-protocol: graphql-transport-ws',
  '',
].join('\r\n');

/** The first bytes of a masked frame of a client (RFC 6455, 5.2), with a mask of zeros. */
export function frameOf(opcode: number, payload: string, isFinal = true): Buffer {
  const length = Buffer.byteLength(payload);
  const head = Buffer.from([(isFinal ? 0x80 : 0) | opcode, 0x80 | length, 0, 0, 0, 0]);
  return Buffer.concat([head, Buffer.from(payload)]);
}

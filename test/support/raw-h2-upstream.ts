import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:tls';
import { createCertificate, trusted } from './certificate.ts';

/** A frame as a test sees it. */
export interface RawFrame {
  readonly type: string;
  readonly flags: number;
  readonly streamId: number;
  readonly payload: Buffer;
}

const types = [
  'DATA',
  'HEADERS',
  'PRIORITY',
  'RST_STREAM',
  'SETTINGS',
  'PUSH_PROMISE',
  'PING',
  'GOAWAY',
  'WINDOW_UPDATE',
  'CONTINUATION',
];

const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

/** A frame as it is sent; its payload in bytes, or in hexadecimal digits with blanks between them. */
export function frame(
  type: number | string,
  flags: number,
  streamId: number,
  payload: Buffer | string = '',
): Buffer {
  const bytes = typeof payload === 'string' ? hex(payload) : payload;
  const head = Buffer.alloc(9);
  head.writeUIntBE(bytes.length, 0, 3);
  head.writeUInt8(typeof type === 'string' ? types.indexOf(type) : type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(streamId, 5);
  return Buffer.concat([head, bytes]);
}

/** Bytes from hexadecimal digits, with blanks between them. */
export const hex = (digits: string): Buffer => Buffer.from(digits.replaceAll(' ', ''), 'hex');

/** The frames in these bytes, and how many bytes are left behind the last one. */
export function framesIn(bytes: Buffer): { frames: RawFrame[]; left: number } {
  const frames: RawFrame[] = [];
  let at = 0;
  while (bytes.length - at >= 9) {
    const end = at + 9 + bytes.readUIntBE(at, 3);
    if (end > bytes.length) break;
    const type = types[bytes[at + 3] ?? 0] ?? 'unknown';
    const [flags = 0, streamId] = [bytes[at + 4], bytes.readUInt32BE(at + 5)];
    frames.push({ type, flags, streamId, payload: bytes.subarray(at + 9, end) });
    at = end;
  }
  return { frames, left: bytes.length - at };
}

/** What a peer that speaks in frames does with each of the client's. */
export type OnRawFrame = (frame: RawFrame, socket: Socket) => void;

/** A peer over TLS that chose HTTP/2, and speaks in frames. */
export interface RawH2Upstream extends AsyncDisposable {
  readonly url: string;
  /** How many connections it has accepted. */
  readonly connections: number;
  /** How many of them are open. */
  readonly open: number;
  /** What it has got, over all connections. */
  readonly frames: readonly RawFrame[];
}

/** Starts it on a free port. It says its (empty) settings, and the rest is the test's. */
export async function startRawH2Upstream(
  onFrame: OnRawFrame,
  settings: Buffer | (() => Buffer) = frame('SETTINGS', 0, 0),
): Promise<RawH2Upstream> {
  const sockets = new Set<Socket>();
  const frames: RawFrame[] = [];
  let connections = 0;
  const certificate = trusted(createCertificate());
  const server = createServer({ ...certificate, ALPNProtocols: ['h2'] }, (socket) => {
    connections++;
    sockets.add(socket);
    socket.on('error', () => socket.destroy()).once('close', () => sockets.delete(socket));
    socket.write(typeof settings === 'function' ? settings() : settings);
    let bytes = Buffer.alloc(0);
    let hasBegun = false;
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      if (!hasBegun) {
        if (bytes.length < preface.length) return;
        if (!bytes.toString('latin1').startsWith(preface)) throw new Error('no preface');
        bytes = bytes.subarray(preface.length);
        hasBegun = true;
      }
      const { frames: come, left } = framesIn(bytes);
      bytes = bytes.subarray(bytes.length - left);
      for (const one of come) {
        frames.push(one);
        onFrame(one, socket);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    frames,
    get connections() {
      return connections;
    },
    get open() {
      return sockets.size;
    },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Answers every request with these bytes, in which the stream is always 1, in one packet. */
export const answeringH2 =
  (...answer: readonly Buffer[]): OnRawFrame =>
  ({ type }, socket) => {
    if (type === 'HEADERS') socket.write(Buffer.concat(answer));
  };

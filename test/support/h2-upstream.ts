import { createServer as createHttp1 } from 'node:http';
import {
  performServerHandshake,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { Socket } from 'node:net';
import { createServer as createTls } from 'node:tls';
import { createCertificate, trusted, type Certificate } from './certificate.ts';

/** A PACE over TLS that never answers by itself. */
export interface TlsUpstream extends AsyncDisposable {
  readonly url: string;
  /** The streams that are open, by session in the order in which these came. */
  readonly sessions: readonly (readonly HeldStream[])[];
  /** The sessions themselves. */
  readonly raw: readonly ServerHttp2Session[];
  /** HTTP/1.1 requests that it got. */
  readonly http1Requests: number;
  /** Sessions that broke. */
  readonly lost: number;
  /** Streams that are open. */
  readonly open: number;
}

/** A poll that is held. */
export interface HeldStream {
  readonly stream: ServerHttp2Stream;
  readonly headers: IncomingHttpHeaders;
}

/** Starts it on a free port. */
export async function startTlsUpstream(
  protocols: readonly ('h2' | 'http/1.1')[],
  maxConcurrentStreams = 1_000,
  certificate: Certificate = trusted(createCertificate()),
): Promise<TlsUpstream> {
  const sockets = new Set<Socket>();
  const sessions: HeldStream[][] = [];
  const raw: ServerHttp2Session[] = [];
  let http1Requests = 0;
  let lost = 0;
  const http1 = createHttp1((_request, response) => {
    http1Requests++;
    response.writeHead(200).end();
  });
  const server = createTls({ ...certificate, ALPNProtocols: [...protocols] }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket)).on('error', () => undefined);
    if (socket.alpnProtocol !== 'h2') {
      http1.emit('connection', socket);
      return;
    }
    const held: HeldStream[] = [];
    sessions.push(held);
    const session = performServerHandshake(socket, { settings: { maxConcurrentStreams } });
    raw.push(session);
    session.on('error', () => lost++);
    session.on('stream', (stream, headers) => {
      const entry = { stream, headers };
      held.push(entry);
      stream.on('error', () => undefined);
      stream.once('close', () => held.splice(held.indexOf(entry), 1));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sessions,
    raw,
    get http1Requests() {
      return http1Requests;
    },
    get lost() {
      return lost;
    },
    get open() {
      return sessions.reduce((sum, { length }) => sum + length, 0);
    },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

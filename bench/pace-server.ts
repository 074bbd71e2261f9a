// Plays PACE for the subscription benchmark: holds `GET /user/pin?timeout=N` for N seconds or until the
// PIN is set; without a timeout everybody's is, as upstream.ts has it. It does as little as it can beside, for it shares the machine with what is measured.
// Takes PaceServerOptions as JSON in its argument; prints its PaceAddress as a line of JSON, and is
// commanded over IPC.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import {
  performServerHandshake,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { createCertificate } from './support/certificate.ts';
import { LongPolls } from './support/long-polls.ts';
import { serveCommands } from './support/worker.ts';

/** What it speaks. */
export interface PaceServerOptions {
  /** http: HTTP/1.1 in the clear. https: HTTP/2 over TLS, or HTTP/1.1 for a client that can't. */
  readonly scheme: 'http' | 'https';
  /** What it allows in one HTTP/2 session. */
  readonly maxConcurrentStreams: number;
}

/** How it is reached. */
export interface PaceAddress {
  readonly url: string;
  /** The certificate to trust, a file; null when it needs none. */
  readonly caPath: string | null;
}

/** What it has seen so far. */
export interface PaceCounts {
  /** Polls held now. */
  readonly openPolls: number;
  /** Polls that have come. */
  readonly totalPolls: number;
  /** Polls that the gateway gave up: streams reset, connections closed. */
  readonly leftPolls: number;
  /** Connections open now. */
  readonly connections: number;
  /** HTTP/2 sessions that have been opened. */
  readonly sessions: number;
  /** HTTP/2 sessions that broke, for one because too many streams were reset at once. */
  readonly sessionsLost: number;
}

/** What it can be told. Users are named by their credential. */
export type PaceCommands = typeof commands;

const defaults: PaceServerOptions = { scheme: 'http', maxConcurrentStreams: 1000 };
const given = JSON.parse(process.argv[2] ?? '{}') as Partial<PaceServerOptions>;
const { scheme, maxConcurrentStreams } = { ...defaults, ...given };
const polls = new LongPolls();
let connections = 0;
let sessions = 0;
let sessionsLost = 0;

const secondsIn = (path: string | undefined): number =>
  Number(/^\/user\/pin\?timeout=(\d+)$/.exec(path ?? '')?.[1] ?? NaN);

function answerHttp1(request: IncomingMessage, response: ServerResponse): void {
  const seconds = secondsIn(request.url);
  const { authorization } = request.headers;
  const write = (status: number) => response.writeHead(status, { 'content-length': 0 }).end();
  if (request.url === '/user/pin') write(200);
  else if (Number.isNaN(seconds) || authorization === undefined) write(400);
  else response.once('close', polls.hold(authorization, seconds, write));
}

function answerHttp2(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
  const seconds = secondsIn(headers[':path']);
  const { authorization } = headers;
  const write = (status: number) => stream.respond({ ':status': status }, { endStream: true });
  stream.on('error', () => undefined); // a stream that its client resets; its close is counted
  if (Number.isNaN(seconds) || authorization === undefined) write(400);
  else stream.once('close', polls.hold(authorization, seconds, write));
}

const http1 = createServer(answerHttp1);

function acceptTls(socket: TLSSocket): void {
  if (socket.alpnProtocol !== 'h2') {
    http1.emit('connection', socket);
    return;
  }
  sessions++;
  // Everything else is as Node has it, the protection from resets too: 1,000 at once and 33 a second.
  const session = performServerHandshake(socket, { settings: { maxConcurrentStreams } });
  session.on('stream', answerHttp2);
  session.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code?.startsWith('ERR_HTTP2')) sessionsLost++; // not a client that just hung up
  });
}

function createTls(): { readonly server: Server; readonly caPath: string } {
  const { key, cert, path } = createCertificate();
  const server = createTlsServer({ key, cert, ALPNProtocols: ['h2', 'http/1.1'] }, acceptTls);
  return { server, caPath: path };
}

const { server, caPath } = scheme === 'https' ? createTls() : { server: http1, caPath: null };
server.on('connection', (socket: Socket) => {
  connections++;
  socket.once('close', () => connections--);
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', 4096, resolve));
const { port } = server.address() as AddressInfo;
const address: PaceAddress = { url: `${scheme}://127.0.0.1:${port}`, caPath };

const commands = {
  address: () => address,
  counts: (): PaceCounts => ({
    openPolls: polls.open,
    totalPolls: polls.total,
    leftPolls: polls.left,
    connections,
    sessions,
    sessionsLost,
  }),
  set: (credential: string): void => polls.set(credential),
  /** Sets one PIN after the other; returns when the last user has been told. */
  setAll: (credentials: readonly string[]) => polls.setAll(credentials),
  /** When each user's 200 was written, in epoch milliseconds. */
  answeredAt: (): ReadonlyMap<string, number> => polls.answeredAt,
};
serveCommands(commands);
process.stdout.write(`${JSON.stringify(address)}\n`);

import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as an upstream got it, headers as they came over the wire. */
export interface ReceivedRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly body: string;
  /** Milliseconds on the clock of `performance.now()`. */
  readonly receivedAt: number;
  /** Resolves with the time at which the connection of this request was closed before its answer. */
  readonly aborted: Promise<number>;
}

/** Answers one request; an answer that is never ended is a silent provider. */
export type Respond = (response: ServerResponse, request: ReceivedRequest) => void;

/** A provider that does as it is told: a real HTTP server, scripted by the test. */
export interface ScriptedUpstream extends AsyncDisposable {
  readonly url: string;
  readonly requests: readonly ReceivedRequest[];
  /** Requests that have been received and not been answered or aborted. */
  readonly open: number;
  /** What it does from now on. */
  respond: Respond;
  /** Resolves when it has received `count` requests in all. */
  received(count: number): Promise<void>;
}

/** Starts an upstream on a free port. */
export async function startUpstream(respond: Respond): Promise<ScriptedUpstream> {
  const requests: ReceivedRequest[] = [];
  let waiters: { count: number; resolve: () => void }[] = [];
  let open = 0;

  const server = createServer((request, response) => {
    const receivedAt = performance.now();
    const chunks: Buffer[] = [];
    const aborted = Promise.withResolvers<number>();
    open++;
    response.once('close', () => {
      open--;
      if (!response.writableFinished) aborted.resolve(performance.now());
    });
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const received: ReceivedRequest = {
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        rawHeaders: request.rawHeaders,
        body: Buffer.concat(chunks).toString(),
        receivedAt,
        aborted: aborted.promise,
      };
      requests.push(received);
      waiters = waiters.filter(({ count, resolve }) => {
        if (requests.length < count) return true;
        resolve();
        return false;
      });
      upstream.respond(response, received);
    });
  });
  server.requestTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const upstream: ScriptedUpstream = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    get open() {
      return open;
    },
    respond,
    received: (count) =>
      requests.length >= count
        ? Promise.resolve()
        : new Promise((resolve) => waiters.push({ count, resolve })),
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return upstream;
}

/** Answers with a status, a body (an object becomes JSON, bytes stay bytes) and headers. */
export const reply =
  (status: number, body: unknown = '', headers: Record<string, string> = {}): Respond =>
  (response) => {
    const isRaw = typeof body === 'string' || Buffer.isBuffer(body);
    response.writeHead(status, headers).end(isRaw ? body : JSON.stringify(body));
  };

/** Never answers. */
export const silence: Respond = () => undefined;

/** Closes the connection without an answer. */
export const hangUp: Respond = (response) => void response.socket?.destroy();

/** Begins an answer with this status, and closes the connection in the middle of its body. */
export const breakingOff =
  (status: number): Respond =>
  (response) => {
    response.writeHead(status, { 'content-length': '100' });
    response.write('{', () => response.socket?.destroy());
  };

/** Gives the answers one after the other, the last one for ever. */
export const inTurn = (...responds: readonly Respond[]): Respond => {
  let turn = 0;
  return (response, request) => {
    const respond = responds[Math.min(turn++, responds.length - 1)];
    respond?.(response, request);
  };
};

import type { Socket } from 'node:net';
import { commonHeaders } from './common-headers.ts';
import type { KnownQuery } from './fast-path.ts';
import { writeHotAnswer } from './hot-answer.ts';
import { parseHotRequest, type HotRequest } from './hot-request.ts';
import type { HttpOperation, HttpTransport } from './http.ts';
import type { LoadShedding } from './load-shedding.ts';
import type { RefusalPace } from './refusal-pace.ts';
import { overloadRefusal, refusalAnswer } from './refusals.ts';
import { requestIdFrom } from './request-id.ts';

/** What the connections need. */
export interface HotConnectionsOptions {
  readonly http: HttpTransport;
  readonly loadShedding: LoadShedding;
  readonly refusalPace: RefusalPace;
  /** Whether nothing is to be refused but for load. */
  readonly isServing: () => boolean;
  readonly isHostValid: (host: string | undefined) => boolean;
  /** Whether answers differ by origin, which they have to say then: no request with one is answered here. */
  readonly hasOrigins: boolean;
  /** Gives a connection to Node's server, which finds in it whatever has come and is not answered. */
  readonly serve: (socket: Socket) => void;
  /** How long a connection may be idle between requests, and before the first. */
  readonly keepAliveMs: number;
  readonly firstByteMs: number;
}

/** The connections that Node's server has not been given yet. */
export interface HotConnections {
  accept(socket: Socket): void;
  /** Cuts all of them. */
  close(): void;
}

/** Node's server waits so much longer than it says. */
const keepAliveMarginMs = 1_000;

const refusal = refusalAnswer(overloadRefusal);

/**
 * Answers what nearly all requests are, known queries that come in one piece, right on their
 * connections: what Node's server makes for each request is a fifth of what a query costs, and more than
 * half of what it costs to refuse one. The first request that is anything else, or is malformed, is given to
 * Node's server untouched, and its connection with it for good.
 */
export function createHotConnections(options: HotConnectionsOptions): HotConnections {
  const { keepAliveMs, firstByteMs } = options;
  const open = new Set<HotConnection>();
  const longestIdleMs = Math.min(keepAliveMs, firstByteMs);
  const look = (): void => {
    const now = performance.now();
    for (const connection of open) connection.look(now);
  };
  // Timers come before sockets: after a stall of the process there may be requests, yet unread.
  const looking = setInterval(() => setImmediate(look), Math.min(1_000, longestIdleMs / 4));
  looking.unref();
  return {
    accept: (socket) => void open.add(new HotConnection(socket, options, open)),
    close() {
      clearInterval(looking);
      for (const connection of open) connection.destroy();
    },
  };
}

class HotConnection {
  readonly #socket: Socket;
  readonly #options: HotConnectionsOptions;
  readonly #open: Set<HotConnection>;
  #operation: HttpOperation | null = null;
  /** Of its answer, once that has begun. */
  #status: number | undefined;
  /** Whether a request is refused, but has not been told yet. */
  #isRefusing = false;
  /** What has come while another request is being answered or refused. */
  #later: Buffer | null = null;
  #hasSpoken = false;
  #idleSince = performance.now();

  constructor(socket: Socket, options: HotConnectionsOptions, open: Set<HotConnection>) {
    this.#socket = socket;
    this.#options = options;
    this.#open = open;
    socket.on('data', this.#onBytes).on('end', this.#onEnd);
    socket.on('error', ignore).on('close', this.#onClose);
  }

  /** Closes it when it has been idle for too long. A silent one is Node's to time out. */
  look(now: number): void {
    const { destroyed, writableLength } = this.#socket;
    if (this.#operation !== null || this.#isRefusing || destroyed || writableLength > 0) return;
    if (!this.#hasSpoken) this.#handOver(null);
    else if (now - this.#idleSince >= this.#options.keepAliveMs + keepAliveMarginMs) this.destroy();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  readonly #onBytes = (bytes: Buffer): void => {
    if (this.#operation === null && !this.#isRefusing) this.#take(bytes);
    else {
      this.#socket.pause();
      this.#later = this.#later ? Buffer.concat([this.#later, bytes]) : bytes;
    }
  };

  #take(bytes: Buffer): void {
    const { http, loadShedding, refusalPace, isServing, isHostValid } = this.#options;
    this.#hasSpoken = true;
    const request = isServing() ? parseHotRequest(bytes) : null;
    if (request === null || !isHostValid(request.headers['host'])) {
      this.#handOver(bytes);
      return;
    }
    const requestId = requestIdFrom(request.headers['x-request-id']);
    if (!loadShedding.admits()) {
      this.#isRefusing = true;
      refusalPace.refuse(this.#socket, () => this.#refuse(requestId));
      return;
    }
    const query = http.find(request);
    if (query === null) this.#handOver(bytes);
    else void this.#answer(request, bytes, query, requestId);
  }

  async #answer(
    request: HotRequest,
    bytes: Buffer,
    query: KnownQuery,
    requestId: string,
  ): Promise<void> {
    const { http, hasOrigins } = this.#options;
    const operation = http.begin(request, this.#socket, requestId);
    this.#operation = operation;
    const text = await query.run(operation.context, this.#socket);
    // Its client has left; while a socket closes, its operation is still to be ended.
    if (this.#operation !== operation || this.#socket.destroyed) {
      query.logBugs(this.#socket);
      return;
    }
    if (text === null) {
      // Begun anew by Node's server: nothing of it may be left here for a request to come.
      this.#operation = null;
      this.#handOver(this.#later ? Buffer.concat([bytes, this.#later]) : bytes);
      // Not before Node's server has read it: a drain that waits for nothing else would cut it.
      setImmediate(() => {
        operation.drop();
        query.logBugs(this.#socket); // where it has been refused
      });
      return;
    }
    const headers = commonHeaders(requestId);
    if (hasOrigins) headers.splice(2, 0, 'vary', 'Origin'); // behind the request's id, as for Yoga
    headers.push('Content-Type', query.type, 'content-length', String(Buffer.byteLength(text)));
    this.#status = 200;
    this.#write('200 OK', headers, text, this.#onWritten);
  }

  #refuse(requestId: string): void {
    this.#isRefusing = false;
    if (this.#socket.destroyed) return;
    const headers = [...refusal.head, 'x-request-id', requestId];
    if (this.#options.hasOrigins) headers.unshift('vary', 'Origin');
    if (this.#write('503 Service Unavailable', headers, refusal.body)) this.#takeLater();
    else {
      // Who does not read refusals is not read, either.
      this.#socket.pause();
      this.#socket.once('drain', () => {
        this.#socket.resume();
        this.#takeLater();
      });
    }
  }

  #write(
    status: '200 OK' | '503 Service Unavailable',
    headers: string[],
    body: string,
    onWritten?: (error?: Error | null) => void,
  ): boolean {
    const { keepAliveMs } = this.#options;
    const text = writeHotAnswer(status, headers, body, keepAliveMs);
    const isLatin1 = Buffer.byteLength(body) === body.length; // where they agree, it is the quicker
    this.#idleSince = performance.now();
    return this.#socket.write(text, isLatin1 ? 'latin1' : 'utf8', onWritten);
  }

  readonly #onWritten = (error?: Error | null): void => {
    if (error) return; // it closes
    this.#idleSince = performance.now(); // a large answer may have taken its time
    this.#endOperation(false);
    this.#takeLater();
  };

  #takeLater(): void {
    const later = this.#later;
    if (later === null) return;
    this.#later = null;
    this.#socket.resume();
    this.#take(later);
  }

  /** A client that ends its side has left, as it has for Node's server. */
  readonly #onEnd = (): void => {
    this.#endOperation(true);
    this.#socket.end();
  };

  readonly #onClose = (): void => {
    this.#open.delete(this);
    this.#endOperation(true);
  };

  #endOperation(hasLeft: boolean): void {
    const operation = this.#operation;
    const status = this.#status;
    this.#operation = null;
    this.#status = undefined;
    operation?.end(hasLeft, status);
  }

  #handOver(bytes: Buffer | null): void {
    const socket = this.#socket;
    this.#open.delete(this);
    socket.off('data', this.#onBytes).off('end', this.#onEnd);
    socket.off('error', ignore).off('close', this.#onClose);
    socket.pause();
    if (bytes !== null) socket.unshift(bytes);
    this.#options.serve(socket);
  }
}

/** It shows in that the connection closes. */
const ignore = (): void => undefined;

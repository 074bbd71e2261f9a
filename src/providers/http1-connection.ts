import type { Socket } from 'node:net';
import { ClosedError, type Connect } from './http-connect.ts';
import type { Exchange } from './http-exchange.ts';
import { Http1Reader } from './http1-reader.ts';
import type { Http1Request } from './http1-request.ts';

/** How long a connection is kept for another request when the peer does not say how long it keeps it. */
const keptMs = 4_000;

/** It is closed so much before the peer would close it, and not under a request. */
const marginMs = 2_000;

/** The longest that a peer is believed to keep it. */
const longestKeptMs = 600_000;

/** Who has opened a connection. */
export interface Http1ConnectionOwner {
  /** It can carry the next exchange. */
  onFree(connection: Http1Connection): void;
  /** It can carry nothing any more. */
  onClosed(connection: Http1Connection): void;
}

/** A connection to a peer, for one exchange at a time. It is opened for the first of them. */
export class Http1Connection {
  readonly #connect: Connect;
  readonly #owner: Http1ConnectionOwner;
  #socket: Socket | null = null;
  #exchange: Exchange | null = null;
  #reader: Http1Reader | null = null;
  #isRepeatable = true;
  #isClosed = false;
  #keptUntil = 0;

  constructor(connect: Connect, owner: Http1ConnectionOwner) {
    this.#connect = connect;
    this.#owner = owner;
  }

  /** Whether it can carry nothing any more. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Whether the peer may have grown tired of it: nothing should be sent over it any more. */
  isOverdue(now: number): boolean {
    return now >= this.#keptUntil;
  }

  /** Begins an exchange. However it ends but with a whole answer, the connection ends with it. */
  send(request: Http1Request, exchange: Exchange): void {
    this.#exchange = exchange;
    this.#reader = new Http1Reader(exchange);
    this.#isRepeatable = request.body === null;
    exchange.onEnded = this.#onEnded;
    if (this.#socket !== null) {
      this.#write(this.#socket, request);
      return;
    }
    this.#socket = this.#connect((socket, error) => {
      if (socket === null) exchange.lose(error ?? new ClosedError());
      else if (!this.#isClosed) {
        socket.on('end', this.#onEnd).on('error', this.#onLost).on('close', this.#onLost);
        this.#write(socket, request);
      }
    }, this.#onBytes);
  }

  /** Closes it, and ends what it carries. */
  destroy(): void {
    if (this.#exchange === null) this.#close();
    else this.#exchange.end('abort');
  }

  #write(socket: Socket, { head, body }: Http1Request): void {
    this.#exchange?.begin();
    if (body === null) {
      socket.write(head, 'latin1');
      return;
    }
    socket.cork();
    socket.write(head, 'latin1');
    socket.write(body, 'utf8');
    socket.uncork();
  }

  readonly #onBytes = (bytes: Buffer): void => {
    const exchange = this.#exchange;
    const reader = this.#reader;
    if (exchange === null || reader === null) {
      this.#close(); // nothing has been asked
      return;
    }
    const progress = reader.read(bytes);
    if (exchange.endedBy !== null) return; // what came was too much
    if (progress === 'whole') this.#complete(exchange, reader);
    else if (progress === 'garbage') exchange.end('garbage', 'not HTTP/1.1');
    else if (progress === 'switched') exchange.end('interim', 'protocol switched');
  };

  readonly #onEnd = (): void => {
    if (this.#exchange && this.#reader?.endsWithConnection) {
      this.#complete(this.#exchange, this.#reader);
    } else this.#onLost();
  };

  readonly #onLost = (error: unknown = null): void => {
    if (this.#exchange) this.#exchange.lose(error instanceof Error ? error : new ClosedError());
    else this.#close();
  };

  /** Is called by the exchange. Without a whole answer nobody knows what will come next. */
  readonly #onEnded = (): void => {
    if (this.#exchange?.endedBy != null) this.#close();
  };

  #complete(exchange: Exchange, reader: Http1Reader): void {
    this.#exchange = this.#reader = null;
    exchange.complete();
    const usableMs = reader.isReusable ? usableFor(reader.keepAliveSeconds) : 0;
    this.#keptUntil = performance.now() + usableMs;
    if (usableMs <= 0) this.#close();
    else if (this.#isRepeatable) this.#owner.onFree(this);
    // Some peers close it without a word: a GET would be sent again, but a POST must not find out. An
    // end that came together with the answer is read in the turn of the event loop after it.
    else setImmediate(() => setImmediate(() => this.#isClosed || this.#owner.onFree(this)));
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#exchange = this.#reader = null;
    this.#socket?.destroy();
    this.#owner.onClosed(this);
  }
}

const usableFor = (seconds: number | null): number =>
  seconds === null ? keptMs : Math.min(seconds * 1000 - marginMs, longestKeptMs);

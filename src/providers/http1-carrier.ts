import type { Exchange } from './http-exchange.ts';
import { createConnect, type Connect } from './http-connect.ts';
import type { Carrier, HttpMessage } from './http.ts';
import { Http1Connection, type Http1ConnectionOwner } from './http1-connection.ts';
import { writeHttp1Request, type Http1Request } from './http1-request.ts';

/** How a carrier is made. */
export interface Http1CarrierOptions {
  readonly baseUrl: URL;
  readonly connectTimeoutMs: number;
  /** Connections at the most; as many exchanges again may wait for one. Null: no limit. */
  readonly connections: number | null;
}

/**
 * How long an exchange may wait, of all its time. One that is sent with little time left would end as
 * the provider's failure, or as a one-time password that nobody knows of.
 */
const longestWait = 0.25;

/** Where there is no limit, so many connections are kept for later; more are closed by and by. */
const mostIdle = 256;

/** Between two looks for connections that have been idle for too long, or are too many. */
const intervalMs = 250;

/**
 * How many a look closes at the most: a part of all, but not fewer than these. When thousands of PINs are
 * set at once, closing as many connections there and then would take a fifth of the time until the last
 * subscriber knows. So 10,000 are closed within eight seconds, and 50,000 within twelve.
 */
const closedPart = 0.1;
const fewestClosed = 100;

/** An exchange that waits for a connection. */
interface Waiting {
  readonly request: Http1Request;
  readonly patience: NodeJS.Timeout;
}

/**
 * Carries exchanges over HTTP/1.1, one at a time on each connection. It is also the bulkhead: however
 * slow a provider becomes, no more exchanges than its own wait for it, and the next is refused at once.
 */
export class Http1Carrier implements Carrier, Http1ConnectionOwner {
  readonly #connect: Connect;
  readonly #host: string;
  readonly #most: number;
  readonly #mostIdle: number;
  readonly #connections = new Set<Http1Connection>();
  /** The last one used comes last, and is used first: the others may grow old and close. */
  #idle: Http1Connection[] = [];
  /** In the order in which they came. */
  readonly #waiting = new Map<Exchange, Waiting>();
  #looking: NodeJS.Timeout | null = null;
  #isDestroyed = false;

  constructor({ baseUrl, connectTimeoutMs, connections }: Http1CarrierOptions) {
    this.#connect = createConnect({
      origin: baseUrl,
      connectTimeoutMs,
      protocols: ['http/1.1'],
    });
    this.#host = baseUrl.host;
    this.#most = connections ?? Infinity;
    this.#mostIdle = connections ?? mostIdle;
  }

  send(message: HttpMessage, exchange: Exchange): void {
    if (exchange.endedBy !== null) return;
    if (this.#isDestroyed) {
      exchange.end('abort');
      return;
    }
    const request = writeHttp1Request(message, this.#host);
    const connection = this.#takeIdle() ?? this.#open();
    if (connection !== null) connection.send(request, exchange);
    else if (this.#waiting.size < this.#most) this.#wait(request, exchange);
    else exchange.refuse();
  }

  destroy(): Promise<void> {
    this.#isDestroyed = true;
    if (this.#looking !== null) clearInterval(this.#looking);
    for (const exchange of this.#waiting.keys()) exchange.end('abort');
    for (const connection of this.#connections) connection.destroy();
    return Promise.resolve();
  }

  onFree(connection: Http1Connection): void {
    const next = this.#takeWaiting();
    if (next !== null) {
      connection.send(...next);
      return;
    }
    this.#idle.push(connection);
    this.#looking ??= setInterval(() => this.#look(), intervalMs).unref();
  }

  onClosed(connection: Http1Connection): void {
    this.#connections.delete(connection); // if it is idle, a look forgets it
    const next = this.#takeWaiting();
    if (next !== null) this.#open()?.send(...next);
  }

  #takeIdle(): Http1Connection | null {
    let next = this.#idle.pop();
    while (next?.isClosed) next = this.#idle.pop();
    if (next === undefined) return null;
    if (!next.isOverdue(performance.now())) return next;
    next.destroy(); // which makes room for a new one; those before it are a look's to close
    return null;
  }

  #open(): Http1Connection | null {
    if (this.#connections.size >= this.#most) return null;
    const connection = new Http1Connection(this.#connect, this);
    this.#connections.add(connection);
    return connection;
  }

  /** Closes what has been idle for too long, and what is too much. */
  #look(): void {
    const now = performance.now();
    this.#idle = this.#idle.filter(({ isClosed }) => !isClosed);
    const surplus = this.#idle.length - this.#mostIdle;
    const closable = this.#idle.filter((idle, index) => index < surplus || idle.isOverdue(now));
    const mostClosed = Math.max(fewestClosed, this.#idle.length * closedPart);
    for (const connection of closable.slice(0, mostClosed)) connection.destroy();
    if (this.#idle.length > 0 || this.#looking === null) return;
    clearInterval(this.#looking);
    this.#looking = null;
  }

  #takeWaiting(): [Http1Request, Exchange] | null {
    for (const [exchange, { request, patience }] of this.#waiting) {
      clearTimeout(patience);
      this.#waiting.delete(exchange);
      return [request, exchange];
    }
    return null;
  }

  #wait(request: Http1Request, exchange: Exchange): void {
    const patience = setTimeout(() => exchange.refuse(), exchange.deadlineMs * longestWait);
    this.#waiting.set(exchange, { request, patience });
    exchange.onEnded = () => {
      clearTimeout(patience);
      this.#waiting.delete(exchange);
    };
  }
}

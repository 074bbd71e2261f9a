import type { Socket } from 'node:net';
import { buildConnector, Client } from 'undici';
import type { Exchange } from './http-exchange.ts';
import type { Carrier, HttpMessage } from './http.ts';

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

/** Where there is no limit, no more connections than this are kept for later. */
const mostIdle = 256;

/**
 * Carries exchanges over HTTP/1.1, one at a time on each connection. It is also the bulkhead: however
 * slow a provider becomes, no more exchanges than its own wait for it, and the next is refused at once.
 *
 * The connections are undici's clients without its pool, which looks through all of them for a free
 * one, and waits a turn of the event loop before it uses one again.
 */
export class Http1Carrier implements Carrier {
  readonly #origin: string;
  readonly #options: Client.Options;
  readonly #most: number;
  readonly #opening = new Set<Socket>();
  readonly #clients = new Set<Client>();
  /** The last one used comes first: the others may grow old and close. */
  readonly #idle: Client[] = [];
  /** In the order in which they came. */
  readonly #waiting = new Map<Exchange, { message: HttpMessage; patience: NodeJS.Timeout }>();

  constructor({ baseUrl, connectTimeoutMs, connections }: Http1CarrierOptions) {
    this.#origin = baseUrl.origin;
    this.#most = connections ?? Infinity;
    this.#options = {
      // One for all, so that a TLS session is resumed by the next connection.
      connect: this.#connectWith(buildConnector({ timeout: connectTimeoutMs, allowH2: false })),
      pipelining: 2, // never used as such: with 1 the client would wait that turn
      // Every exchange has a deadline of its own.
      headersTimeout: 0,
      bodyTimeout: 0,
    };
  }

  send(message: HttpMessage, exchange: Exchange): void {
    const client = this.#idle.pop() ?? this.#open();
    if (client !== null) this.#dispatch(client, message, exchange);
    else if (this.#waiting.size < this.#most) this.#wait(message, exchange);
    else exchange.refuse();
  }

  /** Knows the connections that are being opened: undici would leave them to their time-out. */
  #connectWith(connector: buildConnector.connector): buildConnector.connector {
    // It returns the socket, though its type does not say so.
    const open = connector as (...args: Parameters<typeof connector>) => Socket;
    return (options, callback) => {
      const done: buildConnector.Callback = (...result) => {
        this.#opening.delete(socket);
        callback(...result);
      };
      const socket = open(options, done);
      this.#opening.add(socket);
    };
  }

  async destroy(): Promise<void> {
    for (const socket of this.#opening) socket.destroy();
    for (const exchange of this.#waiting.keys()) exchange.end('abort');
    await Promise.all(Array.from(this.#clients, (client) => client.destroy()));
  }

  #open(): Client | null {
    if (this.#clients.size >= this.#most) return null;
    const client = new Client(this.#origin, this.#options);
    this.#clients.add(client);
    return client;
  }

  #wait(message: HttpMessage, exchange: Exchange): void {
    const patience = setTimeout(() => exchange.refuse(), exchange.deadlineMs * longestWait);
    this.#waiting.set(exchange, { message, patience });
    exchange.onEnded = () => {
      clearTimeout(patience);
      this.#waiting.delete(exchange);
    };
  }

  #dispatch(client: Client, message: HttpMessage, exchange: Exchange): void {
    const release = (): void => this.#release(client);
    // Not before undici itself is done with it: it may yet have to close the connection. Some servers
    // close it without a word; a GET is then sent again, a POST must not be the one to find out.
    exchange.onEnded = null;
    exchange.onReleased = () => {
      exchange.onReleased = null;
      if (message.method === 'GET') queueMicrotask(release);
      else setImmediate(release);
    };
    client.dispatch(message, exchange);
  }

  #release(client: Client): void {
    if (client.destroyed) return;
    for (const [exchange, { message, patience }] of this.#waiting) {
      clearTimeout(patience);
      this.#waiting.delete(exchange);
      this.#dispatch(client, message, exchange);
      return;
    }
    if (this.#idle.length < mostIdle || this.#most < Infinity) this.#idle.push(client);
    else {
      this.#clients.delete(client);
      client.close().catch(() => undefined); // it may be destroyed meanwhile
    }
  }
}

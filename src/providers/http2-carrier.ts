import { Cancellation } from '../cancellation.ts';
import { ClosedError } from './http-connect.ts';
import type { Exchange } from './http-exchange.ts';
import type { Carrier, HttpMessage } from './http.ts';
import { createConnectByAlpn, type Http2ConnectOptions } from './http2-connect.ts';
import { writeHttp2Get } from './http2-request.ts';
import { maxStreams, type Http2Session } from './http2-session.ts';

/** How a carrier is made. */
export interface Http2CarrierOptions extends Http2ConnectOptions {
  /** Carries what is no GET, and everything once the peer has turned out to speak HTTP/1.1 only. */
  readonly fallback: Carrier;
}

/** Connections that are being opened at the same time, once the peer is known to speak HTTP/2. */
const maxConnecting = 8;

/** How long a peer is taken to speak HTTP/1.1 only. */
const rememberMs = 60_000;

/** What is to be sent once there is a connection. */
interface Job {
  readonly message: HttpMessage;
  /** As HTTP/2 has them. */
  readonly fields: string;
}

/**
 * Carries exchanges over as many HTTP/2 sessions as they need. Nothing is repeated here: an exchange
 * on a connection that breaks has no answer, and whoever sent it knows whether to send it again.
 */
export function createHttp2Carrier({ fallback, ...options }: Http2CarrierOptions): Carrier {
  const connectByAlpn = createConnectByAlpn(options);
  const sessions = new Set<Http2Session>();
  /** Those of them that have room. */
  const open = new Set<Http2Session>();
  /** Those that wait for a connection, in the order in which they came. */
  const waiting = new Map<Exchange, Job>();
  let connecting = 0;
  let isHttp1 = false;
  const destroyed = new Cancellation();

  function note(session: Http2Session): void {
    if (session.isClosed) sessions.delete(session);
    if (session.hasRoom) open.add(session);
    else open.delete(session);
  }

  function onChange(session: Http2Session): void {
    note(session);
    place();
  }

  /** Begins those that wait where there is room for them. */
  function place(): void {
    for (const session of open) {
      while (session.hasRoom) {
        const [next] = waiting;
        if (next === undefined) return;
        waiting.delete(next[0]);
        session.send(next[1].fields, next[0]);
      }
      note(session);
    }
  }

  function work(): void {
    place();
    // One alone finds out what the peer speaks.
    const most = sessions.size === 0 ? 1 : maxConnecting;
    while (connecting < most && connecting * maxStreams < waiting.size) connect();
  }

  function connect(): void {
    connecting++;
    connectByAlpn(destroyed)
      .then(onConnected, onFailed)
      .finally(() => {
        connecting--;
        work();
      });
  }

  function onConnected(session: Http2Session | null): void {
    if (session === null) {
      // Behind a balancer one server may differ from the others, and each may be replaced.
      isHttp1 = sessions.size === 0;
      setTimeout(() => (isHttp1 = false), rememberMs).unref();
      for (const [exchange, { message }] of waiting) {
        waiting.delete(exchange);
        fallback.send(message, exchange);
      }
    } else if (destroyed.aborted) session.destroy();
    else if (session.hasRoom) {
      session.onChange = onChange;
      sessions.add(session);
      note(session);
    } else {
      session.destroy();
      onFailed(new ClosedError(session.closedBy ?? undefined)); // another one might do the same
    }
  }

  function onFailed(error: Error): void {
    place();
    // As many as would have been on this connection: others may be on their way.
    for (const exchange of [...waiting.keys()].slice(0, maxStreams)) exchange.lose(error);
  }

  return {
    send(message, exchange) {
      if (destroyed.aborted) {
        exchange.end('abort');
        return;
      }
      if (isHttp1 || message.method !== 'GET') {
        fallback.send(message, exchange);
        return;
      }
      const fields = writeHttp2Get(message, options.origin.host);
      const [session] = open;
      if (session && waiting.size === 0) {
        session.send(fields, exchange);
        note(session);
      } else {
        waiting.set(exchange, { message, fields });
        exchange.onEnded = () => waiting.delete(exchange);
        work();
      }
    },
    async destroy() {
      destroyed.abort();
      for (const exchange of waiting.keys()) exchange.end('abort');
      for (const session of sessions) session.destroy();
      await fallback.destroy();
    },
  };
}

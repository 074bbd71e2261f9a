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

/** An exchange that waits for a connection. */
interface Job {
  readonly message: HttpMessage;
  /** As HTTP/2 has them. */
  readonly fields: string;
  readonly exchange: Exchange;
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
  let jobs: Job[] = [];
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
    if (jobs.length > 0) place();
  }

  /** Begins those that wait where there is room for them. */
  function place(): void {
    jobs = jobs.filter(({ exchange }) => exchange.endedBy === null);
    for (const session of open) {
      while (session.hasRoom) {
        const job = jobs.shift();
        if (job === undefined) return;
        session.send(job.fields, job.exchange);
      }
      note(session);
    }
  }

  function work(): void {
    place();
    // One alone finds out what the peer speaks.
    const most = sessions.size === 0 ? 1 : maxConnecting;
    while (connecting < most && connecting * maxStreams < jobs.length) connect();
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
      for (const { message, exchange } of jobs.splice(0)) fallback.send(message, exchange);
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
    for (const { exchange } of jobs.splice(0, maxStreams)) exchange.lose(error);
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
      if (session && jobs.length === 0) {
        session.send(fields, exchange);
        note(session);
      } else {
        jobs.push({ message, fields, exchange });
        work();
      }
    },
    async destroy() {
      destroyed.abort();
      for (const { exchange } of jobs.splice(0)) exchange.end('abort');
      for (const session of sessions) session.destroy();
      await fallback.destroy();
    },
  };
}

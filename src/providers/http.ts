import type { Signal } from '../cancellation.ts';
import { Exchange } from './http-exchange.ts';
import { Http1Carrier } from './http1-carrier.ts';
import { createHttp2Carrier } from './http2-carrier.ts';

/** One request to a provider. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  /** Below the provider's base address, with a leading slash. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** When to give up, from now on. */
  readonly deadlineMs: number;
}

/** What ended an exchange before its answer was whole. `abort` is our own side leaving. */
export type HttpLoss = 'deadline' | 'network' | 'garbage' | 'size' | 'interim' | 'abort';

/** What came of a request. Nothing is thrown for anything that the network or the peer does. */
export type HttpOutcome =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly retryAfterSeconds: number | null;
      readonly body: string;
    }
  | {
      readonly kind: 'cut off';
      readonly status: number;
      readonly retryAfterSeconds: number | null;
      readonly by: HttpLoss;
      readonly reason: string;
    }
  | {
      readonly kind: 'no answer';
      readonly by: HttpLoss;
      /** For an operator to read: the code of the system, of TLS or of our own. */
      readonly reason: string;
      /** False when the peer can't have seen the request. */
      readonly sent: boolean;
    }
  | {
      /** By the gateway itself: nobody has been asked. */
      readonly kind: 'refused';
      readonly by: 'overloaded' | 'circuit open';
      readonly retryAfterSeconds: number;
    };

/** A pool of connections to one provider. */
export interface HttpClient extends AsyncDisposable {
  /** Sends `request`, once; redirects are not followed. */
  exchange(request: HttpRequest, signal: Signal): Promise<HttpOutcome>;
}

/** How a pool is made. */
export interface HttpClientOptions {
  /** http or https; a path in it goes in front of every request's path. */
  readonly baseUrl: URL;
  readonly connectTimeoutMs: number;
  /**
   * Requests under way at the most, each on a connection of its own. As many again may wait for one,
   * any more are refused. Null: no limit.
   */
  readonly connections: number | null;
  /** Whether many GETs may share a connection, where the peer can do that (HTTP/2 over TLS). */
  readonly http2?: boolean;
}

/** A request as it goes over the wire. */
export type HttpMessage = Readonly<Pick<HttpRequest, 'method' | 'path' | 'headers'>> & {
  readonly body: string | null;
};

/** Brings requests to the peer, and tells their exchanges what becomes of them. */
export interface Carrier {
  send(message: HttpMessage, exchange: Exchange): void;
  destroy(): Promise<void>;
}

/** Opens a pool. It connects when it is first used. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { baseUrl, connectTimeoutMs, http2 = false } = options;
  const http1 = new Http1Carrier(options);
  const carrier =
    http2 && baseUrl.protocol === 'https:'
      ? createHttp2Carrier({ origin: baseUrl, connectTimeoutMs, fallback: http1 })
      : http1;
  const basePath = baseUrl.pathname.replace(/\/+$/, '');

  return {
    exchange: ({ method, path, headers, body = null, deadlineMs }, signal) =>
      new Promise((resolve) => {
        const exchange = new Exchange(resolve, deadlineMs, signal);
        try {
          if (signal.aborted) exchange.end('abort');
          else carrier.send({ method, path: basePath + path, headers, body }, exchange);
        } catch (bug) {
          queueMicrotask(() => exchange.end('abort')); // once the promise has been rejected
          throw bug;
        }
      }),
    [Symbol.asyncDispose]: () => carrier.destroy(),
  };
}

import type { IncomingHttpHeaders } from 'node:http';
import { errors, Pool, type Dispatcher } from 'undici';
import { parseRetryAfter } from './retry-after.ts';

/** The largest body, in bytes, that a provider may answer with. */
const maxBodyBytes = 1024 * 1024;

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
      /** For an operator to read: the code of the system, of TLS or of undici, where there is one. */
      readonly reason: string;
      /** False when the peer can't have seen the request. */
      readonly sent: boolean;
    };

/** A pool of connections to one provider. */
export interface HttpClient extends AsyncDisposable {
  /** Sends `request`, once; redirects are not followed. */
  exchange(request: HttpRequest, signal: AbortSignal): Promise<HttpOutcome>;
}

/** How a pool is made. */
export interface HttpClientOptions {
  /** http or https; a path in it goes in front of every request's path. */
  readonly baseUrl: URL;
  readonly connectTimeoutMs: number;
  /** Connections at the most; null: as many as there are requests. */
  readonly connections: number | null;
}

/** Opens a pool. It connects when it is first used. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { baseUrl, connectTimeoutMs, connections } = options;
  const pool = new Pool(baseUrl.origin, {
    connections,
    pipelining: 1,
    allowH2: false,
    connect: { timeout: connectTimeoutMs },
    // Every exchange has a deadline of its own.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  const basePath = baseUrl.pathname.replace(/\/+$/, '');

  return {
    exchange: ({ method, path, headers, body, deadlineMs }, signal) =>
      new Promise((resolve) => {
        const exchange = new Exchange(resolve, deadlineMs, signal);
        if (signal.aborted) exchange.end('abort');
        else
          pool.dispatch({ method, path: basePath + path, headers, body: body ?? null }, exchange);
      }),
    [Symbol.asyncDispose]: () => pool.destroy(),
  };
}

/**
 * One exchange. It is undici's handler itself, without the stream and promise objects of
 * `pool.request()`, for two reasons: it is the only place that knows whether the request has left
 * (an OTP must never be asked for twice), and it is on the hot path.
 *
 * It may end before undici has begun: the deadline or the caller's departure then settles it, and
 * the request is stopped in `onRequestStart`, before a byte of it is written.
 */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #settle: (outcome: HttpOutcome) => void;
  readonly #signal: AbortSignal;
  readonly #deadline: NodeJS.Timeout;
  #controller: Dispatcher.DispatchController | null = null;
  #ended = false;
  #sent = false;
  #status = 0;
  #retryAfterSeconds: number | null = null;
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(settle: (outcome: HttpOutcome) => void, deadlineMs: number, signal: AbortSignal) {
    this.#settle = settle;
    this.#signal = signal;
    this.#deadline = setTimeout(() => this.end('deadline'), deadlineMs);
    signal.addEventListener('abort', this.#onAbort);
  }

  readonly #onAbort = (): void => this.end('abort');

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#ended) controller.abort(new Error('ended before it was sent'));
    else this.#sent = true;
  }

  onResponseStart(_: unknown, status: number, headers: IncomingHttpHeaders): void {
    this.#status = status;
    this.#retryAfterSeconds = parseRetryAfter(headers['retry-after']);
  }

  onResponseData(_: unknown, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > maxBodyBytes) this.end('size');
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    if (this.#ended) return;
    this.#close();
    const body = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks);
    this.#settle({
      kind: 'answer',
      status: this.#status,
      retryAfterSeconds: this.#retryAfterSeconds,
      body: body?.toString('utf8') ?? '',
    });
  }

  onResponseError(_: unknown, error: Error): void {
    this.end(lossOf(error), codeOf(error));
  }

  /** Ends the exchange before its answer is whole, and the upstream request with it. */
  end(by: HttpLoss, reason: string = by): void {
    if (this.#ended) return;
    this.#close();
    this.#controller?.abort(new Error(`ended by ${by}`));
    const status = this.#status;
    if (status >= 200) {
      const retryAfterSeconds = this.#retryAfterSeconds;
      this.#settle({ kind: 'cut off', status, retryAfterSeconds, by, reason });
    } else {
      // An interim answer (1xx) that the peer never followed up was meant as its final one.
      const interim = status !== 0 && (by === 'network' || by === 'garbage');
      this.#settle({ kind: 'no answer', by: interim ? 'interim' : by, reason, sent: this.#sent });
    }
  }

  #close(): void {
    this.#ended = true;
    clearTimeout(this.#deadline);
    this.#signal.removeEventListener('abort', this.#onAbort);
  }
}

/** What undici's error says of the connection. */
function lossOf(error: Error): HttpLoss {
  const code = codeOf(error);
  if (code.startsWith('UND_ERR_') && code.endsWith('_TIMEOUT')) return 'deadline';
  // undici's words for a 100 or a 101 that nobody asked for: it ends the connection at once.
  if (error.message === 'bad response' || error.message === 'bad upgrade') return 'interim';
  if (error instanceof errors.HTTPParserError || code === 'UND_ERR_HEADERS_OVERFLOW') {
    return 'garbage';
  }
  return 'network';
}

const codeOf = (error: Error): string =>
  'code' in error && typeof error.code === 'string' ? error.code : error.name;

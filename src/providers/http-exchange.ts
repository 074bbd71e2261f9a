import type { IncomingHttpHeaders } from 'node:http';
import { errors, type Dispatcher } from 'undici';
import type { Signal } from '../cancellation.ts';
import type { HttpLoss, HttpOutcome } from './http.ts';
import { parseRetryAfter } from './retry-after.ts';

/** The largest body, in bytes, that a provider may answer with. */
const maxBodyBytes = 1024 * 1024;

/** What carries an exchange, and can be told to stop. */
interface Stoppable {
  abort(reason: Error): void;
}

/**
 * One exchange. It is undici's handler itself, without the stream and promise objects of
 * `pool.request()`, for two reasons: it is the only place that knows whether the request has left
 * (an OTP must never be asked for twice), and it is on the hot path.
 *
 * It may end before undici has begun: the deadline or the caller's departure then settles it, and
 * the request is stopped in `onRequestStart`, before a byte of it is written.
 *
 * The HTTP/2 side tells it what happens by the same methods.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #settle: (outcome: HttpOutcome) => void;
  readonly #signal: Signal;
  readonly #deadline: NodeJS.Timeout;
  /** All its time, from the moment it was made. */
  readonly deadlineMs: number;
  #controller: Stoppable | null = null;
  #ended = false;
  #endedBy: HttpLoss | null = null;
  #sent = false;
  #status = 0;
  #retryAfterSeconds: number | null = null;
  #chunks: Buffer[] = [];
  #bytes = 0;
  /** Is called once, when it ends, however it ends. */
  onEnded: (() => void) | null = null;
  /** Is called once undici is done with it, which may be a while after it has ended. */
  onReleased: (() => void) | null = null;

  constructor(settle: (outcome: HttpOutcome) => void, deadlineMs: number, signal: Signal) {
    this.#settle = settle;
    this.deadlineMs = deadlineMs;
    this.#signal = signal;
    // Timers come before sockets: after a stall of the process the answer may be there, unread.
    this.#deadline = setTimeout(() => setImmediate(() => this.end('deadline')), deadlineMs);
    signal.addEventListener('abort', this.#onAbort);
  }

  readonly #onAbort = (): void => this.end('abort');

  /** What has ended it; null while it goes on, and when its answer is whole. */
  get endedBy(): HttpLoss | null {
    return this.#endedBy;
  }

  onRequestStart(controller: Stoppable): void {
    this.#controller = controller;
    if (this.#ended) controller.abort(new Error('ended before it was sent'));
    else this.#sent = true;
  }

  onResponseStart(_: unknown, status: number, headers: IncomingHttpHeaders): void {
    this.#status = status;
    this.#retryAfterSeconds = parseRetryAfter(headers['retry-after']);
  }

  onResponseData(_: unknown, chunk: Buffer): void {
    if (this.#ended) return; // what is still on its way when a stream is reset
    this.#bytes += chunk.length;
    if (this.#bytes > maxBodyBytes) this.end('size');
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.onReleased?.();
    if (this.#ended) return;
    this.#close();
    const [first] = this.#chunks;
    const body = this.#chunks.length > 1 ? Buffer.concat(this.#chunks) : first;
    this.#settle({
      kind: 'answer',
      status: this.#status,
      retryAfterSeconds: this.#retryAfterSeconds,
      body: body?.toString('utf8') ?? '',
    });
  }

  onResponseError(_: unknown, error: Error): void {
    this.onReleased?.();
    this.end(lossOf(error), codeOf(error));
  }

  /** Ends the exchange before its answer is whole, and the upstream request with it. */
  end(by: HttpLoss, reason: string = by): void {
    if (this.#ended) return;
    this.#close();
    this.#endedBy = by;
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

  /** Ends it before it has begun, because too many others are before it. */
  refuse(): void {
    if (this.#ended) return;
    this.#close();
    this.#settle({ kind: 'refused', by: 'overloaded', retryAfterSeconds: 1 });
  }

  #close(): void {
    this.#ended = true;
    clearTimeout(this.#deadline);
    this.#signal.removeEventListener('abort', this.#onAbort);
    this.onEnded?.();
  }
}

/** What undici's error says of the connection. */
function lossOf(error: Error): HttpLoss {
  const code = codeOf(error);
  if (code.startsWith('UND_ERR_') && code.endsWith('_TIMEOUT')) return 'deadline';
  // undici's words for a 100 or a 101 that nobody asked for: it ends the connection at once.
  if (error.message === 'bad response' || error.message === 'bad upgrade') return 'interim';
  if (error instanceof errors.HTTPParserError || isGarbage.has(code)) return 'garbage';
  return 'network';
}

/** ERR_HTTP2_ERROR: the peer has broken the rules of HTTP/2. */
const isGarbage = new Set(['UND_ERR_HEADERS_OVERFLOW', 'ERR_HTTP2_ERROR']);

const codeOf = (error: Error): string =>
  'code' in error && typeof error.code === 'string' ? error.code : error.name;

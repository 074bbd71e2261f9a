import type { Signal } from '../cancellation.ts';
import { ConnectTimeoutError } from './http-connect.ts';
import type { HttpLoss, HttpOutcome } from './http.ts';
import { parseRetryAfter } from './retry-after.ts';

/** The largest body, in bytes, that a provider may answer with. */
const maxBodyBytes = 1024 * 1024;

/** The most pieces that it may come in: keeping one takes more than a hundred bytes. */
const maxPieces = 16_384;

/**
 * One exchange: a request, and what its connection tells of the answer. It has no streams and only one
 * promise, its caller's, since it is on the hot path; and it is the only place that knows whether the
 * request has left: an OTP must never be asked for twice.
 *
 * It may end before its connection has begun: by its deadline, or because the caller has left.
 */
export class Exchange {
  readonly #settle: (outcome: HttpOutcome) => void;
  readonly #signal: Signal;
  readonly #deadline: NodeJS.Timeout;
  /** All its time, from the moment it was made. */
  readonly deadlineMs: number;
  #hasEnded = false;
  #endedBy: HttpLoss | null = null;
  #sent = false;
  #status = 0;
  #retryAfterSeconds: number | null = null;
  #chunks: Buffer[] = [];
  #bytes = 0;
  /** Is called once, when it ends, however it ends: by who carries it, to stop what is under way. */
  onEnded: (() => void) | null = null;

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

  /** From now on the peer may have seen the request. */
  begin(): void {
    this.#sent = true;
  }

  /** The head of an answer, or of one that only heralds it (1xx). */
  receiveHead(status: number, retryAfter: string | undefined): void {
    this.#status = status;
    this.#retryAfterSeconds = parseRetryAfter(retryAfter);
  }

  /** The next bytes of the body, which are the exchange's to keep. */
  receiveData(chunk: Buffer): void {
    if (this.#hasEnded) return; // what is still on its way when a stream is reset
    this.#bytes += chunk.length;
    if (this.#bytes > maxBodyBytes || this.#chunks.length >= maxPieces) this.end('size');
    else this.#chunks.push(chunk);
  }

  /** The answer is whole. */
  complete(): void {
    if (this.#hasEnded) return;
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

  /** The connection did not come about, or was lost. */
  lose(error: Error): void {
    this.end(lossOf(error), codeOf(error));
  }

  /** Ends the exchange before its answer is whole, and what carries it with it. */
  end(by: HttpLoss, reason: string = by): void {
    if (this.#hasEnded) return;
    this.#endedBy = by;
    this.#close();
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
    if (this.#hasEnded) return;
    this.#close();
    this.#settle({ kind: 'refused', by: 'overloaded', retryAfterSeconds: 1 });
  }

  #close(): void {
    this.#hasEnded = true;
    clearTimeout(this.#deadline);
    this.#signal.removeEventListener('abort', this.#onAbort);
    this.onEnded?.();
  }
}

const lossOf = (error: Error): HttpLoss =>
  error instanceof ConnectTimeoutError ? 'deadline' : 'network';

const codeOf = (error: Error): string =>
  'code' in error && typeof error.code === 'string' ? error.code : error.name;

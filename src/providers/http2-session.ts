import type { Socket } from 'node:net';
import type { Exchange } from './http-exchange.ts';
import { Http2Connection, widenAfterBytes, type Http2ConnectionOwner } from './http2-connection.ts';
import type { Http2Fields } from './http2-fields.ts';
import { errorCode } from './http2-frames.ts';
import { Http2Stream } from './http2-stream.ts';
import { PacedResets } from './paced-resets.ts';

/**
 * Streams in one session at the most: few enough that one lost connection matters little; many enough
 * that the connections themselves cost nothing.
 */
export const maxStreams = 200;

/** How long a session without streams is kept. */
const idleMs = 4_000;

/** One HTTP/2 connection to a peer, and the exchanges on it. */
export class Http2Session implements Http2ConnectionOwner {
  readonly #connection: Http2Connection;
  readonly #streams = new Map<number, Http2Stream>();
  readonly #resets = new PacedResets((streamId) => this.#reset(streamId));
  /** How many of the streams nobody waits for any more. */
  #givenUp = 0;
  #isRetired = false;
  #goodbye: string | null = null;
  #closedBy: string | null = null;
  #idleTimer: NodeJS.Timeout | undefined;
  /** Is called when {@link hasRoom} or {@link isClosed} may have changed. */
  onChange: ((session: Http2Session) => void) | null = null;

  /** @param socket connected, and what comes over it is given to {@link read} */
  constructor(socket: Socket) {
    this.#connection = new Http2Connection(socket, this);
  }

  /** Whether one more exchange can begin here. A peer that allows none may refuse one, and so say so. */
  get hasRoom(): boolean {
    const { isReady, isExhausted, peerMaxStreams } = this.#connection;
    const isUsable = isReady && !isExhausted && !this.#isRetired;
    return isUsable && this.#streams.size < Math.max(1, Math.min(maxStreams, peerMaxStreams));
  }

  get isClosed(): boolean {
    return this.#connection.isClosed;
  }

  /** Why it is closed, for an operator to read; null while it is not. */
  get closedBy(): string | null {
    return this.#closedBy;
  }

  /** Takes what has come over the connection. */
  read(bytes: Buffer): void {
    this.#connection.read(bytes);
  }

  /**
   * Begins an exchange.
   *
   * @param fields of a GET, as `writeHttp2Get` gives them
   */
  send(fields: string, exchange: Exchange): void {
    exchange.begin();
    const stream = new Http2Stream(this.#connection.send(fields), exchange);
    this.#streams.set(stream.id, stream);
    clearTimeout(this.#idleTimer);
    exchange.onEnded = () => this.#onEnded(stream);
  }

  /** Gives everything up. */
  destroy(): void {
    this.#connection.close();
  }

  onSettings(): void {
    if (this.#streams.size === 0 && this.#idleTimer === undefined) this.#closeWhenIdle();
    this.onChange?.(this);
  }

  isOpen(streamId: number): boolean {
    return this.#streams.has(streamId);
  }

  onFields(streamId: number, fields: Http2Fields | 'malformed', isLast: boolean): void {
    const stream = this.#take(streamId, isLast);
    if (stream === undefined) return; // it has been reset meanwhile
    const isFine = fields !== 'malformed' && stream.receiveFields(fields, isLast);
    this.#progress(stream, isFine, isLast);
  }

  onData(streamId: number, data: Buffer, size: number, isLast: boolean): void {
    const stream = this.#take(streamId, isLast);
    if (stream === undefined) return;
    const isFine = stream.receiveData(data, isLast);
    this.#progress(stream, isFine, isLast);
    stream.consumedBytes += size;
    if (isLast || stream.isGivenUp || stream.consumedBytes < widenAfterBytes) return;
    this.#connection.widenWindow(streamId, stream.consumedBytes);
    stream.consumedBytes = 0;
  }

  onReset(streamId: number, code: number): void {
    const stream = this.#take(streamId, true);
    if (stream === undefined) return;
    stream.exchange.end('network', `HTTP2_RESET_${code}`);
    this.#changed();
  }

  onGoaway(lastStreamId: number, code: number): void {
    this.#goodbye = `HTTP2_GOAWAY_${code}`;
    for (const id of this.#streams.keys()) {
      if (id > lastStreamId) this.#take(id, true)?.exchange.end('network', this.#goodbye);
    }
    this.#retire();
  }

  onClosed(by: 'network' | 'garbage' | 'abort', reason: string): void {
    clearTimeout(this.#idleTimer);
    this.#resets.stop();
    this.#isRetired = true;
    this.#closedBy = by === 'garbage' ? reason : (this.#goodbye ?? reason);
    const streams = [...this.#streams.values()];
    this.#streams.clear();
    for (const { exchange } of streams) exchange.end(by, this.#closedBy);
    this.onChange?.(this);
  }

  /** The stream of this number, which is no more where this is its end; undefined: it was that already. */
  #take(streamId: number, isLast: boolean): Http2Stream | undefined {
    const stream = this.#streams.get(streamId);
    if (stream === undefined || !isLast) return stream;
    this.#streams.delete(streamId);
    if (stream.isGivenUp) this.#givenUp--;
    return stream;
  }

  /** Ends an exchange whose answer is whole, or against HTTP. */
  #progress(stream: Http2Stream, isFine: boolean, isLast: boolean): void {
    if (!isFine) stream.exchange.end('garbage', 'not HTTP/2');
    else if (isLast) stream.exchange.complete();
    if (isLast) this.#changed();
  }

  /** Is called by an exchange. Its stream is given up at the pace that the peer can be expected to bear. */
  #onEnded({ id, exchange, isGivenUp }: Http2Stream): void {
    if (!isGivenUp || !this.#streams.has(id)) return;
    this.#givenUp++;
    // On a connection that is dead every exchange would wait for its deadline, the next one first of all.
    if (exchange.endedBy === 'deadline') this.#isRetired = true;
    this.#resets.reset(id);
    // Where resets have to wait, those of further streams would, too.
    if (this.#resets.areWaiting) this.#isRetired = true;
    if (this.#isRetired) this.#changed();
  }

  /** Whether there was anything left to reset. */
  #reset(streamId: number): boolean {
    const stream = this.#take(streamId, true);
    if (stream === undefined) return false;
    const isGarbage = stream.exchange.endedBy === 'garbage';
    this.#connection.reset(streamId, isGarbage ? errorCode.protocol : errorCode.cancel);
    this.#changed();
    return true;
  }

  /** Begins nothing new here. */
  #retire(): void {
    this.#isRetired = true;
    this.#changed();
  }

  /** The streams, or whether there may be more of them, have changed. */
  #changed(): void {
    this.#closeWhenIdle();
    this.onChange?.(this);
  }

  #closeWhenIdle(): void {
    if (this.#streams.size > this.#givenUp || this.isClosed) return;
    clearTimeout(this.#idleTimer);
    if (this.#isRetired) this.destroy();
    else this.#idleTimer = setTimeout(() => this.destroy(), idleMs).unref();
  }
}

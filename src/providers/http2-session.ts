import type { Socket } from 'node:net';
import type { Exchange } from './http-exchange.ts';
import { allowanceBytes, Http2Connection, type Http2ConnectionOwner } from './http2-connection.ts';
import type { Http2Fields } from './http2-fields.ts';
import { Http2Stream } from './http2-stream.ts';
import { PacedResets } from './paced-resets.ts';

/**
 * Streams in one session at the most: few enough that all of them may be reset at once, and that one
 * lost connection matters little; many enough that the connections themselves cost nothing.
 */
export const maxStreams = 200;

/** How long a session without streams is kept. */
const idleMs = 4_000;

/** One HTTP/2 connection to a peer, and the exchanges on it. */
export class Http2Session implements Http2ConnectionOwner {
  readonly #connection: Http2Connection;
  readonly #streams = new Map<number, Http2Stream>();
  readonly #resets = new PacedResets((streamId) => this.#reset(streamId));
  #isRetired = false;
  #idleTimer: NodeJS.Timeout | undefined;
  /** Is called when {@link hasRoom} or {@link isClosed} may have changed. */
  onChange: ((session: Http2Session) => void) | null = null;

  /** @param socket connected, and what comes over it is given to {@link read} */
  constructor(socket: Socket) {
    this.#connection = new Http2Connection(socket, this);
    this.#closeWhenIdle();
  }

  /** Whether one more exchange can begin here. A peer that allows none may refuse one, and so say so. */
  get hasRoom(): boolean {
    const { isReady, isExhausted, maxStreams: allowed } = this.#connection;
    const isUsable = isReady && !isExhausted && !this.#isRetired;
    return isUsable && this.#streams.size < Math.max(1, Math.min(maxStreams, allowed));
  }

  get isClosed(): boolean {
    return this.#connection.isClosed;
  }

  /** Takes what has come over the connection. */
  read(bytes: Buffer): void {
    this.#connection.read(bytes);
  }

  /**
   * Begins an exchange.
   *
   * @param block the fields of a GET, as `writeHttp2Get` gives them
   */
  send(block: string, exchange: Exchange): void {
    exchange.begin();
    const stream = new Http2Stream(this.#connection.send(block), exchange);
    this.#streams.set(stream.id, stream);
    clearTimeout(this.#idleTimer);
    exchange.onEnded = () => this.#onEnded(stream);
  }

  /** Gives everything up. */
  destroy(): void {
    this.#connection.close();
  }

  onSettings(): void {
    this.#changed();
  }

  onFields(streamId: number, fields: Http2Fields | 'malformed', isLast: boolean): void {
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return; // it has been reset meanwhile
    const isFine = fields !== 'malformed' && stream.receiveFields(fields, isLast);
    this.#progress(stream, isFine, isLast);
  }

  onData(streamId: number, data: Buffer, size: number, isLast: boolean): void {
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return;
    const isFine = stream.receiveData(data, isLast);
    this.#progress(stream, isFine, isLast);
    stream.unallowedBytes += size;
    if (stream.exchange.endedBy !== null || stream.unallowedBytes < allowanceBytes) return;
    this.#connection.allow(streamId, stream.unallowedBytes);
    stream.unallowedBytes = 0;
  }

  onReset(streamId: number, code: number): void {
    this.#lose(streamId, `HTTP2_RESET_${code}`);
    this.#changed();
  }

  onGoaway(lastStreamId: number): void {
    for (const id of this.#streams.keys()) {
      if (id > lastStreamId) this.#lose(id, 'HTTP2_GOAWAY');
    }
    this.#retire();
  }

  onClosed(by: 'network' | 'garbage', reason: string): void {
    clearTimeout(this.#idleTimer);
    this.#resets.stop();
    this.#isRetired = true;
    const streams = [...this.#streams.values()];
    this.#streams.clear();
    for (const { exchange } of streams) exchange.end(by, reason);
    this.onChange?.(this);
  }

  /** Ends a stream whose answer is whole, or against HTTP. */
  #progress(stream: Http2Stream, isFine: boolean, isLast: boolean): void {
    if (isLast) this.#streams.delete(stream.id);
    if (!isFine) stream.exchange.end('garbage', 'not HTTP/2');
    else if (isLast) stream.exchange.complete();
    if (isLast) this.#changed();
  }

  #lose(streamId: number, reason: string): void {
    const stream = this.#streams.get(streamId);
    this.#streams.delete(streamId);
    stream?.exchange.end('network', reason);
  }

  /** Is called by an exchange. Its stream is given up at the pace that the peer can be expected to bear. */
  #onEnded({ id, exchange }: Http2Stream): void {
    if (exchange.endedBy === null || !this.#streams.has(id)) return;
    this.#resets.reset(id);
    // On a connection that is dead every exchange would wait for its deadline.
    if (exchange.endedBy === 'deadline') this.#retire();
  }

  /** Whether there was anything left to reset. */
  #reset(streamId: number): boolean {
    if (!this.#streams.delete(streamId)) return false;
    this.#connection.reset(streamId);
    this.#changed();
    return true;
  }

  /** Begins nothing new here. */
  #retire(): void {
    this.#isRetired = true;
    this.#changed();
  }

  #changed(): void {
    this.#closeWhenIdle();
    this.onChange?.(this);
  }

  #closeWhenIdle(): void {
    if (this.#streams.size > 0 || this.isClosed) return;
    clearTimeout(this.#idleTimer);
    if (this.#isRetired) this.destroy();
    else this.#idleTimer = setTimeout(() => this.destroy(), idleMs).unref();
  }
}

import {
  constants,
  sensitiveHeaders,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
} from 'node:http2';
import type { Exchange } from './http-exchange.ts';
import type { HttpMessage } from './http.ts';
import { PacedResets } from './paced-resets.ts';

/**
 * Streams in one session at the most: few enough that all of them may be reset at once, and that one
 * lost connection matters little; many enough that the connections themselves cost nothing.
 */
export const maxStreams = 200;

/** How long a session without streams is kept. */
const idleMs = 4_000;

/** One HTTP/2 connection to a peer, and the exchanges on it. */
export class Http2Session {
  readonly #session: ClientHttp2Session;
  readonly #authority: string;
  readonly #onChange: (session: Http2Session) => void;
  readonly #resets = new PacedResets();
  #streams = 0;
  #isRetired = false;
  #idleTimer: NodeJS.Timeout | undefined;

  /** @param onChange called when {@link hasRoom} or {@link isClosed} may have changed */
  constructor(
    session: ClientHttp2Session,
    authority: string,
    onChange: (session: Http2Session) => void,
  ) {
    this.#authority = authority;
    this.#session = session;
    this.#onChange = onChange;
    const retire = (): void => this.#retire();
    // Why a session breaks is told to each of its streams.
    session.on('error', retire).on('goaway', retire).on('close', retire);
    session.on('remoteSettings', () => onChange(this));
    this.#closeWhenIdle();
  }

  /** Whether one more exchange can begin here. */
  get hasRoom(): boolean {
    const { maxConcurrentStreams = maxStreams } = this.#session.remoteSettings;
    const limit = Math.max(1, Math.min(maxStreams, maxConcurrentStreams));
    return !this.#isRetired && this.#streams < limit;
  }

  get isClosed(): boolean {
    return this.#session.destroyed;
  }

  /** Begins an exchange. */
  send({ method, path, headers, body }: HttpMessage, exchange: Exchange): void {
    const head = {
      ':method': method,
      ':path': path,
      ':authority': this.#authority,
      ':scheme': 'https',
      ...headers,
      [sensitiveHeaders]: sensitive,
    };
    let stream: CarryingStream;
    try {
      stream = this.#session.request(head, { endStream: body === null });
    } catch (error) {
      this.#retire();
      exchange.lose(error as Error);
      return;
    }
    clearTimeout(this.#idleTimer);
    this.#streams++;
    stream[carried] = new Carried(this, stream, exchange);
    exchange.onEnded = stream[carried].onEnded;
    stream.on('headers', onHead).on('response', onHead).on('data', onData);
    stream.on('end', onEnd).on('error', onError).on('close', onClose);
    exchange.begin();
    if (body !== null) stream.end(body);
  }

  /** Gives a stream up, at the pace that the peer can be expected to bear. */
  stop(stream: ClientHttp2Stream, isSilent: boolean): void {
    this.#resets.reset(stream);
    // On a connection that is dead every exchange would wait for its deadline.
    if (isSilent) this.#retire();
  }

  /** A stream has closed. */
  release(): void {
    this.#streams--;
    this.#closeWhenIdle();
    this.#onChange(this);
  }

  /** Gives everything up. */
  destroy(): void {
    clearTimeout(this.#idleTimer);
    this.#resets.stop();
    this.#session.destroy();
  }

  /** Begins nothing new here. */
  #retire(): void {
    this.#isRetired = true;
    this.#closeWhenIdle();
    this.#onChange(this);
  }

  #closeWhenIdle(): void {
    if (this.#streams > 0) return;
    clearTimeout(this.#idleTimer);
    if (this.#isRetired) this.destroy();
    else this.#idleTimer = setTimeout(() => this.destroy(), idleMs).unref();
  }
}

/** Never indexed, so that no connection's compression table holds a credential. */
const sensitive = ['authorization'];

const carried = Symbol('carried');

type CarryingStream = ClientHttp2Stream & { [carried]?: Carried };

/** What a stream carries. It hangs on the stream, so that all of them share their listeners. */
class Carried {
  readonly session: Http2Session;
  readonly stream: ClientHttp2Stream;
  readonly exchange: Exchange;
  /** How many bytes of the body are still to come, where the peer has said how many there are. */
  missingBytes: number | null = null;

  constructor(session: Http2Session, stream: ClientHttp2Stream, exchange: Exchange) {
    this.session = session;
    this.stream = stream;
    this.exchange = exchange;
  }

  /** Is called by the exchange. */
  readonly onEnded = (): void => {
    const { endedBy } = this.exchange;
    if (endedBy !== null) this.session.stop(this.stream, endedBy === 'deadline');
  };
}

function onHead(this: CarryingStream, headers: IncomingHttpHeaders): void {
  const { [carried]: state } = this;
  if (!state) return;
  const length = headers['content-length'];
  state.missingBytes = length === undefined ? null : Number(length);
  state.exchange.receiveHead(Number(headers[':status']), headers['retry-after']);
}

function onData(this: CarryingStream, chunk: Buffer): void {
  const { [carried]: state } = this;
  if (!state) return;
  if (state.missingBytes !== null) state.missingBytes -= chunk.length;
  state.exchange.receiveData(chunk);
}

function onEnd(this: CarryingStream): void {
  const { [carried]: state } = this;
  // A stream that the peer resets ends, too; without a code only the length can tell.
  const isWhole = this.rstCode === constants.NGHTTP2_NO_ERROR && !state?.missingBytes;
  if (isWhole) state?.exchange.complete();
}

function onError(this: CarryingStream, error: Error): void {
  this[carried]?.exchange.lose(error);
}

function onClose(this: CarryingStream): void {
  const { exchange, session } = this[carried] ?? {};
  exchange?.lose(new StreamResetError(`reset with ${this.rstCode}`));
  session?.release();
}

/** The peer has given up a stream without saying what is wrong. */
class StreamResetError extends Error {
  readonly code = 'ERR_HTTP2_STREAM_ERROR';
}

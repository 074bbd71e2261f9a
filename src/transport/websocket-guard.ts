import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { ClientLimits } from './client-limits.ts';

/** A client may send as much at once as on average in so many seconds. */
const burstSeconds = 10;

/** The frame of a ping or pong from a client beside what it carries (RFC 6455, 5.2). */
const controlFrameBytes = 6;

/** The close code for a client that sends too much: as HTTP's 429. */
const tooManyMessages = 4429;

/** Parts with a client that sends too much, too slowly, or is no longer there. */
export class WebSocketGuard {
  readonly #socket: WebSocket;
  readonly #transport: Socket;
  readonly #limits: ClientLimits;
  /** False from a ping until its pong. */
  #isAlive = true;
  /** How many messages it may still send (a token bucket). */
  #left: number;
  #countedAt = performance.now();
  /** The bytes of whole messages so far; whatever else has come is the beginning of one. */
  #wholeBytes: number;
  #unfinishedSince: number | null = null;

  /**
   * @param transport below the WebSocket
   * @param headBytes what came together with the upgrade
   */
  constructor(socket: WebSocket, transport: Socket, headBytes: number, limits: ClientLimits) {
    this.#socket = socket;
    this.#transport = transport;
    this.#limits = limits;
    this.#left = limits.maxMessagesPerSecond * burstSeconds;
    this.#wholeBytes = transport.bytesRead - headBytes;
    socket.on('ping', (payload) => this.#countControl(payload));
    socket.on('pong', (payload) => {
      this.#isAlive = true;
      this.#countControl(payload);
    });
  }

  /** Counts a message; false, and the socket closed, when it is one too many. */
  countMessage(): boolean {
    this.#wholeBytes = this.#transport.bytesRead;
    this.#unfinishedSince = null;
    return this.#count();
  }

  /** Pings the client; cuts it when it has not answered the ping before. */
  pingOrTerminate(): void {
    if (!this.#isAlive) {
      this.#socket.terminate();
      return;
    }
    this.#isAlive = false;
    this.#socket.ping();
  }

  /** Cuts a client that has been at a message for longer than it may, unless it is we who do not read. */
  terminateIfOverdue(now: number): void {
    const isWhole = this.#transport.bytesRead <= this.#wholeBytes;
    if (isWhole || this.#socket.isPaused) this.#unfinishedSince = null;
    else this.#unfinishedSince ??= now;
    if (this.#unfinishedSince === null) return;
    if (now - this.#unfinishedSince >= this.#limits.requestTimeoutMs) this.#socket.terminate();
  }

  /** Pings and pongs may come in the middle of a message. */
  #countControl(payload: Buffer): void {
    this.#wholeBytes += controlFrameBytes + payload.length;
    this.#count();
  }

  #count(): boolean {
    const { maxMessagesPerSecond } = this.#limits;
    const now = performance.now();
    const earned = ((now - this.#countedAt) / 1000) * maxMessagesPerSecond;
    this.#left = Math.min(this.#left + earned, maxMessagesPerSecond * burstSeconds);
    this.#countedAt = now;
    if (this.#left >= 1) {
      this.#left--;
      return true;
    }
    this.#socket.close(tooManyMessages, 'Too many messages');
    return false;
  }
}

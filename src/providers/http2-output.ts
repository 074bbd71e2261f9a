import type { Socket } from 'node:net';
import { errorCode, writeFrame, type Http2ErrorCode } from './http2-frames.ts';

/** The most that may wait to be written: a peer that makes us answer but doesn't read is cut off. */
const maxUnsentBytes = 1024 * 1024;

/** How long what has been said last may take to leave; a peer that doesn't read would keep it for ever. */
const lingerMs = 1_000;

/** What is sent over a connection: all of a turn of the event loop in one piece. */
export class Http2Output {
  readonly #socket: Socket;
  #frames = '';
  #isClosed = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Sends a frame: its payload, and all else, in Latin-1. */
  write(type: number, flags: number, streamId: number, payload?: string): void {
    this.writeBytes(writeFrame(type, flags, streamId, payload));
  }

  /** Sends what is no frame. */
  writeBytes(bytes: string): void {
    if (this.#isClosed) return;
    if (this.#frames === '') setImmediate(() => this.#flush());
    this.#frames += bytes;
  }

  /** Sends what the peer has made us send, and says so when it does not read that. */
  answer(type: number, flags: number, payload?: string): Http2ErrorCode {
    this.write(type, flags, 0, payload);
    const unsent = this.#frames.length + this.#socket.writableLength;
    return unsent > maxUnsentBytes ? errorCode.enhanceYourCalm : errorCode.none;
  }

  /** Closes the connection behind what has been written. */
  close(): void {
    if (this.#isClosed) return;
    this.#flush();
    this.#isClosed = true;
    this.#socket.destroySoon();
    setTimeout(() => this.#socket.destroy(), lingerMs).unref();
  }

  #flush(): void {
    const frames = this.#frames;
    this.#frames = '';
    if (frames !== '' && this.#socket.writable) this.#socket.write(frames, 'latin1');
  }
}

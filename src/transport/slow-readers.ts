import type { Socket } from 'node:net';

/** What a client had not read when it was looked at. */
interface Backlog {
  /** How many bytes had been written for it by then, since it came. */
  readonly written: number;
  readonly since: number;
}

/** Finds the clients that do not read what is written for them, whatever they speak. */
export class SlowReaders {
  readonly #timeoutMs: number;
  readonly #backlogs = new Map<Socket, Backlog>();

  /** @param timeoutMs how long anything may wait until it has left the process */
  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /** Says whether what once waited for this client has waited for too long. */
  isTooSlow(socket: Socket, now: number): boolean {
    const waiting = socket.writableLength;
    if (waiting === 0) {
      this.forget(socket);
      return false;
    }
    const backlog = this.#backlogs.get(socket);
    if (backlog && socket.bytesWritten - waiting < backlog.written) {
      return now - backlog.since >= this.#timeoutMs;
    }
    // What waited has left; what waits now has a time of its own.
    this.#backlogs.set(socket, { written: socket.bytesWritten, since: now });
    return false;
  }

  forget(socket: Socket): void {
    if (this.#backlogs.size > 0) this.#backlogs.delete(socket);
  }
}

import { setTimeout as sleep } from 'node:timers/promises';

/** Who sends the next request within this time after an answer is busy. */
const busyMs = 50;

/** The last of them may be told so late. */
const longestMs = 1_000;

/**
 * Keeps a gateway that has nothing more to do until clients that are busy have been refused over each
 * connection that they keep. If it closed at once, their next requests would be in its buffers, unread, and
 * they could not know what has become of them.
 */
export class BusyClients {
  #heardAt = -Infinity;

  /** One of them has sent a request, or got an answer. */
  heard(): void {
    this.#heardAt = performance.now();
  }

  /** Resolves when none has for a while, a second is over, or none of them is connected any more. */
  async gone(isConnected: () => boolean): Promise<void> {
    const startedAt = performance.now();
    const until = (): number => Math.min(startedAt + longestMs, this.#heardAt + busyMs);
    while (isConnected() && performance.now() < until()) {
      await sleep(until() - performance.now());
      // Timers come before sockets: after a stall of the process there may be requests, yet unread.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

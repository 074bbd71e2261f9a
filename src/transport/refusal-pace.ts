import type { Socket } from 'node:net';
import { retryAfterSeconds } from './refusals.ts';

/** How much later is told what comes too early, at least. */
export const lateMs = 300;

/** No more are told than one in this time on average: however many come, most of it is for those served. */
const apartMs = 0.3;

/** A request that is refused, but has not been told yet. */
interface LateRefusal {
  readonly tell: () => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * Tells those who are refused: at once; but on a connection over which that has just been said, and the
 * next request has come without waiting, a little later. A crowd that does not heed Retry-After would
 * come as fast as it is refused, and refusing it would take the time in which others could be served.
 * It goes by the connection, whoever's request it carries: looking for more would take that time, too.
 */
export class RefusalPace {
  readonly #refusedAt = new WeakMap<Socket, number>();
  /** One for a connection at the most: what stands behind it has to wait for it anyhow. */
  readonly #late = new Map<Socket, LateRefusal>();

  /** Calls `tell`, now or later. By then the connection may be closed. */
  refuse(socket: Socket, tell: () => void): void {
    const now = performance.now();
    const isAgain = now - (this.#refusedAt.get(socket) ?? -Infinity) < retryAfterSeconds * 1000;
    this.#refusedAt.set(socket, now);
    if (!isAgain || this.#late.has(socket)) {
      tell();
      return;
    }
    const timer = setTimeout(
      () => {
        this.#late.delete(socket);
        this.#refusedAt.set(socket, performance.now());
        tell();
      },
      Math.max(lateMs, this.#late.size * apartMs),
    );
    this.#late.set(socket, { tell, timer });
  }

  /** Whether a request on the connection is still to be told that it is refused. */
  isRefusing(socket: Socket): boolean {
    return this.#late.has(socket);
  }

  /** Waits for nothing any more. */
  flush(): void {
    for (const [socket, { tell, timer }] of this.#late) {
      clearTimeout(timer);
      this.#late.delete(socket);
      tell();
    }
  }
}

import type { Socket } from 'node:net';
import { retryAfterSeconds } from './refusals.ts';

/** How much later is told what comes too early. */
export const lateMs = 300;

/**
 * The same for crowds: in this time one is told on average, so that most of it is for those who are served;
 * but nobody waits for longer than the last.
 */
const apartMs = 0.3;
const latestMs = 3_000;

/** A request that is refused, but has not been told yet. */
interface LateRefusal {
  readonly tell: () => void;
  /** Makes that it is not told. */
  readonly drop: () => void;
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

  /** Calls `tell`, now or, while the connection is open, later. */
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
        drop();
        this.#refusedAt.set(socket, performance.now());
        tell();
      },
      Math.min(latestMs, Math.max(lateMs, this.#late.size * apartMs)),
    );
    const drop = (): void => {
      clearTimeout(timer);
      socket.off('close', drop);
      this.#late.delete(socket);
    };
    socket.on('close', drop);
    this.#late.set(socket, { tell, drop });
  }

  /** Whether a request on the connection is still to be told that it is refused. */
  isRefusing(socket: Socket): boolean {
    return this.#late.has(socket);
  }

  /** Waits for nothing any more. */
  flush(): void {
    for (const { tell, drop } of this.#late.values()) {
      drop();
      tell();
    }
  }
}

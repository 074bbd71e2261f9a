import type { Socket } from 'node:net';
import { retryAfterSeconds } from './refusals.ts';

/** How much later those are told who should have waited. */
export const lateMs = 300;

/**
 * Tells those who are refused: at once; but who comes again over the same connection before it should,
 * and is refused again, a little later. A crowd that does not heed Retry-After would come as fast as it
 * is refused, and refusing it would take the time in which others could be served.
 */
export class RefusalPace {
  readonly #refusedAt = new WeakMap<Socket, number>();
  readonly #late = new Set<() => void>();

  /** Calls `tell`, now or later. By then the connection may be closed. */
  refuse(socket: Socket, tell: () => void): void {
    const now = performance.now();
    const isAgain = now - (this.#refusedAt.get(socket) ?? -Infinity) < retryAfterSeconds * 1000;
    this.#refusedAt.set(socket, now);
    if (!isAgain) {
      tell();
      return;
    }
    this.#late.add(tell);
    setTimeout(() => {
      if (this.#late.delete(tell)) tell();
    }, lateMs);
  }

  /** Tells all of them now. */
  flush(): void {
    for (const tell of this.#late) tell();
    this.#late.clear();
  }
}

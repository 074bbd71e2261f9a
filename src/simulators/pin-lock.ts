import type { Clock } from './clock.ts';

const wrongTriesUntilLocked = 3;

/**
 * Counts wrong tries of a PIN and locks it after three in a row. The documents say that there is a
 * lock ("too many unsuccessful entry attempts") and leave the numbers open: they are the simulator's.
 */
export class PinLock {
  readonly #clock: Clock;
  readonly #lockMs: number;
  #wrongTries = 0;
  #lockedUntilMs = 0;

  constructor(clock: Clock, lockMs: number) {
    this.#clock = clock;
    this.#lockMs = lockMs;
  }

  /** How long the lock still holds, in milliseconds; 0 while the PIN is not locked. */
  remainingMs(): number {
    return Math.max(0, this.#lockedUntilMs - this.#clock.nowMs());
  }

  /** Notes one try. A lock that holds is neither opened by a right one nor prolonged by a wrong one. */
  record(right: boolean): void {
    if (this.remainingMs() > 0) return;
    this.#wrongTries = right ? 0 : this.#wrongTries + 1;
    if (this.#wrongTries === wrongTriesUntilLocked) this.engage();
  }

  /** Locks now, for the whole time. */
  engage(): void {
    this.#wrongTries = 0;
    this.#lockedUntilMs = this.#clock.nowMs() + this.#lockMs;
  }

  /** Unlocks now and forgets the wrong tries. */
  release(): void {
    this.#wrongTries = 0;
    this.#lockedUntilMs = 0;
  }
}

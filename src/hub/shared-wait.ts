import { Cancellation, type Signal } from '../cancellation.ts';
import type { PinSetOutcome, PinSetWait } from './hub.ts';

/** Whom to tell: of an outcome or, when it is a bug, of that. */
export type Subscriber = Pick<PromiseWithResolvers<PinSetOutcome>, 'resolve' | 'reject'>;

/**
 * Those who wait for the same PIN. It counts references: the signal aborts when the last of them
 * leaves. A subscriber that left is forgotten at once, however long the others go on.
 */
export class SharedWait {
  readonly #subscribers = new Set<Subscriber>();
  readonly #cancellation = new Cancellation();
  readonly #onLeave: (wait: SharedWait) => void;

  /** @param onLeave called after each leaving, with {@link size} as it is then */
  constructor(onLeave: (wait: SharedWait) => void) {
    this.#onLeave = onLeave;
  }

  /** Aborts when nobody waits any more. */
  get signal(): Signal {
    return this.#cancellation;
  }

  /** How many wait. */
  get size(): number {
    return this.#subscribers.size;
  }

  /** Takes one more in. */
  join(): PinSetWait {
    const subscriber = Promise.withResolvers<PinSetOutcome>();
    this.#subscribers.add(subscriber);
    return {
      outcome: subscriber.promise,
      leave: () => {
        if (!this.#subscribers.delete(subscriber)) return;
        if (this.size === 0) this.#cancellation.abort();
        this.#onLeave(this);
      },
    };
  }

  /**
   * Gives as many as `atMost` what they waited for, and ends when nobody waits any more.
   *
   * @returns how many it was given to
   */
  settle(give: (subscriber: Subscriber) => void, atMost = Infinity): number {
    const before = this.size;
    for (const subscriber of this.#subscribers) {
      if (before - this.size >= atMost) return atMost;
      this.#subscribers.delete(subscriber);
      give(subscriber);
    }
    this.#cancellation.abort();
    return before;
  }
}

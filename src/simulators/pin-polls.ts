import type { Clock } from './clock.ts';

/** The long polls that are open now, by the account whose PIN they wait for. */
export class PinPolls<Account> {
  readonly #clock: Clock;
  readonly #waiting = new Map<Account, Set<() => void>>();
  #open = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many polls are open now. */
  get open(): number {
    return this.#open;
  }

  /**
   * Waits until the account's PIN is set: `true` the moment it is, `false` after `timeoutMs` or as
   * soon as the client has gone.
   */
  hold(account: Account, timeoutMs: number, gone: AbortSignal): Promise<boolean> {
    if (gone.aborted) return Promise.resolve(false);
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(account) ?? new Set();
      this.#waiting.set(account, waiting);
      const settle = (set: boolean): void => {
        cancel();
        gone.removeEventListener('abort', onGone);
        waiting.delete(onSet);
        if (waiting.size === 0) this.#waiting.delete(account);
        this.#open -= 1;
        resolve(set);
      };
      const onSet = (): void => settle(true);
      const onGone = (): void => settle(false);
      const cancel = this.#clock.after(timeoutMs, onGone);
      gone.addEventListener('abort', onGone);
      waiting.add(onSet);
      this.#open += 1;
    });
  }

  /** Answers every poll that waits for this account. */
  announce(account: Account): void {
    for (const onSet of this.#waiting.get(account) ?? []) onSet();
  }
}

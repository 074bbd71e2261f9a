/** What a retry costs, in requests: each request earns a tenth of one. */
const cost = 10;

/** As many retries as may be saved up. */
const most = 10;

/**
 * Keeps retries a tenth of the traffic, but for the ten that may be saved up: a provider that is down
 * shall not be asked twice as often for it.
 */
export class RetryBudget {
  #requests = most * cost;

  /** A request is sent for the first time. */
  earn(): void {
    this.#requests = Math.min(most * cost, this.#requests + 1);
  }

  /** Whether there is a retry left; it is taken. */
  spend(): boolean {
    if (this.#requests < cost) return false;
    this.#requests -= cost;
    return true;
  }
}

import type { Caller } from '../caller.ts';
import type { GatewayDrainingError, ProviderError } from '../errors.ts';
import type { PinSetEvent, ProviderName } from '../pins.ts';

/** How a wait for a PIN ends, unless its subscriber leaves first. */
export type PinSetOutcome = PinSetEvent | ProviderError | GatewayDrainingError;

/** One subscriber's place among those who wait for the same PIN. */
export interface PinSetWait {
  /** Never settles once its subscriber has left. It rejects only for a bug. */
  readonly outcome: Promise<PinSetOutcome>;
  /**
   * Gives the place up. When the last one leaves, the upstream poll ends at once. Leaving again, or
   * after the outcome, does nothing.
   */
  leave(): void;
}

/** Lets any number of subscribers wait for a PIN on one upstream poll for each distinct caller. */
export interface PinSetHub {
  /** Where the PINs are waited for. */
  readonly provider: ProviderName;
  /** How many wait right now. */
  subscribers(): number;
  /** Waits until the caller's PIN is set, beside everyone who waits for the same one. */
  join(caller: Caller): PinSetWait;
  /**
   * Tells everyone who waits, and everyone who still joins, that this gateway is shutting down, and
   * ends every upstream poll. A crowd is told one after the other, all of them within `withinMs`; who
   * still waits may get the PIN's event meanwhile.
   */
  drain(withinMs: number): void;
}

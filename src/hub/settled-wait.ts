import type { PinSetOutcome, PinSetWait } from './hub.ts';

/** A wait that is over before it begins. */
export const settledWait = (outcome: PinSetOutcome): PinSetWait => ({
  outcome: Promise.resolve(outcome),
  leave: () => undefined,
});

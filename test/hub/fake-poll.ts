import { providerError } from '../../src/error-mapping.ts';
import type { ProviderError } from '../../src/errors.ts';
import { waitUntilSet, type Poll } from '../../src/hub/wait-until-set.ts';
import type { PinSetEvent } from '../../src/pins.ts';
import type { PinResult } from '../../src/providers/provider.ts';

const pin = (status: 'SET' | 'UNSET'): PinResult => ({
  kind: 'Pin',
  provider: 'PACE',
  type: 'USER',
  status,
  requirement: null,
  lock: null,
});

/** The poll's answer that the PIN is set. */
export const set = pin('SET');

/** The poll's answer that it is not. */
export const unset = pin('UNSET');

/** A failure that may pass. */
export const failing = (retryAfterSeconds: number | null = null): ProviderError =>
  providerError('PACE', 'HTTP 5xx', { retryAfterSeconds });

/** An answer that is held back. */
export const later =
  (ms: number, result: PinResult): Poll =>
  () =>
    new Promise((resolve) => setTimeout(resolve, ms, result));

/** A loop under way on the fake clock. */
export interface FakeWait {
  readonly promise: Promise<PinSetEvent | ProviderError | null>;
  /** What came of it; undefined while it goes on. */
  outcome(): PinSetEvent | ProviderError | null | undefined;
  /** When each poll began, in milliseconds since the start. */
  readonly pollTimes: readonly number[];
  /** How long each asked to be held, in seconds. */
  readonly pollSeconds: readonly number[];
  leave(): void;
}

/** Runs the loop on polls that answer as given, the last for ever. It gives up after 300 s. */
export function startWait(
  answers: readonly (PinResult | Poll)[],
  { leftAlready = false, giveUpSeconds = 300 } = {},
): FakeWait {
  const startedAt = performance.now();
  const controller = new AbortController();
  if (leftAlready) controller.abort();
  const pollTimes: number[] = [];
  const pollSeconds: number[] = [];
  const poll: Poll = async (seconds, signal) => {
    pollSeconds.push(seconds);
    const answer = answers[Math.min(pollTimes.length, answers.length - 1)] ?? unset;
    pollTimes.push(performance.now() - startedAt);
    return typeof answer === 'function' ? answer(seconds, signal) : answer;
  };
  let outcome: PinSetEvent | ProviderError | null | undefined;
  const promise = waitUntilSet(poll, { pollSeconds: 25, giveUpSeconds }, controller.signal);
  promise.then(
    (result) => (outcome = result),
    () => undefined,
  );
  return {
    promise,
    outcome: () => outcome,
    pollTimes,
    pollSeconds,
    leave: () => controller.abort(),
  };
}

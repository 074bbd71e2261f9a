import { pause, type Signal } from '../cancellation.ts';
import { isProviderError, type ProviderError } from '../errors.ts';
import type { PinSetEvent } from '../pins.ts';
import type { PinResult } from '../providers/provider.ts';
import { backoffMs } from './backoff.ts';

/** An answer that comes early is not believed to be a long poll: at most one request in this time. */
const shortestRoundMs = 1_000;

/** One long poll: asks to be held for so long, and ends at once when the signal aborts. */
export type Poll = (seconds: number, signal: Signal) => Promise<PinResult>;

/** How long to wait, in seconds. */
export interface WaitUntilSetOptions {
  /** One poll at the provider. */
  readonly pollSeconds: number;
  /** Nothing but failures. */
  readonly giveUpSeconds: number;
}

/**
 * Polls until the PIN is set, or until it is clear that waiting cannot help.
 *
 * - Set: the event.
 * - Not set: polls again, at once when the poll was held for its time, after the rest of a second
 *   when the provider ignored the timeout.
 * - A failure that may pass: polls again with backoff. When there has been nothing but failures
 *   for `giveUpSeconds`, the newest of them is the answer. A poll asks for no more than what is left
 *   of that time: a provider that is well again can say so, and a dead one holds nobody up for long.
 * - Any other failure: that failure.
 *
 * @returns null when `signal` aborted: nobody waits for the answer any more
 */
export async function waitUntilSet(
  poll: Poll,
  { pollSeconds, giveUpSeconds }: WaitUntilSetOptions,
  signal: Signal,
): Promise<PinSetEvent | ProviderError | null> {
  let failures = 0;
  let failingSince = 0;
  const isOver = () => signal.aborted;

  while (!isOver()) {
    const startedAt = performance.now();
    const leftMs = failures === 0 ? Infinity : failingSince + giveUpSeconds * 1000 - startedAt;
    const seconds = Math.min(pollSeconds, Math.max(1, Math.floor(leftMs / 1000)));
    const result = await poll(seconds, signal);
    if (isOver()) break;

    let pauseMs: number;
    if (!isProviderError(result)) {
      if (result.status === 'SET') return pinSetEvent(result);
      failures = 0;
      pauseMs = startedAt + shortestRoundMs - performance.now();
    } else {
      if (!result.retryable) return result;
      if (failures++ === 0) failingSince = startedAt;
      const giveUpInMs = failingSince + giveUpSeconds * 1000 - performance.now();
      if (giveUpInMs <= 0) return result;
      pauseMs = backoffMs(failures, result.retryAfterSeconds, Math.random());
      if (pauseMs >= giveUpInMs) {
        // There won't be another attempt in time: the rest of it is still the subscribers'.
        await pause(giveUpInMs, signal);
        return isOver() ? null : result;
      }
    }
    if (pauseMs > 0) await pause(pauseMs, signal);
  }
  return null;
}

const pinSetEvent = ({ provider, type }: { provider: PinSetEvent['provider']; type: string }) =>
  ({ kind: 'PinSetEvent', provider, type, observedAt: new Date() }) as const;

/** The exponential part of the wait after the first failure, and what it may grow to. */
const firstMs = 250;
const longestMs = 15_000;

/**
 * How long to wait after the n-th failure in a row: exponential with full jitter, so that pollers
 * that failed together do not come back together, and never less than the provider asked for.
 *
 * @param failures 1 for the first
 * @param random from 0 to 1
 */
export function backoffMs(
  failures: number,
  retryAfterSeconds: number | null,
  random: number,
): number {
  const ceilingMs = Math.min(longestMs, firstMs * 2 ** (failures - 1));
  return Math.max(random * ceilingMs, (retryAfterSeconds ?? 0) * 1000);
}

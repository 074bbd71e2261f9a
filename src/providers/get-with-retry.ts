import { pause, type Signal } from '../cancellation.ts';
import type { HttpClient, HttpOutcome, HttpRequest } from './http.ts';
import type { RetryBudget } from './retry-budget.ts';

const retriedStatuses = new Set([502, 503, 504]);

/** The second attempt starts after a random part of this, unless the provider asks for more. */
const pauseMs = 100;

/** A second attempt that has less time than this is not worth the provider's trouble. */
const shortestAttemptMs = 50;

/**
 * Sends a GET, and once more when the connection failed or the provider answered 502, 503 or 504:
 * if the deadline, which both attempts share, the provider's `Retry-After` and the budget allow it.
 */
export async function getWithRetry(
  http: HttpClient,
  budget: RetryBudget,
  request: Omit<HttpRequest, 'method' | 'body'>,
  signal: Signal,
): Promise<HttpOutcome> {
  const deadlineAt = performance.now() + request.deadlineMs;
  const first = await http.exchange({ ...request, method: 'GET' }, signal);
  if (first.kind !== 'refused') budget.earn();
  if (!isWorthRetrying(first)) return first;

  const wait = Math.max(Math.random() * pauseMs, 1000 * retryAfterSeconds(first));
  if (deadlineAt - performance.now() - wait < shortestAttemptMs) return first;
  if (!budget.spend()) return first;
  await pause(wait, signal);
  if (signal.aborted) return first; // the caller left while we waited
  const deadlineMs = deadlineAt - performance.now();
  const second = await http.exchange({ ...request, method: 'GET', deadlineMs }, signal);
  return second.kind === 'refused' ? first : second;
}

function isWorthRetrying(outcome: HttpOutcome): boolean {
  if (outcome.kind === 'refused') return false;
  if (outcome.kind === 'no answer') return outcome.by === 'network';
  if (outcome.kind === 'cut off' && outcome.by === 'abort') return false;
  return retriedStatuses.has(outcome.status);
}

const retryAfterSeconds = (outcome: HttpOutcome): number =>
  outcome.kind === 'no answer' ? 0 : (outcome.retryAfterSeconds ?? 0);

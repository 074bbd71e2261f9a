import { pause, type Signal } from '../cancellation.ts';
import type { HttpClient, HttpOutcome, HttpRequest } from './http.ts';
import type { RetryBudget } from './retry-budget.ts';

const retriedStatuses = new Set([502, 503, 504]);

/** The second attempt starts after a random part of this, unless the provider asks for more. */
const pauseMs = 100;

/** A second attempt that has less time than this is not worth the provider's trouble. */
const shortestAttemptMs = 50;

/** A request that may be repeated. */
type GetRequest = Omit<HttpRequest, 'method' | 'body'> & { readonly method: 'GET' };

/**
 * Sends a GET, and once more when the connection failed or the provider answered 502, 503 or 504:
 * if the deadline, which both attempts share, the provider's `Retry-After` and the budget allow it.
 */
export function getWithRetry(
  http: HttpClient,
  budget: RetryBudget,
  request: GetRequest,
  signal: Signal,
): Promise<HttpOutcome> {
  const deadlineAt = performance.now() + request.deadlineMs;
  return http.exchange(request, signal).then((first) => {
    if (first.kind !== 'refused') budget.earn();
    if (!isWorthRetrying(first)) return first;
    return retry(http, budget, request, deadlineAt, first, signal);
  });
}

async function retry(
  http: HttpClient,
  budget: RetryBudget,
  request: GetRequest,
  deadlineAt: number,
  first: HttpOutcome,
  signal: Signal,
): Promise<HttpOutcome> {
  const wait = Math.max(Math.random() * pauseMs, 1000 * retryAfterSeconds(first));
  if (deadlineAt - performance.now() - wait < shortestAttemptMs) return first;
  if (!budget.spend()) return first;
  await pause(wait, signal);
  if (signal.aborted) return first; // the caller left while we waited
  const deadlineMs = deadlineAt - performance.now();
  const second = await http.exchange({ ...request, deadlineMs }, signal);
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

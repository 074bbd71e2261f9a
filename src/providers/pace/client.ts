import type { Caller } from '../../caller.ts';
import { providerError } from '../../error-mapping.ts';
import type { Secret } from '../../secret.ts';
import { getWithRetry } from '../get-with-retry.ts';
import { createHealth, type OnHealthChange } from '../health.ts';
import { createHttpClient, type HttpOutcome } from '../http.ts';
import { isOk } from '../outcome.ts';
import type { PinResult, Provider } from '../provider.ts';
import { RetryBudget } from '../retry-budget.ts';
import { paceError } from './errors.ts';
import { pinType, userPinPath } from './wire.ts';

/** How PACE is reached. */
export interface PaceOptions {
  readonly url: URL;
  /** The whole time for one answer to the status query, a retry included; also to connect. */
  readonly timeoutMs: number;
  /** Status queries at the most, and as many again that wait; the long polls are counted apart. */
  readonly maxRequests: number;
  readonly onHealthChange: OnHealthChange;
}

/** How much longer than asked PACE may take to answer a long poll. */
const pollGraceMs = 5_000;

/** What PACE can be asked for. */
export type Pace = Provider<'readPins' | 'waitForPin'>;

/** PACE, connected fueling: whether the user has a PIN, and the long poll for it (REST, JSON:API). */
export function createPace(options: PaceOptions): Pace {
  const { url: baseUrl, timeoutMs: connectTimeoutMs, maxRequests } = options;
  const health = createHealth(options.onHealthChange);
  const budget = new RetryBudget();
  const queries = health.protect(
    createHttpClient({
      baseUrl,
      connections: maxRequests,
      connectTimeoutMs,
    }),
  );
  // Connections of their own, so that any number of long polls leaves the queries theirs. No breaker:
  // every poll has its own back-off, and one connection that breaks is hundreds of them.
  const polls = health.watch(
    createHttpClient({
      baseUrl,
      connections: null,
      http2: true,
      connectTimeoutMs,
    }),
  );

  return {
    name: 'PACE',
    configured: true,
    availability: () => health.availability(),
    readPins(caller, signal) {
      const credential = caller.credentials.PACE;
      if (credential === undefined) {
        return Promise.resolve([providerError('PACE', 'no credential')]);
      }
      const read = getWithRetry(
        queries,
        budget,
        {
          method: 'GET',
          path: userPinPath(),
          headers: headersFor(caller, credential),
          deadlineMs: options.timeoutMs,
        },
        signal,
      );
      return read.then((outcome) => [pinOf(outcome, credential)]);
    },
    waitForPin(caller, seconds, signal) {
      const credential = caller.credentials.PACE;
      if (credential === undefined) return Promise.resolve(providerError('PACE', 'no credential'));
      const polled = polls.exchange(
        {
          method: 'GET',
          path: userPinPath(seconds),
          headers: headersFor(caller, credential),
          deadlineMs: seconds * 1000 + pollGraceMs,
        },
        signal,
      );
      // PACE's other long polls answer 408, "safe to start the request again": not set yet.
      return polled.then((outcome) =>
        statusOf(outcome) === 408 ? userPin('UNSET') : pinOf(outcome, credential),
      );
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([queries[Symbol.asyncDispose](), polls[Symbol.asyncDispose]()]);
    },
  };
}

const headersFor = (caller: Caller, credential: Secret): Record<string, string> => ({
  accept: 'application/vnd.api+json',
  authorization: credential.reveal(),
  'x-request-id': caller.requestId,
});

/** Nothing but a whole 200 may be told to a user as "set", and nothing but a 404 as "not set". */
function pinOf(outcome: HttpOutcome, credential: Secret): PinResult {
  if (isOk(outcome)) return userPin('SET');
  return statusOf(outcome) === 404 ? userPin('UNSET') : paceError(outcome, credential);
}

const statusOf = (outcome: HttpOutcome): number | null =>
  outcome.kind === 'answer' || outcome.kind === 'cut off' ? outcome.status : null;

const userPin = (status: 'SET' | 'UNSET'): PinResult => ({
  kind: 'Pin',
  provider: 'PACE',
  type: pinType,
  status,
  requirement: null,
  lock: null,
});

import Opossum from 'opossum';
import { Cancellation, type Signal } from '../cancellation.ts';
import type { HttpClient, HttpOutcome, HttpRequest } from './http.ts';
import { failureOf, isFromProvider, isShortage } from './outcome.ts';

/** How long a provider that fails is left alone before it is tried with a single request. */
const restMs = 10_000;

/** What of a provider's newest answers decides: those of this time, if there are so many. */
const windowMs = 10_000;
const fewestRequests = 20;

/** In percent. The library opens above it, and half of them is enough. */
const failureThreshold = 49.99;

/** A client that spares a failing provider, and its own callers the wait. */
export interface CircuitBreaker {
  readonly http: HttpClient;
  /** True while nothing at all is asked. After the rest it is tried, by whoever comes first. */
  readonly isOpen: boolean;
}

/** Who is told. */
export interface CircuitBreakerOptions {
  /** Of everything that comes of a request. */
  readonly onOutcome: (outcome: HttpOutcome) => void;
  readonly onOpen: () => void;
  readonly onClosed: () => void;
}

/**
 * Puts a circuit breaker in front of `http`: when half of what a provider is asked fails, it is asked
 * nothing for a while, then a single request; everything else is refused at once.
 *
 * The library keeps the window and the state. While the circuit is closed it is told of outcomes only,
 * and only of the provider's own: it counts whatever it runs, and so would count what the gateway has
 * refused, or its callers have given up, for answers.
 */
export function createCircuitBreaker(
  http: HttpClient,
  { onOutcome, onOpen, onClosed }: CircuitBreakerOptions,
): CircuitBreaker {
  let openings = 0;
  let openedAt = 0;
  let isTrying = false;

  const breaker = new Opossum(judge, {
    timeout: false, // every exchange has its own
    rollingCountTimeout: windowMs,
    rollingCountBuckets: 10,
    rollingPercentilesEnabled: false,
    enableSnapshots: false,
    volumeThreshold: fewestRequests,
    errorThresholdPercentage: failureThreshold,
    resetTimeout: restMs,
  });
  breaker.on('open', () => {
    openings++;
    openedAt = performance.now();
    onOpen();
  });
  breaker.on('close', onClosed);

  function exchange(request: HttpRequest, signal: Signal): Promise<HttpOutcome> {
    if (!breaker.closed) return breaker.pendingClose && !isTrying ? attempt(request) : refuse();
    const openingsBefore = openings;
    return http.exchange(request, signal).then((outcome) => {
      onOutcome(outcome);
      // What was begun before the circuit last opened says nothing about the time since.
      if (openings === openingsBefore && !breaker.isShutdown) count(outcome);
      return outcome;
    });
  }

  function count(outcome: HttpOutcome): void {
    if (!isFromProvider(outcome) || isShortage(outcome)) return;
    if (failureOf(outcome) !== null) breaker.fire(outcome).catch(ignore);
    else {
      // All that the library does with a success is to count these; it would make promises meanwhile.
      breaker.emit('fire');
      breaker.emit('success');
    }
  }

  /** It is tried for everyone, and so does not end when its own caller leaves. */
  async function attempt(request: HttpRequest): Promise<HttpOutcome> {
    isTrying = true;
    const outcome = await http.exchange(request, new Cancellation()).finally(() => {
      isTrying = false;
    });
    onOutcome(outcome);
    // If nothing could be asked, the next to come is tried.
    if (!isShortage(outcome)) await breaker.fire(outcome).catch(ignore);
    return outcome;
  }

  const refuse = (): Promise<HttpOutcome> => {
    const restLeftMs = openedAt + restMs - performance.now();
    const retryAfterSeconds = Math.max(1, Math.ceil(restLeftMs / 1000));
    return Promise.resolve({ kind: 'refused', by: 'circuit open', retryAfterSeconds });
  };

  return {
    get isOpen() {
      return breaker.opened;
    },
    http: {
      exchange,
      async [Symbol.asyncDispose]() {
        breaker.shutdown();
        await http[Symbol.asyncDispose]();
      },
    },
  };
}

/** Tells the library, to which failures are rejections, how a request has ended. */
const judge = (outcome: HttpOutcome): Promise<void> =>
  isFromProvider(outcome) && failureOf(outcome) === null
    ? Promise.resolve()
    : Promise.reject(new Error('no success'));

const ignore = (): void => undefined;

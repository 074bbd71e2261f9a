import Opossum from 'opossum';
import type { Signal } from '../cancellation.ts';
import type { HttpClient, HttpOutcome, HttpRequest } from './http.ts';
import { failureOf, isFromProvider } from './outcome.ts';

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
  /** True until the provider has answered again. */
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
 */
export function createCircuitBreaker(
  http: HttpClient,
  { onOutcome, onOpen, onClosed }: CircuitBreakerOptions,
): CircuitBreaker {
  let openedAt = 0;

  async function exchange(request: HttpRequest, signal: Signal): Promise<HttpOutcome> {
    const outcome = await http.exchange(request, signal);
    onOutcome(outcome);
    if (failureOf(outcome) !== null) throw new Failure(outcome);
    // What has been given up or refused proves nothing: the next trial decides.
    if (breaker.halfOpen && !isFromProvider(outcome)) throw new Failure(outcome);
    return outcome;
  }

  const breaker = new Opossum(exchange, {
    timeout: false, // the exchange has its own
    rollingCountTimeout: windowMs,
    rollingCountBuckets: 10,
    rollingPercentilesEnabled: false,
    enableSnapshots: false,
    volumeThreshold: fewestRequests,
    errorThresholdPercentage: failureThreshold,
    resetTimeout: restMs,
  });
  breaker.on('open', () => {
    openedAt = performance.now();
    onOpen();
  });
  breaker.on('close', onClosed);

  const recover = (error: unknown): HttpOutcome => {
    if (error instanceof Failure) return error.outcome;
    if (!(error instanceof Error) || !Opossum.isOurError(error)) throw error;
    const restLeftMs = openedAt + restMs - performance.now();
    const retryAfterSeconds = Math.max(1, Math.ceil(restLeftMs / 1000));
    return { kind: 'refused', by: 'circuit open', retryAfterSeconds };
  };

  return {
    get isOpen() {
      return !breaker.closed;
    },
    http: {
      exchange: (request, signal) => breaker.fire(request, signal).catch(recover),
      async [Symbol.asyncDispose]() {
        breaker.shutdown();
        await http[Symbol.asyncDispose]();
      },
    },
  };
}

/** Carries an outcome through the library, to which failures are rejections. */
class Failure extends Error {
  readonly outcome: HttpOutcome;

  constructor(outcome: HttpOutcome) {
    super();
    this.outcome = outcome;
  }
}

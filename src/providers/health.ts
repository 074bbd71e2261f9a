import { createCircuitBreaker, type CircuitBreaker } from './circuit-breaker.ts';
import type { HttpClient, HttpOutcome } from './http.ts';
import { failureOf, isFromProvider } from './outcome.ts';
import type { ProviderAvailability } from './provider.ts';

/** Is told when a provider begins to fail, and why, and when it answers again. */
export type OnHealthChange = (availability: ProviderAvailability, reason: string | null) => void;

/** Watches what comes of the requests to one provider. */
export interface Health {
  /**
   * UNAVAILABLE while its circuit is open; DEGRADED while the newest answer, or its absence, was the
   * provider's own failure.
   */
  availability(): ProviderAvailability;
  /** The same client, watched. */
  watch(http: HttpClient): HttpClient;
  /** The same client, watched, and with a circuit breaker that is this provider's alone. */
  protect(http: HttpClient): HttpClient;
}

/** A provider that fails now and then would fill the log: nobody is told that it is well before. */
const shortestFailureMs = 10_000;

/** Starts with the best opinion of the provider. */
export function createHealth(onChange: OnHealthChange): Health {
  let isFailing = false;
  let told: ProviderAvailability = 'AVAILABLE';
  let toldAt = 0;
  let breaker: CircuitBreaker | null = null;
  let telling: NodeJS.Timeout | undefined;

  function availability(): ProviderAvailability {
    if (breaker?.isOpen) return 'UNAVAILABLE';
    return isFailing ? 'DEGRADED' : 'AVAILABLE';
  }

  function tell(reason: string | null): void {
    const now = availability();
    // Well again, or a little better: that may be over in a moment.
    const isBetter = now === 'AVAILABLE' || (now === 'DEGRADED' && told === 'UNAVAILABLE');
    if (now === told) return;
    clearTimeout(telling);
    const tooEarlyMs = toldAt + shortestFailureMs - performance.now();
    if (isBetter && tooEarlyMs > 0) {
      telling = setTimeout(() => tell(null), tooEarlyMs).unref();
      return;
    }
    told = now;
    toldAt = performance.now();
    onChange(now, reason);
  }

  function note(outcome: HttpOutcome): void {
    if (!isFromProvider(outcome)) return;
    const reason = failureOf(outcome);
    isFailing = reason !== null;
    if (isFailing || told !== 'AVAILABLE') tell(reason);
  }

  function close(http: HttpClient): PromiseLike<void> {
    clearTimeout(telling);
    return http[Symbol.asyncDispose]();
  }

  return {
    availability,
    watch: (http) => ({
      async exchange(request, signal) {
        const outcome = await http.exchange(request, signal);
        note(outcome);
        return outcome;
      },
      [Symbol.asyncDispose]: () => close(http),
    }),
    protect(http) {
      const watched: HttpClient = {
        exchange: (request, signal) => http.exchange(request, signal),
        [Symbol.asyncDispose]: () => close(http),
      };
      breaker = createCircuitBreaker(watched, {
        onOutcome: note,
        onOpen: () => tell('circuit open'),
        onClosed: () => tell(null),
      });
      return breaker.http;
    },
  };
}

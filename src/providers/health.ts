import type { HttpClient, HttpOutcome } from './http.ts';
import type { ProviderAvailability } from './provider.ts';

/** Is told when a provider begins to fail, and why, and when it answers again. */
export type OnHealthChange = (availability: ProviderAvailability, reason: string | null) => void;

/** Watches what comes of the requests to one provider. */
export interface Health {
  /** DEGRADED while the newest answer, or its absence, was the provider's own failure. */
  availability(): ProviderAvailability;
  /** The same client, watched. */
  watch(http: HttpClient): HttpClient;
}

/** A provider that fails now and then would fill the log: nobody is told that it is well before. */
const shortestFailureMs = 10_000;

/** Starts with the best opinion of the provider. */
export function createHealth(onChange: OnHealthChange): Health {
  let isFailing = false;
  let toldAt: number | null = null;

  function tell(reason: string | null): void {
    if (reason !== null && toldAt === null) {
      toldAt = performance.now();
      onChange('DEGRADED', reason);
    } else if (
      reason === null &&
      toldAt !== null &&
      performance.now() - toldAt > shortestFailureMs
    ) {
      toldAt = null;
      onChange('AVAILABLE', null);
    }
  }

  function note(outcome: HttpOutcome): HttpOutcome {
    if (!isOurDoing(outcome)) {
      const reason = failureOf(outcome);
      isFailing = reason !== null;
      tell(reason);
    }
    return outcome;
  }

  return {
    availability: () => (isFailing ? 'DEGRADED' : 'AVAILABLE'),
    watch: (http) => ({
      exchange: (request, signal) => http.exchange(request, signal).then(note),
      [Symbol.asyncDispose]: () => http[Symbol.asyncDispose](),
    }),
  };
}

const isOurDoing = (outcome: HttpOutcome): boolean =>
  outcome.kind !== 'answer' && outcome.by === 'abort';

/** In what way the provider failed, for an operator to read; null when it did not. */
function failureOf(outcome: HttpOutcome): string | null {
  if (outcome.kind !== 'answer') return outcome.reason;
  return outcome.status >= 500 ? `HTTP ${outcome.status}` : null;
}

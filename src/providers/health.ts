import type { HttpClient, HttpOutcome } from './http.ts';
import type { ProviderAvailability } from './provider.ts';

/** Watches what comes of the requests to one provider. */
export interface Health {
  /** DEGRADED while the newest answer, or its absence, was the provider's own failure. */
  availability(): ProviderAvailability;
  /** The same client, watched. */
  watch(http: HttpClient): HttpClient;
}

/** Starts with the best opinion of the provider. */
export function createHealth(): Health {
  let failing = false;
  return {
    availability: () => (failing ? 'DEGRADED' : 'AVAILABLE'),
    watch: (http) => ({
      async exchange(request, signal) {
        const outcome = await http.exchange(request, signal);
        if (!isOurDoing(outcome)) failing = isProvidersFailure(outcome);
        return outcome;
      },
      [Symbol.asyncDispose]: () => http[Symbol.asyncDispose](),
    }),
  };
}

const isOurDoing = (outcome: HttpOutcome): boolean =>
  outcome.kind !== 'answer' && outcome.by === 'abort';

const isProvidersFailure = (outcome: HttpOutcome): boolean =>
  outcome.kind !== 'answer' || outcome.status >= 500;

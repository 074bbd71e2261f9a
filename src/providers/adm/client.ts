import type { Caller } from '../../caller.ts';
import { providerError } from '../../error-mapping.ts';
import { getWithRetry } from '../get-with-retry.ts';
import { createHealth, type OnHealthChange } from '../health.ts';
import { createHttpClient } from '../http.ts';
import { isOk } from '../outcome.ts';
import type { Provider } from '../provider.ts';
import { RetryBudget } from '../retry-budget.ts';
import { wordsWithout } from '../words.ts';
import { admError } from './errors.ts';
import { parsePinStatuses, pinStatusPath } from './wire.ts';

/** How ADM is reached. */
export interface AdmOptions {
  readonly url: URL;
  /** The whole time for one answer, a retry included. */
  readonly timeoutMs: number;
  /** Requests at the most, and as many again that wait. */
  readonly maxRequests: number;
  /** The header that carries the credential: ADM's document spells its name unlike HTTP's. */
  readonly authorizationHeader: string;
  /** Wins over the caller's tenant. */
  readonly tenantId: string | null;
  readonly onHealthChange: OnHealthChange;
}

/** What ADM can be asked for. */
export type Adm = Provider<'readPins'>;

/** ADM, the account and device manager of a TV platform: every PIN of the account (REST). */
export function createAdm(options: AdmOptions): Adm {
  const { url: baseUrl, timeoutMs, maxRequests, authorizationHeader } = options;
  const health = createHealth(options.onHealthChange);
  const budget = new RetryBudget();
  const http = health.protect(
    createHttpClient({
      baseUrl,
      connections: maxRequests,
      connectTimeoutMs: timeoutMs,
    }),
  );

  function headersFor(caller: Caller, credential: string): Record<string, string> {
    const tenantId = options.tenantId ?? caller.tenantId;
    const headers: Record<string, string> = {
      accept: 'application/json',
      'content-type': 'application/json',
      'x-correlation-id': caller.requestId,
      'x-request-id': caller.requestId,
    };
    headers[authorizationHeader] = credential;
    if (tenantId !== null) headers['nv-tenant-id'] = tenantId;
    return headers;
  }

  return {
    name: 'ADM',
    configured: true,
    availability: () => health.availability(),
    readPins(caller, signal) {
      const credential = caller.credentials.ADM;
      if (credential === undefined) {
        return Promise.resolve([providerError('ADM', 'no credential')]);
      }
      const read = getWithRetry(
        http,
        budget,
        {
          method: 'GET',
          path: pinStatusPath,
          headers: headersFor(caller, credential.reveal()),
          deadlineMs: timeoutMs,
        },
        signal,
      );
      return read.then((outcome) =>
        isOk(outcome)
          ? parsePinStatuses(outcome.body, new Date(), wordsWithout(credential))
          : [admError(outcome)],
      );
    },
    [Symbol.asyncDispose]: () => http[Symbol.asyncDispose](),
  };
}

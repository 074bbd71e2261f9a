import { providerError } from '../../error-mapping.ts';
import type { ProviderError } from '../../errors.ts';
import type { HttpOutcome } from '../http.ts';
import { causeOfFailedRead, detailsOf } from '../outcome.ts';

/** What a failed request to ADM becomes. ADM's document gives its failures a status and no body. */
export const admError = (outcome: HttpOutcome): ProviderError =>
  providerError('ADM', causeOfFailedRead('ADM', outcome), detailsOf(outcome));

/** An answer, or a part of one, that ADM's document does not allow. */
export const admBrokenContract = (): ProviderError =>
  providerError('ADM', 'broken contract', {
    upstream: { httpStatus: 200, code: null, title: null, detail: null, id: null },
  });

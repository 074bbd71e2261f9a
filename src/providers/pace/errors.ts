import { providerError, type ErrorCause } from '../../error-mapping.ts';
import type { ProviderError } from '../../errors.ts';
import type { Secret } from '../../secret.ts';
import type { HttpOutcome } from '../http.ts';
import { isObject } from '../json.ts';
import { causeOfFailedRead, detailsOf } from '../outcome.ts';
import { wordsWithout } from '../words.ts';
import { missingLinkedIdentity, parseJsonApiErrors } from './wire.ts';

/**
 * What a failed request to PACE becomes. The HTTP status decides; the JSON:API errors, of which
 * there may be none, tell a missing linked identity apart and lend their words.
 *
 * @param credential what PACE was sent, to be struck out should PACE repeat it
 */
export function paceError(outcome: HttpOutcome, credential: Secret): ProviderError {
  const errors = outcome.kind === 'answer' ? parseJsonApiErrors(outcome.body) : [];
  const unlinked = errors.find((error) => error['code'] === missingLinkedIdentity);
  const statusCause = causeOfFailedRead('PACE', outcome);
  const cause: ErrorCause =
    statusCause === 'PACE HTTP 401' && unlinked !== undefined
      ? 'PACE HTTP 401 missing-linked-identity'
      : statusCause;

  const { upstream, ...details } = detailsOf(outcome);
  const error = unlinked ?? errors[0];
  if (upstream === undefined || error === undefined) {
    return providerError('PACE', cause, { ...details, ...(upstream && { upstream }) });
  }
  const words = wordsWithout(credential);
  const source = error['source'];
  return providerError('PACE', cause, {
    ...details,
    parameter: isObject(source) ? words(source['parameter'], 'code') : null,
    upstream: {
      httpStatus: upstream.httpStatus,
      code: words(error['code'], 'code'),
      title: words(error['title'], 'title'),
      detail: words(error['detail'], 'detail'),
      id: words(error['id'], 'id'),
    },
  });
}

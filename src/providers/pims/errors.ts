import { causeOfPimsCode, providerError } from '../../error-mapping.ts';
import type { ProviderError, UpstreamReply } from '../../errors.ts';
import { isObject } from '../json.ts';
import type { Words } from '../words.ts';
import { parameterIn, type OtpMessage } from './wire.ts';

type Failed = OtpMessage & { status: 'FAILED' };

/** What a FAILED message becomes. */
export function pimsError(message: Failed, httpStatus: number | null, words: Words): ProviderError {
  const cause = causeOfPimsCode(message.code);
  const namesParameter = cause === 'PIMS 2101' || cause === 'PIMS 2102';
  return providerError('PIMS', cause, {
    parameter: namesParameter ? words(parameterIn(message.label), 'code') : null,
    upstream: upstreamOf(message, httpStatus, words),
  });
}

/**
 * A failure of the way to the core stays what it is, whatever is said beside it: PIMS's document knows
 * no HTTP status. But a FAILED message that comes with it lends its words.
 */
export const pimsFailure = (
  error: ProviderError,
  message: OtpMessage | null,
  words: Words,
): ProviderError =>
  message?.status === 'FAILED'
    ? { ...error, upstream: upstreamOf(message, error.upstream?.httpStatus ?? null, words) }
    : error;

/** The core's words. Its label is its own title of the failure. */
const upstreamOf = (message: Failed, httpStatus: number | null, words: Words): UpstreamReply => ({
  httpStatus,
  // A code of the documents is no echo, even where it looks like the PIN.
  code:
    causeOfPimsCode(message.code) === 'PIMS other code'
      ? words(String(message.code), 'code')
      : String(message.code),
  title: words(message.label, 'title'),
  detail: null,
  id: words(message.transactionId, 'id'),
});

/** A message that PIMS's document does not allow. Its id, if it has one, is all that is believed. */
export const pimsBrokenContract = (
  message: unknown,
  httpStatus: number | null,
  words: Words,
): ProviderError => {
  const id = isObject(message) ? words(message['transactionId'], 'id') : null;
  return providerError('PIMS', 'broken contract', {
    upstream: { httpStatus, code: null, title: null, detail: null, id },
  });
};

import { causeOfPimsCode, providerError } from '../../error-mapping.ts';
import type { ProviderError } from '../../errors.ts';
import { isObject } from '../json.ts';
import type { Words } from '../words.ts';
import { parameterIn, type OtpMessage } from './wire.ts';

/** What a FAILED message becomes. Its label is the core's own title of the failure. */
export function pimsError(
  message: OtpMessage & { status: 'FAILED' },
  httpStatus: number | null,
  words: Words,
): ProviderError {
  const cause = causeOfPimsCode(message.code);
  const namesParameter = cause === 'PIMS 2101' || cause === 'PIMS 2102';
  return providerError('PIMS', cause, {
    parameter: namesParameter ? words(parameterIn(message.label), 'code') : null,
    upstream: {
      httpStatus,
      // A code of the documents is no echo, even where it looks like the PIN.
      code:
        cause === 'PIMS other code' ? words(String(message.code), 'code') : String(message.code),
      title: words(message.label, 'title'),
      detail: null,
      id: words(message.transactionId, 'id'),
    },
  });
}

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

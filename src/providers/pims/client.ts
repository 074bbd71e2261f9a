import { providerError } from '../../error-mapping.ts';
import { createHealth, type OnHealthChange } from '../health.ts';
import { createHttpClient } from '../http.ts';
import type { Provider } from '../provider.ts';
import { wordsWithout } from '../words.ts';
import { pimsBrokenContract, pimsError, pimsFailure } from './errors.ts';
import { createHttpBridge } from './http-bridge.ts';
import { otpApi, otpParameters, parseOtpMessage } from './wire.ts';

/** How PIMS is reached. */
export interface PimsOptions {
  readonly url: URL;
  /** The whole time for one answer. */
  readonly timeoutMs: number;
  /** Requests at the most, and as many again that wait. */
  readonly maxRequests: number;
  readonly onHealthChange: OnHealthChange;
}

/** What PIMS can be asked for. */
export type Pims = Provider<'generateOtp'>;

/** PIMS, connected cars: one-time passwords against a PIN (message API, numeric error codes). */
export function createPims(options: PimsOptions): Pims {
  const { url: baseUrl, timeoutMs, maxRequests } = options;
  const health = createHealth(options.onHealthChange);
  const http = createHttpClient({
    baseUrl,
    connections: maxRequests,
    connectTimeoutMs: timeoutMs,
  });
  const transport = createHttpBridge(health.protect(http), timeoutMs);

  return {
    name: 'PIMS',
    configured: true,
    availability: () => health.availability(),
    async generateOtp({ credentials, requestId }, pinCode, signal) {
      const credential = credentials.PIMS;
      if (credential === undefined) return providerError('PIMS', 'no credential');
      const parameters = otpParameters(pinCode);
      const reply = await transport.get({ api: otpApi, parameters, credential, requestId }, signal);
      const message = parseOtpMessage(reply.message);
      const words = wordsWithout(credential, pinCode);
      if (reply.kind === 'failure') return pimsFailure(reply.error, message, words);
      if (message === null) return pimsBrokenContract(reply.message, reply.httpStatus, words);
      if (message.status === 'FAILED') return pimsError(message, reply.httpStatus, words);
      const transactionId = words(message.transactionId, 'id');
      return { kind: 'Otp', provider: 'PIMS', value: message.otp, transactionId };
    },
    [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
  };
}

import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { providerError } from '../error-mapping.ts';
import { fingerprint } from '../fingerprint.ts';
import type { Provider } from './provider.ts';

type OtpProvider = Provider<'generateOtp'>;

/**
 * The same provider, but each credential gets `attemptsPerMinute` one-time passwords at the most,
 * failed attempts included: a PIN must not be guessed through the gateway.
 */
export function limitOtps(provider: OtpProvider, attemptsPerMinute: number): OtpProvider {
  const { name } = provider;
  const limiter = new RateLimiterMemory({ points: attemptsPerMinute, duration: 60 });

  return {
    ...provider,
    async generateOtp(caller, pinCode, signal) {
      const credential = caller.credentials[name];
      if (credential !== undefined) {
        try {
          await limiter.consume(fingerprint(canonical(credential.reveal())));
        } catch (refusal) {
          if (!(refusal instanceof RateLimiterRes)) throw refusal;
          const retryAfterSeconds = Math.ceil(refusal.msBeforeNext / 1000);
          return providerError(name, 'OTP rate limit', { retryAfterSeconds });
        }
      }
      return provider.generateOtp(caller, pinCode, signal);
    },
  };
}

/**
 * One spelling for all that are the same credential: the scheme's name is in any case, and any blanks
 * may follow it (RFC 9110, 11.4). With each spelling for itself, the limit would be no limit.
 */
const canonical = (credential: string): string =>
  credential.replace(/^(\S+)\s+/, (_, scheme: string) => `${scheme.toLowerCase()} `);

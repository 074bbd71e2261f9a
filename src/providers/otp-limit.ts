import RateLimiterMemory from 'rate-limiter-flexible/lib/RateLimiterMemory.js';
import RateLimiterRes from 'rate-limiter-flexible/lib/RateLimiterRes.js';
import type { Caller } from '../caller.ts';
import { providerError } from '../error-mapping.ts';
import { fingerprint } from '../fingerprint.ts';
import type { Provider } from './provider.ts';

type OtpProvider = Provider<'generateOtp'>;

/** How many one-time passwords may be asked for in a minute, failed attempts included. */
export interface OtpLimits {
  /** With one credential. */
  readonly otpAttemptsPerMinute: number;
  /** From one network address, with whatever credentials. */
  readonly otpAttemptsPerMinutePerAddress: number;
}

/**
 * From everywhere, which is far more than a gateway can serve: each attempt is remembered for a minute,
 * and memory must have an end.
 */
const attemptsPerMinuteInAll = 100_000;

/**
 * The same provider, within limits: a PIN must not be guessed through the gateway. Whoever cannot be
 * counted is refused.
 *
 * @param onUnknownAddress is told of each who is refused because nobody knows where they come from
 */
export function limitOtps(
  provider: OtpProvider,
  limits: OtpLimits,
  onUnknownAddress: () => void,
): OtpProvider {
  const { name } = provider;
  const inAll = limiterOf(attemptsPerMinuteInAll);
  const byAddress = limiterOf(limits.otpAttemptsPerMinutePerAddress);
  const byCredential = limiterOf(limits.otpAttemptsPerMinute);

  /** Counts an attempt. If it is one too many it counts for nothing more, and says when to try again. */
  async function refusalOf(caller: Caller, credential: string): Promise<RateLimiterRes | null> {
    const address = caller.addressFingerprint();
    if (address === null) {
      onUnknownAddress();
      return new RateLimiterRes(0, windowSeconds * 1000);
    }
    // Looked at first, counted last: an address that has no attempts left is not remembered under the
    // credentials that it makes up, and a credential that has none takes none from its neighbours.
    const spent = (await spentOf(inAll, everywhere)) ?? (await spentOf(byAddress, address));
    if (spent !== null) return spent;
    try {
      await byCredential.consume(credential);
      await byAddress.consume(address);
      await inAll.consume(everywhere);
      return null;
    } catch (refusal) {
      if (refusal instanceof RateLimiterRes) return refusal;
      throw refusal;
    }
  }

  return {
    ...provider,
    async generateOtp(caller, pinCode, signal) {
      const credential = caller.credentials[name];
      if (credential !== undefined) {
        const refusal = await refusalOf(caller, fingerprint(canonical(credential.reveal())));
        if (refusal !== null) {
          // Never longer than a window, wherever the wall clock, which the limiter reads, has been set.
          const retryAfterSeconds = Math.min(windowSeconds, Math.ceil(refusal.msBeforeNext / 1000));
          return providerError(name, 'OTP rate limit', { retryAfterSeconds });
        }
      }
      return provider.generateOtp(caller, pinCode, signal);
    },
  };
}

const everywhere = 'everywhere';
const windowSeconds = 60;

const limiterOf = (points: number): RateLimiterMemory =>
  new RateLimiterMemory({ points, duration: windowSeconds });

async function spentOf(limiter: RateLimiterMemory, key: string): Promise<RateLimiterRes | null> {
  const used = await limiter.get(key);
  return used !== null && used.remainingPoints <= 0 ? used : null;
}

/**
 * One spelling for all that are the same credential: the scheme's name is in any case, and any blanks
 * may follow it (RFC 9110, 11.4). With each spelling for itself, the limit would be no limit.
 */
const canonical = (credential: string): string =>
  credential.replace(/^(\S+)\s+/, (_, scheme: string) => `${scheme.toLowerCase()} `);

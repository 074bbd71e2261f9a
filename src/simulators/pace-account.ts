import { randomInt } from 'node:crypto';
import type { AccountSeed } from './accounts.ts';
import type { Clock } from './clock.ts';

/** Accepted besides the issued ones, so that one command line is enough to set a PIN. */
export const fixedOtp = '123456';

/** How long an issued OTP is good, in milliseconds; the document leaves it open. */
const otpLifetimeMs = 300_000;

/** An OTP as `POST /user/otp` answers it. */
export interface IssuedOtp {
  readonly otp: string;
  /** When it stops being good (RFC 3339). */
  readonly expiresAt: string;
}

/** What PACE holds for a user. */
export class PaceAccount {
  /** Whether the user has signed in with the third party that PACE asks for. */
  readonly linkedIdentity: boolean;
  readonly #clock: Clock;
  readonly #password: string;
  #pin: string | null;
  #otp: { readonly value: string; readonly expiresAtMs: number } | null = null;

  constructor(seed: AccountSeed, id: string, clock: Clock) {
    this.linkedIdentity = seed.pace.linkedIdentity;
    this.#pin = seed.pace.pin;
    this.#password = `${id}-password`;
    this.#clock = clock;
  }

  /** Whether the user has a PIN. */
  get isPinSet(): boolean {
    return this.#pin !== null;
  }

  /** Issues an OTP in place of the one before, to whoever knows the password or the PIN. */
  issueOtp(password: unknown, pin: unknown): IssuedOtp | undefined {
    if (password !== this.#password && (this.#pin === null || pin !== this.#pin)) return undefined;
    const value = randomInt(1_000_000).toString().padStart(6, '0');
    const expiresAtMs = this.#clock.nowMs() + otpLifetimeMs;
    this.#otp = { value, expiresAtMs };
    return { otp: value, expiresAt: new Date(expiresAtMs).toISOString() };
  }

  /** Whether an OTP is good now. */
  accepts(otp: string): boolean {
    if (otp === fixedOtp) return true;
    return this.#otp?.value === otp && this.#clock.nowMs() < this.#otp.expiresAtMs;
  }

  /** Sets or changes the PIN; the issued OTP is used up. */
  setPin(pin: string): void {
    this.#pin = pin;
    this.#otp = null;
  }

  /** Takes the PIN away again. */
  unsetPin(): void {
    this.#pin = null;
  }
}

/**
 * Why a PIN is not secure, or `undefined` where it is. The rules are those of `PUT /user/pin`: 4
 * digits, 3 of them different, not a numerical series (1234, 4321, ...).
 */
export function weaknessOf(pin: string): string | undefined {
  if (!/^\d{4}$/.test(pin)) return 'The PIN must be 4 digits long.';
  if (new Set(pin).size < 3) return 'The PIN must use 3 different digits.';
  if ('0123456789'.includes(pin) || '9876543210'.includes(pin)) {
    return 'The PIN must not be a numerical series.';
  }
  return undefined;
}

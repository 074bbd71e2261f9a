import type { Caller } from '../caller.ts';
import type { Signal } from '../cancellation.ts';
import type { ProviderError } from '../errors.ts';
import type { Pin, ProviderName } from '../pins.ts';
import type { Secret } from '../secret.ts';

/** What a provider can be asked for. */
export type ProviderCapability = 'PIN_STATUS' | 'PIN_SET_EVENTS' | 'OTP';

/** How a provider is doing right now. */
export type ProviderAvailability = 'AVAILABLE' | 'DEGRADED' | 'UNAVAILABLE' | 'NOT_CONFIGURED';

/** A PIN, or why it can't be told. */
export type PinResult = Pin | ProviderError;

/** A one-time password, or why there is none. */
export type OtpResult = Otp | ProviderError;

/** A one-time password made from a PIN. */
export interface Otp {
  readonly kind: 'Otp';
  readonly provider: ProviderName;
  readonly value: Secret;
  /** The provider's id of the exchange, for its support desk. */
  readonly transactionId: string | null;
}

/**
 * One upstream system as the rest of the gateway sees it. An operation that the system does not
 * have is absent. None of them throws for anything that a provider or the network does: that comes
 * back as a ProviderError. When `signal` aborts, the upstream request ends at once and the answer
 * no longer matters.
 */
export interface PinProvider {
  readonly name: ProviderName;
  /** False when no address is configured: every operation then answers NOT_CONFIGURED. */
  readonly configured: boolean;
  availability(): ProviderAvailability;

  /** Reads the status of every PIN of the caller's account, in the provider's own order. */
  readonly readPins?: (caller: Caller, signal: Signal) => Promise<readonly PinResult[]>;
  /** Waits upstream, `seconds` at the most, until the caller's PIN is set; tells how it stands then. */
  readonly waitForPin?: (caller: Caller, seconds: number, signal: Signal) => Promise<PinResult>;
  /** Makes a one-time password. Never repeated once the provider may have seen it. */
  readonly generateOtp?: (caller: Caller, pinCode: Secret, signal: Signal) => Promise<OtpResult>;
}

/** A provider with the given operations, which has to be closed when it is no longer needed. */
export type Provider<Operation extends 'readPins' | 'waitForPin' | 'generateOtp'> = PinProvider &
  Required<Pick<PinProvider, Operation>> &
  AsyncDisposable;

/** What `provider` can be asked for, configured or not. */
export function capabilitiesOf(provider: PinProvider): ProviderCapability[] {
  const capabilities: ProviderCapability[] = [];
  if (provider.readPins) capabilities.push('PIN_STATUS');
  if (provider.waitForPin) capabilities.push('PIN_SET_EVENTS');
  if (provider.generateOtp) capabilities.push('OTP');
  return capabilities;
}

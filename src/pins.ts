/** The three upstream systems, in the order in which the graph lists them. */
export const providerNames = ['ADM', 'PACE', 'PIMS'] as const;

/** One upstream system. */
export type ProviderName = (typeof providerNames)[number];

/** Whether a PIN has been chosen, and whether it may be tried. */
export type PinStatus = 'UNSET' | 'SET' | 'LOCKED';

/** Whether the owner must have this PIN. */
export type PinRequirement = 'MANDATORY' | 'OPTIONAL';

/** Why a PIN may not be tried just now: too many wrong entries. */
export interface PinLock {
  /** Seconds until it may be tried again; null when the provider did not say. */
  readonly remainingSeconds: number | null;
  /** The same as an instant on the gateway's clock. */
  readonly until: Date | null;
}

/** One PIN of an account, as one provider tells it. The code itself is never part of it. */
export interface Pin {
  readonly kind: 'Pin';
  readonly provider: ProviderName;
  /** The provider's own name for this kind of PIN: an open set. */
  readonly type: string;
  readonly status: PinStatus;
  /** Null where the provider does not say. */
  readonly requirement: PinRequirement | null;
  /** Present only while the status is LOCKED. */
  readonly lock: PinLock | null;
}

/** True when the owner should be asked to choose the PIN now. */
export const isActionRequired = (pin: Pin): boolean =>
  pin.requirement === 'MANDATORY' && pin.status === 'UNSET';

/** A PIN became set, or was found set. */
export interface PinSetEvent {
  readonly kind: 'PinSetEvent';
  readonly provider: ProviderName;
  readonly type: string;
  /** When the gateway saw it. */
  readonly observedAt: Date;
}

/** The subscriber's time is over and the PIN is still not set. */
export interface PinStillUnset {
  readonly kind: 'PinStillUnset';
  readonly provider: ProviderName;
  readonly waitedSeconds: number;
}

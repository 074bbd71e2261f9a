import type { AccountSeed, AdmPinSeed } from './accounts.ts';
import type { Clock } from './clock.ts';
import { PinLock } from './pin-lock.ts';

/** How long three wrong tries lock an ADM PIN, in milliseconds; the document leaves it open. */
const lockMs = 300_000;

/**
 * What `lockTimeRemaining` says of a PIN that is not locked: the number of the document's example,
 * which has it on an UNSET PIN. It means nothing there, and a client must not take it for a lock.
 */
const idleLockTimeSeconds = 20;

/** One item of `resourceSet` in the ADM document. */
export interface AdmPinStatus {
  readonly pinType: string;
  readonly status: 'UNSET' | 'SET' | 'LOCKED';
  readonly extendedStatus: 'MANDATORY' | 'OPTIONAL';
  /** In seconds; means something only while `status` is LOCKED. */
  readonly lockTimeRemaining: number;
}

/** One PIN of an ADM account. */
export class AdmPin {
  readonly pinType: string;
  readonly #extendedStatus: AdmPinStatus['extendedStatus'];
  readonly #lock: PinLock;
  #value: string | null;

  constructor(seed: AdmPinSeed, clock: Clock) {
    this.pinType = seed.pinType;
    this.#extendedStatus = seed.extendedStatus;
    this.#value = seed.value;
    this.#lock = new PinLock(clock, lockMs);
    if (seed.locked) this.#lock.engage();
  }

  /** The status as the account's owner sees it. */
  describe(): AdmPinStatus {
    const remainingMs = this.#lock.remainingMs();
    const unlocked = this.#value === null ? 'UNSET' : 'SET';
    return {
      pinType: this.pinType,
      status: remainingMs > 0 ? 'LOCKED' : unlocked,
      extendedStatus: this.#extendedStatus,
      lockTimeRemaining: remainingMs > 0 ? Math.ceil(remainingMs / 1000) : idleLockTimeSeconds,
    };
  }

  /** Sets or changes the PIN and unlocks it. */
  set(value: string): void {
    this.#value = value;
    this.#lock.release();
  }

  /** Tries the PIN: whether it was right. While it is UNSET or LOCKED no try is right or counted. */
  enter(value: string): boolean {
    if (this.describe().status !== 'SET') return false;
    const right = value === this.#value;
    this.#lock.record(right);
    return right;
  }
}

/** An ADM account: its id and its PINs. */
export interface AdmAccount {
  readonly accountId: string;
  readonly pins: readonly AdmPin[];
}

/** The ADM account of a demo user as it is at the start; `null` where ADM knows none. */
export function openAdmAccount(seed: AccountSeed, id: string, clock: Clock): AdmAccount | null {
  return seed.adm && { accountId: id, pins: seed.adm.map((pin) => new AdmPin(pin, clock)) };
}

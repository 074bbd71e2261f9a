import { refuse } from './problem.ts';

/** One PIN of an ADM account at the start. */
export interface AdmPinSeed {
  readonly pinType: string;
  readonly extendedStatus: 'MANDATORY' | 'OPTIONAL';
  /** The PIN; `null` leaves it UNSET. */
  readonly value: string | null;
  /** Starts LOCKED, from the first look at the account. */
  readonly locked?: boolean;
}

/** What the three providers know of one demo user at the start. */
export interface AccountSeed {
  /** The ADM account's PINs; `null` where ADM knows no account. */
  readonly adm: readonly AdmPinSeed[] | null;
  readonly pace: { readonly pin: string | null; readonly linkedIdentity: boolean };
  readonly pims: { readonly pinCode: string };
  /** Signed in, but every provider answers 403. */
  readonly forbidden?: true;
}

const newcomer: AccountSeed = {
  adm: [
    { pinType: 'Parental', extendedStatus: 'MANDATORY', value: null },
    { pinType: 'Purchase', extendedStatus: 'OPTIONAL', value: null },
    { pinType: 'Adult', extendedStatus: 'OPTIONAL', value: null },
  ],
  pace: { pin: null, linkedIdentity: true },
  pims: { pinCode: '1234' },
};

/** The demo users by bearer token. Besides them every `user-<number>` is a newcomer of its own. */
const seeds: ReadonlyMap<string, AccountSeed> = new Map<string, AccountSeed>([
  [
    'demo',
    {
      adm: [
        { pinType: 'Parental', extendedStatus: 'MANDATORY', value: null },
        { pinType: 'Purchase', extendedStatus: 'OPTIONAL', value: '2580' },
        { pinType: 'Adult', extendedStatus: 'OPTIONAL', value: '1379', locked: true },
      ],
      pace: { pin: null, linkedIdentity: true },
      pims: { pinCode: '1234' },
    },
  ],
  [
    'alice',
    {
      adm: [
        { pinType: 'Parental', extendedStatus: 'MANDATORY', value: '4711' },
        { pinType: 'Purchase', extendedStatus: 'OPTIONAL', value: '2580' },
        { pinType: 'Adult', extendedStatus: 'OPTIONAL', value: '1379' },
      ],
      pace: { pin: '5621', linkedIdentity: true },
      pims: { pinCode: '4711' },
    },
  ],
  ['unlinked', { ...newcomer, pace: { pin: null, linkedIdentity: false } }],
  ['forbidden', { ...newcomer, forbidden: true }],
  ['nobody', { ...newcomer, adm: null }],
]);

function seedOf(token: string): AccountSeed | undefined {
  return seeds.get(token) ?? (/^user-\d{1,15}$/.test(token) ? newcomer : undefined);
}

/** A demo user as one provider sees it. */
export interface SignedIn<State> {
  /** The user's name, which is the bearer token too. */
  readonly id: string;
  /** What this provider, and no other, holds for the user. */
  readonly state: State;
}

/**
 * The users of one provider. Each provider has its own, as each is another company: what happens at
 * one is unknown to the others. A user's state is made on first use.
 */
export class Accounts<State> {
  readonly #open: (seed: AccountSeed, id: string) => State;
  readonly #states = new Map<string, State>();

  constructor(open: (seed: AccountSeed, id: string) => State) {
    this.#open = open;
  }

  /** The state of a user, or `undefined` where there is no such user. */
  find(id: string): State | undefined {
    const known = this.#states.get(id);
    if (known !== undefined) return known;
    const seed = seedOf(id);
    if (seed === undefined) return undefined;
    const state = this.#open(seed, id);
    this.#states.set(id, state);
    return state;
  }

  /** The user behind an `Authorization` header; refuses with 401 or 403. */
  signIn(authorization: string | undefined): SignedIn<State> {
    const token = /^Bearer (\S+)$/.exec(authorization ?? '')?.[1];
    if (token === undefined) refuse(401, 'The header "Authorization: Bearer <token>" is missing.');
    const state = this.find(token);
    if (state === undefined) refuse(401, 'The token is invalid.');
    if (seedOf(token)?.forbidden) refuse(403, 'The user may not do this.');
    return { id: token, state };
  }
}

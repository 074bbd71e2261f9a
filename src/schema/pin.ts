import { isActionRequired, type Pin, type PinLock } from '../pins.ts';
import type { PinResult } from '../providers/provider.ts';
import { builder } from './builder.ts';
import { providerErrors } from './errors.ts';
import { PinProviderEnum } from './provider.ts';

const PinStatusEnum = builder.enumType('PinStatus', {
  description: 'Whether a PIN has been chosen, and whether it may be tried.',
  values: {
    UNSET: { description: 'Nobody has chosen it yet.' },
    SET: { description: 'It has been chosen and may be tried.' },
    LOCKED: { description: 'It was entered wrongly too often; see Pin.lock.' },
  } as const,
});

const PinRequirementEnum = builder.enumType('PinRequirement', {
  description: 'Whether the owner has to have the PIN.',
  values: {
    MANDATORY: { description: 'It has to be set.' },
    OPTIONAL: { description: 'It may be left unset.' },
  } as const,
});

const PinLockType = builder.objectRef<PinLock>('PinLock').implement({
  description: 'For how long a PIN may not be tried.',
  fields: (t) => ({
    remainingSeconds: t.exposeInt('remainingSeconds', {
      nullable: true,
      description: 'Seconds until it may be tried again; null when the provider did not say.',
    }),
    until: t.expose('until', {
      type: 'DateTime',
      nullable: true,
      description:
        "The same as a point in time by the gateway's clock; null when the provider did not say.",
    }),
  }),
});

const PinType = builder.objectRef<Pin>('Pin').implement({
  description: 'One PIN of the account. What it is made of, the code itself, is never part of it.',
  fields: (t) => ({
    provider: t.expose('provider', {
      type: PinProviderEnum,
      description: 'The provider that tells of it.',
    }),
    type: t.exposeString('type', {
      description:
        "The provider's own name for this kind of PIN, such as Parental. PACE has one PIN for each " +
        'user, which is called USER here.',
    }),
    status: t.expose('status', { type: PinStatusEnum, description: 'How it stands.' }),
    requirement: t.expose('requirement', {
      type: PinRequirementEnum,
      nullable: true,
      description: 'Whether the owner has to have it; null where the provider does not say.',
    }),
    actionRequired: t.boolean({
      description: 'True when it has to be set and is not: the user should be asked for it now.',
      resolve: isActionRequired,
    }),
    lock: t.expose('lock', {
      type: PinLockType,
      nullable: true,
      description: 'There only while the status is LOCKED.',
    }),
  }),
});

/** A PIN, or the error entry in its place. */
export const PinResultUnion = builder.unionType('PinResult', {
  description: 'A PIN, or why a provider could not tell of its PINs.',
  types: [
    PinType,
    providerErrors.AuthenticationError,
    providerErrors.LinkedIdentityError,
    providerErrors.AuthorizationError,
    providerErrors.AccountError,
    providerErrors.InputError,
    providerErrors.RateLimitError,
    providerErrors.UnavailableError,
    providerErrors.UnexpectedResponseError,
    providerErrors.UnsupportedOperationError,
  ],
  resolveType: (result: PinResult) => result.kind,
});

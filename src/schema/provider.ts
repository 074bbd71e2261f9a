import { capabilitiesOf, type PinProvider } from '../providers/provider.ts';
import { builder } from './builder.ts';

/** One of the upstream systems. */
export const PinProviderEnum = builder.enumType('PinProvider', {
  description: 'The upstream systems that hold PINs.',
  values: {
    ADM: {
      description:
        'The account and device manager of a TV platform: every PIN of the account, with its lock.',
    },
    PACE: {
      description:
        'The user service of connected fueling: whether the user has a PIN, and a wait until there is one.',
    },
    PIMS: { description: 'The message API of connected cars: one-time passwords against a PIN.' },
  } as const,
});

const ProviderCapabilityEnum = builder.enumType('ProviderCapability', {
  description: 'What a provider can be asked for.',
  values: {
    PIN_STATUS: { description: 'It answers Account.pins.' },
    PIN_SET_EVENTS: { description: 'It answers Subscription.pinSet.' },
    OTP: { description: 'It answers Mutation.generateOtp.' },
  } as const,
});

const ProviderAvailabilityEnum = builder.enumType('ProviderAvailability', {
  description: 'How a provider is doing, as seen from this gateway.',
  values: {
    AVAILABLE: { description: 'It answers, or has not been asked yet.' },
    DEGRADED: { description: 'It failed when it was last asked, and is asked all the same.' },
    UNAVAILABLE: {
      description: 'It failed so often that its circuit is open: an error is the answer, at once.',
    },
    NOT_CONFIGURED: { description: 'This gateway has no address for it.' },
  } as const,
});

const ProviderType = builder.objectRef<PinProvider>('Provider').implement({
  description: 'An upstream system as this gateway knows it.',
  fields: (t) => ({
    name: t.expose('name', { type: PinProviderEnum, description: 'Which one it is.' }),
    configured: t.exposeBoolean('configured', {
      description: 'False when this gateway has no address for it.',
    }),
    capabilities: t.field({
      type: [ProviderCapabilityEnum],
      description: 'What it can be asked for, configured or not.',
      resolve: capabilitiesOf,
    }),
    availability: t.field({
      type: ProviderAvailabilityEnum,
      description: 'How it is doing right now. Asking this asks nobody.',
      resolve: (provider) => provider.availability(),
    }),
  }),
});

builder.queryField('providers', (t) =>
  t.field({
    type: [ProviderType],
    description: 'The upstream systems: what each can do and how it is doing right now.',
    resolve: (_root, _args, { services }) => [...services.providers],
  }),
);

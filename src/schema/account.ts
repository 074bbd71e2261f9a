import type { ProviderName } from '../pins.ts';
import type { PinResult } from '../providers/provider.ts';
import { builder } from './builder.ts';
import type { Context } from './context.ts';
import { PinResultUnion } from './pin.ts';
import { PinProviderEnum } from './provider.ts';

// Whose PINs they are is in the request's credentials alone: there is nothing to hold.
const AccountType = builder.objectRef<object>('Account').implement({
  description: "The account that the request's credentials stand for, at every provider.",
  fields: (t) => ({
    pins: t.field({
      type: [PinResultUnion],
      description:
        'Every PIN of the account. The providers are asked side by side, and each at most once in ' +
        'an operation. One that fails gives one error entry instead of its PINs; the PINs of the ' +
        'others are there all the same. The providers come in the order of the argument, and ' +
        "their PINs in the provider's own.",
      args: {
        providers: t.arg({
          type: [PinProviderEnum],
          description:
            'Whom to ask. By default those of ADM and PACE that are configured, in this order.',
        }),
      },
      resolve: async (_account, { providers }, context) => {
        const names = providers ? [...new Set(providers)] : defaultProviders(context);
        const results = await Promise.all(names.map((name) => context.pins.load(name)));
        return ([] as PinResult[]).concat(...results);
      },
    }),
  }),
});

builder.queryField('account', (t) =>
  t.field({
    type: AccountType,
    description: "The account that the request's credentials stand for. Selecting it asks nobody.",
    resolve: () => ({}),
  }),
);

const defaultProviders = ({ services: { providers } }: Context): ProviderName[] =>
  providers
    .filter(({ configured, readPins }) => configured && readPins !== undefined)
    .map(({ name }) => name);

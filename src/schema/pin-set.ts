import { providerError } from '../error-mapping.ts';
import { isProviderError } from '../errors.ts';
import { PinSetStream, type PinSetResult } from '../hub/pin-set-stream.ts';
import { settledWait } from '../hub/settled-wait.ts';
import type { PinSetEvent, PinStillUnset } from '../pins.ts';
import { builder } from './builder.ts';
import { GatewayDrainingErrorType, providerErrors } from './errors.ts';
import { PinProviderEnum } from './provider.ts';

const PinSetEventType = builder.objectRef<PinSetEvent>('PinSetEvent').implement({
  description: 'A PIN became set, or was set already.',
  fields: (t) => ({
    provider: t.expose('provider', { type: PinProviderEnum, description: 'Where it is set.' }),
    type: t.exposeString('type', { description: 'Which PIN it is, as in Pin.type.' }),
    observedAt: t.expose('observedAt', {
      type: 'DateTime',
      description: 'When the gateway saw it.',
    }),
  }),
});

const PinStillUnsetType = builder.objectRef<PinStillUnset>('PinStillUnset').implement({
  description: 'The time that the subscriber gave is over, and the PIN is not set.',
  fields: (t) => ({
    provider: t.expose('provider', { type: PinProviderEnum, description: 'Where it is not set.' }),
    waitedSeconds: t.exposeInt('waitedSeconds', { description: 'How long it was waited for.' }),
  }),
});

const PinSetResultUnion = builder.unionType('PinSetResult', {
  description: 'How the wait for a PIN ended.',
  types: [
    PinSetEventType,
    PinStillUnsetType,
    providerErrors.AuthenticationError,
    providerErrors.LinkedIdentityError,
    providerErrors.AuthorizationError,
    providerErrors.AccountError,
    providerErrors.InputError,
    providerErrors.RateLimitError,
    providerErrors.UnavailableError,
    providerErrors.UnexpectedResponseError,
    providerErrors.UnsupportedOperationError,
    GatewayDrainingErrorType,
  ],
  resolveType: (result: PinSetResult) => result.kind,
});

const longestTimeoutSeconds = 86_400;

builder.subscriptionField('pinSet', (t) =>
  t.field({
    type: PinSetResultUnion,
    description:
      "Tells when the account's PIN becomes set at PACE, and completes; at once when it is set " +
      'already. Failures of the provider that may pass are waited out; one that waiting cannot ' +
      'mend is told, and the stream completes. There is one result at the most.',
    args: {
      timeoutSeconds: t.arg.int({
        description:
          'From 1 to 86400: after this time the answer is PinStillUnset. By default the wait has no end.',
      }),
    },
    subscribe: (
      _root,
      { timeoutSeconds: waitedSeconds },
      { services: { hub }, caller, signal },
    ) => {
      const { provider } = hub;
      if (waitedSeconds == null) return new PinSetStream(hub.join(caller), null, signal);
      if (!isAllowed(waitedSeconds)) {
        const details = { parameter: 'timeoutSeconds' };
        const error = providerError(provider, 'timeoutSeconds out of range', details);
        return new PinSetStream(settledWait(error), null, signal);
      }
      const timeout = { kind: 'PinStillUnset', provider, waitedSeconds } as const;
      return new PinSetStream(hub.join(caller), timeout, signal);
    },
    // Neither a plugin nor a generator may wrap this stream: see PinSetStream.
    resolve: (result, _args, { services: { hub }, report }) => {
      if (result.kind !== 'GatewayDrainingError') {
        report(hub.provider, isProviderError(result) ? result : null);
      }
      return result;
    },
  }),
);

const isAllowed = (seconds: number): boolean => seconds >= 1 && seconds <= longestTimeoutSeconds;

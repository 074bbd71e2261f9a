import {
  providerErrorKinds,
  type GatewayDrainingError,
  type ProviderError,
  type ProviderErrorKind,
  type UpstreamReply,
} from '../errors.ts';
import { builder } from './builder.ts';
import { ErrorCodeEnum, RemedyEnum } from './error-enums.ts';
import { PinProviderEnum } from './provider.ts';

const UpstreamReplyType = builder.objectRef<UpstreamReply>('UpstreamReply').implement({
  description: "The provider's own words, as far as it gave any, cut to a modest length.",
  fields: (t) => ({
    httpStatus: t.exposeInt('httpStatus', {
      nullable: true,
      description: 'The status of its HTTP answer.',
    }),
    code: t.exposeString('code', {
      nullable: true,
      description: 'The error code of PIMS (2000 to 2317), or that of a JSON:API error object.',
    }),
    title: t.exposeString('title', {
      nullable: true,
      description: 'Its short name for the failure.',
    }),
    detail: t.exposeString('detail', {
      nullable: true,
      description: 'What it says of this occurrence.',
    }),
    id: t.exposeString('id', {
      nullable: true,
      description:
        'Its own id of the exchange: the transactionId of PIMS, or the id of a JSON:API error.',
    }),
  }),
});

type AnyError = ProviderError | GatewayDrainingError;

const ErrorInterface = builder.interfaceRef<AnyError>('Error').implement({
  description:
    'What every error entry has. A client that selects __typename and these fields can make sense ' +
    'of entries that are added after it was written.',
  resolveType: (error) => error.kind,
  fields: (t) => ({
    message: t.exposeString('message', {
      description: 'For a developer to read. It may change, and it holds no secret.',
    }),
    code: t.expose('code', {
      type: ErrorCodeEnum,
      description: 'The stable cause: decide by this or by __typename, not by the message.',
    }),
  }),
});

const ProviderErrorInterface = builder.interfaceRef<ProviderError>('ProviderError').implement({
  description: 'What every error entry about one provider has.',
  interfaces: [ErrorInterface],
  resolveType: (error) => error.kind,
  fields: (t) => ({
    provider: t.expose('provider', {
      type: PinProviderEnum,
      description: 'The provider that the error is about.',
    }),
    remedy: t.expose('remedy', {
      type: RemedyEnum,
      description: 'What the user or the client can do about it.',
    }),
    retryable: t.exposeBoolean('retryable', {
      description: 'True when the very same request may succeed later.',
    }),
    retryAfterSeconds: t.exposeInt('retryAfterSeconds', {
      nullable: true,
      description: 'How long to wait before that; null when it is not known.',
    }),
    upstream: t.expose('upstream', {
      type: UpstreamReplyType,
      nullable: true,
      description:
        'What the provider itself answered; null when it did not answer or was not asked.',
    }),
  }),
});

const kindDescriptions: Record<ProviderErrorKind, string> = {
  AuthenticationError: 'The provider got no credential, or one that it rejects.',
  LinkedIdentityError:
    'The user is signed in, but has not linked the identity of the third party that the provider needs.',
  AuthorizationError: 'The credential is valid, but does not allow this.',
  AccountError: 'There is no such account, or it is blocked.',
  InputError:
    'The request itself was found wrong, by the provider or by the gateway before it asked.',
  DeviceError: 'The device that would make the one-time password is in no state to do so.',
  RateLimitError: 'There were too many requests, at the provider or at the gateway.',
  UnavailableError: 'The provider could not be reached, or could not serve the request.',
  UnexpectedResponseError: 'The provider answered something that its contract does not allow.',
  UnsupportedOperationError:
    'The provider has no such operation, or this gateway has no such provider.',
};

const providerErrors = Object.fromEntries(
  providerErrorKinds.map((kind) => [kind, builder.objectRef<ProviderError>(kind)]),
) as Record<ProviderErrorKind, ReturnType<typeof builder.objectRef<ProviderError>>>;

for (const kind of providerErrorKinds) {
  providerErrors[kind].implement({
    description: kindDescriptions[kind],
    interfaces: [ProviderErrorInterface, ErrorInterface],
  });
}

builder.objectField(providerErrors.InputError, 'parameter', (t) =>
  t.exposeString('parameter', {
    nullable: true,
    description: 'The parameter that is wrong, when that is known.',
  }),
);

/** The members of the result unions that are about one provider. */
export { providerErrors };

/** The end of every subscription when the gateway shuts down. */
export const GatewayDrainingErrorType = builder
  .objectRef<GatewayDrainingError>('GatewayDrainingError')
  .implement({
    description:
      'This instance of the gateway is shutting down. Subscribe again, which will reach another one.',
    interfaces: [ErrorInterface],
    fields: (t) => ({
      retryAfterSeconds: t.exposeInt('retryAfterSeconds', {
        nullable: true,
        description:
          'How long to wait before that: a random time, so that not all come back at once.',
      }),
    }),
  });

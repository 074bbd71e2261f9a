import {
  errorCodes,
  providerErrorKinds,
  remedies,
  type ErrorCode,
  type GatewayDrainingError,
  type ProviderError,
  type ProviderErrorKind,
  type Remedy,
  type UpstreamReply,
} from '../errors.ts';
import { builder } from './builder.ts';
import { PinProviderEnum } from './provider.ts';

const codeDescriptions: Record<ErrorCode, string> = {
  CREDENTIAL_MISSING: 'No credential was sent for the provider, so it was not asked.',
  CREDENTIAL_REJECTED: 'The provider does not accept the credential.',
  LINKED_IDENTITY_MISSING:
    'The user has to log in with the third party that the provider works with.',
  FORBIDDEN: 'The credential is accepted, but not for this.',
  ACCESS_REFUSED: 'PIMS refused access; a wrong PIN is the usual reason.',
  ACCOUNT_NOT_FOUND: 'The provider has no such account.',
  ACCOUNT_BLOCKED: 'The account is blocked at the provider.',
  BAD_REQUEST: 'The provider found fault with the request as the gateway made it.',
  PARAMETER_MISSING: 'A parameter is missing; see parameter.',
  PARAMETER_INVALID: 'The value of a parameter is not allowed; see parameter.',
  RATE_LIMITED: 'Too many requests in a short time.',
  TIMEOUT: 'The provider took too long.',
  NETWORK: 'The provider could not be reached, or could not reach what it needs.',
  OVERLOADED: 'Too many requests already wait for the provider.',
  CIRCUIT_OPEN: 'The provider has failed so often lately that it is not asked for a while.',
  SERVER_ERROR: 'The provider failed inside.',
  UNKNOWN: 'The provider gave a reason that says nothing.',
  NOT_INITIALIZED: 'The PIMS facade has not been initialised.',
  MISCONFIGURED: 'The PIMS core is not well configured.',
  NO_SERVICE: 'PIMS has no service that could answer.',
  VERSION_MISMATCH: 'The client software is too old for PIMS.',
  NOT_CONFIGURED: 'This gateway has no address for the provider.',
  NOT_SUPPORTED: 'The provider has no such operation.',
  DEVICE_STATE_INVALID: 'The internal state of the device is not correct.',
  DEVICE_UNKNOWN: 'The device is disabled or not known.',
  ACTIVATION_REQUIRED: 'The user has to activate the device before this.',
  OPERATION_FORBIDDEN: 'The device is in a state that forbids this.',
  SYNCHRONIZATION_FAILED: 'The operation worked, but the synchronisation that it needs did not.',
  OUTCOME_UNKNOWN:
    'The answer was lost after the request had been sent: it may have been carried out. The ' +
    'gateway does not repeat it.',
  UNEXPECTED_RESPONSE: 'The provider answered what its documents do not allow.',
  DRAINING: 'This gateway is shutting down.',
};

const ErrorCodeEnum = builder.enumType('ErrorCode', {
  description:
    'The stable cause of an error entry. New causes may be added: have a default branch.',
  values: describedValues(errorCodes, codeDescriptions),
});

const remedyDescriptions: Record<Remedy, string> = {
  SIGN_IN: 'The user signs in (again) at the provider.',
  LINK_IDENTITY: 'The user links the identity of a third party.',
  CHANGE_INPUT: 'The client sends something else.',
  WAIT: 'The client tries again later, after retryAfterSeconds where that is given.',
  RESET_DEVICE: "The steps of the device's enrolment are reset.",
  ACTIVATE_DEVICE: 'The user activates the device.',
  UPDATE_CLIENT: 'The user installs a newer version of the client software.',
  CONTACT_SUPPORT: 'Nothing helps but people; upstream has what they need to know.',
};

const RemedyEnum = builder.enumType('Remedy', {
  description: 'What can be done about an error.',
  values: describedValues(remedies, remedyDescriptions),
});

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

/** An enum's values with a description each; a value that lacks one is an error of the compiler. */
function describedValues<Name extends string>(
  names: readonly Name[],
  descriptions: Record<Name, string>,
): Record<Name, { description: string }> {
  const entries = names.map((name) => [name, { description: descriptions[name] }]);
  return Object.fromEntries(entries) as Record<Name, { description: string }>;
}

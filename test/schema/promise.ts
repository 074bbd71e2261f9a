/**
 * What every client may rely on: the graph as it was agreed upon, kept apart from the code that
 * makes it. The graph may have more. Something that is taken away or changed here breaks clients.
 */

/** A field: its type, or its type and its arguments, where ` = ` gives an argument's default. */
export type PromisedField =
  string | { readonly type: string; readonly args: Readonly<Record<string, string>> };

/** The fields of an object, an interface or an input object, by name. */
export type PromisedFields = Readonly<Record<string, PromisedField>>;

/** An object or an interface. */
export interface PromisedType {
  readonly implements?: readonly string[];
  readonly fields: PromisedFields;
}

const errorFields: PromisedFields = { message: 'String!', code: 'ErrorCode!' };

const providerErrorFields: PromisedFields = {
  ...errorFields,
  provider: 'PinProvider!',
  remedy: 'Remedy!',
  retryable: 'Boolean!',
  retryAfterSeconds: 'Int',
  upstream: 'UpstreamReply',
};

const providerError: PromisedType = {
  implements: ['Error', 'ProviderError'],
  fields: providerErrorFields,
};

export const roots = { query: 'Query', mutation: 'Mutation', subscription: 'Subscription' };

export const scalars: readonly string[] = ['DateTime', 'PinCode'];

export const interfaces: Readonly<Record<string, PromisedType>> = {
  Error: { fields: errorFields },
  ProviderError: { implements: ['Error'], fields: providerErrorFields },
};

export const objects: Readonly<Record<string, PromisedType>> = {
  Query: { fields: { account: 'Account!', providers: '[Provider!]!' } },
  Mutation: {
    fields: { generateOtp: { type: 'GenerateOtpResult!', args: { input: 'GenerateOtpInput!' } } },
  },
  Subscription: {
    fields: { pinSet: { type: 'PinSetResult!', args: { timeoutSeconds: 'Int' } } },
  },
  Account: {
    fields: { pins: { type: '[PinResult!]!', args: { providers: '[PinProvider!]' } } },
  },
  Pin: {
    fields: {
      provider: 'PinProvider!',
      type: 'String!',
      status: 'PinStatus!',
      requirement: 'PinRequirement',
      actionRequired: 'Boolean!',
      lock: 'PinLock',
    },
  },
  PinLock: { fields: { remainingSeconds: 'Int', until: 'DateTime' } },
  Provider: {
    fields: {
      name: 'PinProvider!',
      configured: 'Boolean!',
      capabilities: '[ProviderCapability!]!',
      availability: 'ProviderAvailability!',
    },
  },
  PinSetEvent: { fields: { provider: 'PinProvider!', type: 'String!', observedAt: 'DateTime!' } },
  PinStillUnset: { fields: { provider: 'PinProvider!', waitedSeconds: 'Int!' } },
  Otp: { fields: { provider: 'PinProvider!', value: 'String!', transactionId: 'String' } },
  UpstreamReply: {
    fields: { httpStatus: 'Int', code: 'String', title: 'String', detail: 'String', id: 'String' },
  },
  AuthenticationError: providerError,
  LinkedIdentityError: providerError,
  AuthorizationError: providerError,
  AccountError: providerError,
  InputError: { ...providerError, fields: { ...providerErrorFields, parameter: 'String' } },
  DeviceError: providerError,
  RateLimitError: providerError,
  UnavailableError: providerError,
  UnexpectedResponseError: providerError,
  UnsupportedOperationError: providerError,
  GatewayDrainingError: {
    implements: ['Error'],
    fields: { ...errorFields, retryAfterSeconds: 'Int' },
  },
};

export const inputs: Readonly<Record<string, PromisedFields>> = {
  GenerateOtpInput: { pinCode: 'PinCode!' },
};

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

export const unions: Readonly<Record<string, readonly string[]>> = {
  PinResult: words(`
    Pin AuthenticationError LinkedIdentityError AuthorizationError AccountError InputError
    RateLimitError UnavailableError UnexpectedResponseError UnsupportedOperationError
  `),
  PinSetResult: words(`
    PinSetEvent PinStillUnset AuthenticationError LinkedIdentityError AuthorizationError
    AccountError InputError RateLimitError UnavailableError UnexpectedResponseError
    UnsupportedOperationError GatewayDrainingError
  `),
  GenerateOtpResult: words(`
    Otp AuthenticationError AuthorizationError AccountError DeviceError InputError RateLimitError
    UnavailableError UnexpectedResponseError UnsupportedOperationError
  `),
};

export const enums: Readonly<Record<string, readonly string[]>> = {
  PinProvider: words('ADM PACE PIMS'),
  PinStatus: words('UNSET SET LOCKED'),
  PinRequirement: words('MANDATORY OPTIONAL'),
  ProviderCapability: words('PIN_STATUS PIN_SET_EVENTS OTP'),
  ProviderAvailability: words('AVAILABLE DEGRADED UNAVAILABLE NOT_CONFIGURED'),
  Remedy: words(`
    SIGN_IN LINK_IDENTITY CHANGE_INPUT WAIT RESET_DEVICE ACTIVATE_DEVICE UPDATE_CLIENT
    CONTACT_SUPPORT
  `),
  ErrorCode: words(`
    CREDENTIAL_MISSING CREDENTIAL_REJECTED LINKED_IDENTITY_MISSING FORBIDDEN ACCESS_REFUSED
    ACCOUNT_NOT_FOUND ACCOUNT_BLOCKED BAD_REQUEST PARAMETER_MISSING PARAMETER_INVALID RATE_LIMITED
    TIMEOUT NETWORK OVERLOADED CIRCUIT_OPEN SERVER_ERROR UNKNOWN NOT_INITIALIZED MISCONFIGURED
    NO_SERVICE VERSION_MISMATCH NOT_CONFIGURED NOT_SUPPORTED DEVICE_STATE_INVALID DEVICE_UNKNOWN
    ACTIVATION_REQUIRED OPERATION_FORBIDDEN SYNCHRONIZATION_FAILED OUTCOME_UNKNOWN
    UNEXPECTED_RESPONSE DRAINING
  `),
};

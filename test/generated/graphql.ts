/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** The stable cause of an error entry. New causes may be added: have a default branch. */
export type ErrorCode =
  /** PIMS refused access; a wrong PIN is the usual reason. */
  | 'ACCESS_REFUSED'
  /** The account is blocked at the provider. */
  | 'ACCOUNT_BLOCKED'
  /** The provider has no such account. */
  | 'ACCOUNT_NOT_FOUND'
  /** The user has to activate the device before this. */
  | 'ACTIVATION_REQUIRED'
  /** The provider found fault with the request as the gateway made it. */
  | 'BAD_REQUEST'
  /** The provider has failed so often lately that it is not asked for a while. */
  | 'CIRCUIT_OPEN'
  /** No credential was sent for the provider, so it was not asked. */
  | 'CREDENTIAL_MISSING'
  /** The provider does not accept the credential. */
  | 'CREDENTIAL_REJECTED'
  /** The internal state of the device is not correct. */
  | 'DEVICE_STATE_INVALID'
  /** The device is disabled or not known. */
  | 'DEVICE_UNKNOWN'
  /** This gateway is shutting down. */
  | 'DRAINING'
  /** The credential is accepted, but not for this. */
  | 'FORBIDDEN'
  /** The user has to log in with the third party that the provider works with. */
  | 'LINKED_IDENTITY_MISSING'
  /** The PIMS core is not well configured. */
  | 'MISCONFIGURED'
  /** The provider could not be reached, or could not reach what it needs. */
  | 'NETWORK'
  /** This gateway has no address for the provider. */
  | 'NOT_CONFIGURED'
  /** The PIMS facade has not been initialised. */
  | 'NOT_INITIALIZED'
  /** The provider has no such operation. */
  | 'NOT_SUPPORTED'
  /** PIMS has no service that could answer. */
  | 'NO_SERVICE'
  /** The device is in a state that forbids this. */
  | 'OPERATION_FORBIDDEN'
  /** The answer was lost after the request had been sent: it may have been carried out. The gateway does not repeat it. */
  | 'OUTCOME_UNKNOWN'
  /** Too many requests already wait for the provider. */
  | 'OVERLOADED'
  /** The value of a parameter is not allowed; see parameter. */
  | 'PARAMETER_INVALID'
  /** A parameter is missing; see parameter. */
  | 'PARAMETER_MISSING'
  /** Too many requests in a short time. */
  | 'RATE_LIMITED'
  /** The provider failed inside. */
  | 'SERVER_ERROR'
  /** The operation worked, but the synchronisation that it needs did not. */
  | 'SYNCHRONIZATION_FAILED'
  /** The provider took too long. */
  | 'TIMEOUT'
  /** The provider answered what its documents do not allow. */
  | 'UNEXPECTED_RESPONSE'
  /** The provider gave a reason that says nothing. */
  | 'UNKNOWN'
  /** The client software is too old for PIMS. */
  | 'VERSION_MISMATCH';

/** What a one-time password is made from. */
export type GenerateOtpInput = {
  /** The PIN of the account at PIMS. */
  pinCode: string;
};

/** The upstream systems that hold PINs. */
export type PinProvider =
  /** The account and device manager of a TV platform: every PIN of the account, with its lock. */
  | 'ADM'
  /** The user service of connected fueling: whether the user has a PIN, and a wait until there is one. */
  | 'PACE'
  /** The message API of connected cars: one-time passwords against a PIN. */
  | 'PIMS';

/** Whether the owner has to have the PIN. */
export type PinRequirement =
  /** It has to be set. */
  | 'MANDATORY'
  /** It may be left unset. */
  | 'OPTIONAL';

/** Whether a PIN has been chosen, and whether it may be tried. */
export type PinStatus =
  /** It was entered wrongly too often; see Pin.lock. */
  | 'LOCKED'
  /** It has been chosen and may be tried. */
  | 'SET'
  /** Nobody has chosen it yet. */
  | 'UNSET';

/** How a provider is doing, as seen from this gateway. */
export type ProviderAvailability =
  /** It answers, or has not been asked yet. */
  | 'AVAILABLE'
  /** It failed when it was last asked, and is asked all the same. */
  | 'DEGRADED'
  /** This gateway has no address for it. */
  | 'NOT_CONFIGURED'
  /** It failed so often that its circuit is open: an error is the answer, at once. */
  | 'UNAVAILABLE';

/** What a provider can be asked for. */
export type ProviderCapability =
  /** It answers Mutation.generateOtp. */
  | 'OTP'
  /** It answers Subscription.pinSet. */
  | 'PIN_SET_EVENTS'
  /** It answers Account.pins. */
  | 'PIN_STATUS';

/** What can be done about an error. */
export type Remedy =
  /** The user activates the device. */
  | 'ACTIVATE_DEVICE'
  /** The client sends something else. */
  | 'CHANGE_INPUT'
  /** Nothing helps but people; upstream has what they need to know. */
  | 'CONTACT_SUPPORT'
  /** The user links the identity of a third party. */
  | 'LINK_IDENTITY'
  /** The steps of the device's enrolment are reset. */
  | 'RESET_DEVICE'
  /** The user signs in (again) at the provider. */
  | 'SIGN_IN'
  /** The user installs a newer version of the client software. */
  | 'UPDATE_CLIENT'
  /** The client tries again later, after retryAfterSeconds where that is given. */
  | 'WAIT';

export type AccountPinsQueryVariables = Exact<{
  providers?: Array<PinProvider> | PinProvider | null | undefined;
}>;


export type AccountPinsQuery = { account: { pins: Array<
      | { __typename: 'AccountError', message: string, code: ErrorCode, provider: PinProvider, remedy: Remedy, retryable: boolean, retryAfterSeconds: number | null, upstream: { httpStatus: number | null, code: string | null, title: string | null, detail: string | null, id: string | null } | null }
      | { __typename: 'AuthenticationError', message: string, code: ErrorCode, provider: PinProvider, remedy: Remedy, retryable: boolean, retryAfterSeconds: number | null, upstream: { httpStatus: number | null, code: string | null, title: string | null, detail: string | null, id: string | null } | null }
      | { __typename: 'AuthorizationError', message: string, code: ErrorCode, provider: PinProvider, remedy: Remedy, retryable: boolean, retryAfterSeconds: number | null, upstream: { httpStatus: number | null, code: string | null, title: string | null, detail: string | null, id: string | null } | null }
      | { __typename: 'InputError', parameter: string | null, message: string, code: ErrorCode, provider: PinProvider, remedy: Remedy, retryable: boolean, retryAfterSeconds: number | null, upstream: { httpStatus: number | null, code: string | null, title: string | null, detail: string | null, id: string | null } | null }
      | { __typename: 'LinkedIdentityError', message: string, code: ErrorCode, provider: PinProvider, remedy: Remedy, retryable: boolean, retryAfterSeconds: number | null, upstream: { httpStatus: number | null, code: string | null, title: string | null, detail: string | null, id: string | null } | null }
      | { __typename: 'Pin', provider: PinProvider, type: string, status: PinStatus, requirement: PinRequirement | null, actionRequired: boolean, lock: { remainingSeconds: number | null, until: string | null } | null }
      | { __typename: 'RateLimitError', message: string, code: ErrorCode, provider: PinProvider, remedy: Remedy, retryable: boolean, retryAfterSeconds: number | null, upstream: { httpStatus: number | null, code: string | null, title: string | null, detail: string | null, id: string | null } | null }
      | { __typename: 'UnavailableError', message: string, code: ErrorCode, provider: PinProvider, remedy: Remedy, retryable: boolean, retryAfterSeconds: number | null, upstream: { httpStatus: number | null, code: string | null, title: string | null, detail: string | null, id: string | null } | null }
      | { __typename: 'UnexpectedResponseError', message: string, code: ErrorCode, provider: PinProvider, remedy: Remedy, retryable: boolean, retryAfterSeconds: number | null, upstream: { httpStatus: number | null, code: string | null, title: string | null, detail: string | null, id: string | null } | null }
      | { __typename: 'UnsupportedOperationError', message: string, code: ErrorCode, provider: PinProvider, remedy: Remedy, retryable: boolean, retryAfterSeconds: number | null, upstream: { httpStatus: number | null, code: string | null, title: string | null, detail: string | null, id: string | null } | null }
    > } };

export type GenerateOtpMutationVariables = Exact<{
  input: GenerateOtpInput;
}>;


export type GenerateOtpMutation = { generateOtp:
    | { __typename: 'AccountError', message: string, code: ErrorCode, provider: PinProvider, remedy: Remedy, retryable: boolean, retryAfterSeconds: number | null, upstream: { httpStatus: number | null, code: string | null, title: string | null, detail: string | null, id: string | null } | null }
    | { __typename: 'AuthenticationError', message: string, code: ErrorCode, provider: PinProvider, remedy: Remedy, retryable: boolean, retryAfterSeconds: number | null, upstream: { httpStatus: number | null, code: string | null, title: string | null, detail: string | null, id: string | null } | null }
    | { __typename: 'AuthorizationError', message: string, code: ErrorCode, provider: PinProvider, remedy: Remedy, retryable: boolean, retryAfterSeconds: number | null, upstream: { httpStatus: number | null, code: string | null, title: string | null, detail: string | null, id: string | null } | null }
    | { __typename: 'DeviceError', message: string, code: ErrorCode, provider: PinProvider, remedy: Remedy, retryable: boolean, retryAfterSeconds: number | null, upstream: { httpStatus: number | null, code: string | null, title: string | null, detail: string | null, id: string | null } | null }
    | { __typename: 'InputError', parameter: string | null, message: string, code: ErrorCode, provider: PinProvider, remedy: Remedy, retryable: boolean, retryAfterSeconds: number | null, upstream: { httpStatus: number | null, code: string | null, title: string | null, detail: string | null, id: string | null } | null }
    | { __typename: 'Otp', provider: PinProvider, value: string, transactionId: string | null }
    | { __typename: 'RateLimitError', message: string, code: ErrorCode, provider: PinProvider, remedy: Remedy, retryable: boolean, retryAfterSeconds: number | null, upstream: { httpStatus: number | null, code: string | null, title: string | null, detail: string | null, id: string | null } | null }
    | { __typename: 'UnavailableError', message: string, code: ErrorCode, provider: PinProvider, remedy: Remedy, retryable: boolean, retryAfterSeconds: number | null, upstream: { httpStatus: number | null, code: string | null, title: string | null, detail: string | null, id: string | null } | null }
    | { __typename: 'UnexpectedResponseError', message: string, code: ErrorCode, provider: PinProvider, remedy: Remedy, retryable: boolean, retryAfterSeconds: number | null, upstream: { httpStatus: number | null, code: string | null, title: string | null, detail: string | null, id: string | null } | null }
    | { __typename: 'UnsupportedOperationError', message: string, code: ErrorCode, provider: PinProvider, remedy: Remedy, retryable: boolean, retryAfterSeconds: number | null, upstream: { httpStatus: number | null, code: string | null, title: string | null, detail: string | null, id: string | null } | null }
   };

export type PinSetSubscriptionVariables = Exact<{
  timeoutSeconds?: number | null | undefined;
}>;


export type PinSetSubscription = { pinSet:
    | { __typename: 'AccountError', message: string, code: ErrorCode, provider: PinProvider, remedy: Remedy, retryable: boolean, retryAfterSeconds: number | null, upstream: { httpStatus: number | null, code: string | null, title: string | null, detail: string | null, id: string | null } | null }
    | { __typename: 'AuthenticationError', message: string, code: ErrorCode, provider: PinProvider, remedy: Remedy, retryable: boolean, retryAfterSeconds: number | null, upstream: { httpStatus: number | null, code: string | null, title: string | null, detail: string | null, id: string | null } | null }
    | { __typename: 'AuthorizationError', message: string, code: ErrorCode, provider: PinProvider, remedy: Remedy, retryable: boolean, retryAfterSeconds: number | null, upstream: { httpStatus: number | null, code: string | null, title: string | null, detail: string | null, id: string | null } | null }
    | { __typename: 'GatewayDrainingError', message: string, code: ErrorCode, retryAfterSeconds: number | null }
    | { __typename: 'InputError', parameter: string | null, message: string, code: ErrorCode, provider: PinProvider, remedy: Remedy, retryable: boolean, retryAfterSeconds: number | null, upstream: { httpStatus: number | null, code: string | null, title: string | null, detail: string | null, id: string | null } | null }
    | { __typename: 'LinkedIdentityError', message: string, code: ErrorCode, provider: PinProvider, remedy: Remedy, retryable: boolean, retryAfterSeconds: number | null, upstream: { httpStatus: number | null, code: string | null, title: string | null, detail: string | null, id: string | null } | null }
    | { __typename: 'PinSetEvent', provider: PinProvider, type: string, observedAt: string }
    | { __typename: 'PinStillUnset', provider: PinProvider, waitedSeconds: number }
    | { __typename: 'RateLimitError', message: string, code: ErrorCode, provider: PinProvider, remedy: Remedy, retryable: boolean, retryAfterSeconds: number | null, upstream: { httpStatus: number | null, code: string | null, title: string | null, detail: string | null, id: string | null } | null }
    | { __typename: 'UnavailableError', message: string, code: ErrorCode, provider: PinProvider, remedy: Remedy, retryable: boolean, retryAfterSeconds: number | null, upstream: { httpStatus: number | null, code: string | null, title: string | null, detail: string | null, id: string | null } | null }
    | { __typename: 'UnexpectedResponseError', message: string, code: ErrorCode, provider: PinProvider, remedy: Remedy, retryable: boolean, retryAfterSeconds: number | null, upstream: { httpStatus: number | null, code: string | null, title: string | null, detail: string | null, id: string | null } | null }
    | { __typename: 'UnsupportedOperationError', message: string, code: ErrorCode, provider: PinProvider, remedy: Remedy, retryable: boolean, retryAfterSeconds: number | null, upstream: { httpStatus: number | null, code: string | null, title: string | null, detail: string | null, id: string | null } | null }
   };

type ProviderErrorFields_AccountError_Fragment = { message: string, code: ErrorCode, provider: PinProvider, remedy: Remedy, retryable: boolean, retryAfterSeconds: number | null, upstream: { httpStatus: number | null, code: string | null, title: string | null, detail: string | null, id: string | null } | null };

type ProviderErrorFields_AuthenticationError_Fragment = { message: string, code: ErrorCode, provider: PinProvider, remedy: Remedy, retryable: boolean, retryAfterSeconds: number | null, upstream: { httpStatus: number | null, code: string | null, title: string | null, detail: string | null, id: string | null } | null };

type ProviderErrorFields_AuthorizationError_Fragment = { message: string, code: ErrorCode, provider: PinProvider, remedy: Remedy, retryable: boolean, retryAfterSeconds: number | null, upstream: { httpStatus: number | null, code: string | null, title: string | null, detail: string | null, id: string | null } | null };

type ProviderErrorFields_DeviceError_Fragment = { message: string, code: ErrorCode, provider: PinProvider, remedy: Remedy, retryable: boolean, retryAfterSeconds: number | null, upstream: { httpStatus: number | null, code: string | null, title: string | null, detail: string | null, id: string | null } | null };

type ProviderErrorFields_InputError_Fragment = { parameter: string | null, message: string, code: ErrorCode, provider: PinProvider, remedy: Remedy, retryable: boolean, retryAfterSeconds: number | null, upstream: { httpStatus: number | null, code: string | null, title: string | null, detail: string | null, id: string | null } | null };

type ProviderErrorFields_LinkedIdentityError_Fragment = { message: string, code: ErrorCode, provider: PinProvider, remedy: Remedy, retryable: boolean, retryAfterSeconds: number | null, upstream: { httpStatus: number | null, code: string | null, title: string | null, detail: string | null, id: string | null } | null };

type ProviderErrorFields_RateLimitError_Fragment = { message: string, code: ErrorCode, provider: PinProvider, remedy: Remedy, retryable: boolean, retryAfterSeconds: number | null, upstream: { httpStatus: number | null, code: string | null, title: string | null, detail: string | null, id: string | null } | null };

type ProviderErrorFields_UnavailableError_Fragment = { message: string, code: ErrorCode, provider: PinProvider, remedy: Remedy, retryable: boolean, retryAfterSeconds: number | null, upstream: { httpStatus: number | null, code: string | null, title: string | null, detail: string | null, id: string | null } | null };

type ProviderErrorFields_UnexpectedResponseError_Fragment = { message: string, code: ErrorCode, provider: PinProvider, remedy: Remedy, retryable: boolean, retryAfterSeconds: number | null, upstream: { httpStatus: number | null, code: string | null, title: string | null, detail: string | null, id: string | null } | null };

type ProviderErrorFields_UnsupportedOperationError_Fragment = { message: string, code: ErrorCode, provider: PinProvider, remedy: Remedy, retryable: boolean, retryAfterSeconds: number | null, upstream: { httpStatus: number | null, code: string | null, title: string | null, detail: string | null, id: string | null } | null };

export type ProviderErrorFieldsFragment =
  | ProviderErrorFields_AccountError_Fragment
  | ProviderErrorFields_AuthenticationError_Fragment
  | ProviderErrorFields_AuthorizationError_Fragment
  | ProviderErrorFields_DeviceError_Fragment
  | ProviderErrorFields_InputError_Fragment
  | ProviderErrorFields_LinkedIdentityError_Fragment
  | ProviderErrorFields_RateLimitError_Fragment
  | ProviderErrorFields_UnavailableError_Fragment
  | ProviderErrorFields_UnexpectedResponseError_Fragment
  | ProviderErrorFields_UnsupportedOperationError_Fragment
;

export type ProvidersQueryVariables = Exact<{ [key: string]: never; }>;


export type ProvidersQuery = { providers: Array<{ name: PinProvider, configured: boolean, capabilities: Array<ProviderCapability>, availability: ProviderAvailability }> };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const ProviderErrorFieldsFragmentDoc = new TypedDocumentString(`
    fragment ProviderErrorFields on ProviderError {
  message
  code
  provider
  remedy
  retryable
  retryAfterSeconds
  upstream {
    httpStatus
    code
    title
    detail
    id
  }
  ... on InputError {
    parameter
  }
}
    `, {"fragmentName":"ProviderErrorFields"}) as unknown as TypedDocumentString<ProviderErrorFieldsFragment, unknown>;
export const AccountPinsDocument = new TypedDocumentString(`
    query AccountPins($providers: [PinProvider!]) {
  account {
    pins(providers: $providers) {
      __typename
      ... on Pin {
        provider
        type
        status
        requirement
        actionRequired
        lock {
          remainingSeconds
          until
        }
      }
      ...ProviderErrorFields
    }
  }
}
    fragment ProviderErrorFields on ProviderError {
  message
  code
  provider
  remedy
  retryable
  retryAfterSeconds
  upstream {
    httpStatus
    code
    title
    detail
    id
  }
  ... on InputError {
    parameter
  }
}`) as unknown as TypedDocumentString<AccountPinsQuery, AccountPinsQueryVariables>;
export const GenerateOtpDocument = new TypedDocumentString(`
    mutation GenerateOtp($input: GenerateOtpInput!) {
  generateOtp(input: $input) {
    __typename
    ... on Otp {
      provider
      value
      transactionId
    }
    ...ProviderErrorFields
  }
}
    fragment ProviderErrorFields on ProviderError {
  message
  code
  provider
  remedy
  retryable
  retryAfterSeconds
  upstream {
    httpStatus
    code
    title
    detail
    id
  }
  ... on InputError {
    parameter
  }
}`) as unknown as TypedDocumentString<GenerateOtpMutation, GenerateOtpMutationVariables>;
export const PinSetDocument = new TypedDocumentString(`
    subscription PinSet($timeoutSeconds: Int) {
  pinSet(timeoutSeconds: $timeoutSeconds) {
    __typename
    ... on PinSetEvent {
      provider
      type
      observedAt
    }
    ... on PinStillUnset {
      provider
      waitedSeconds
    }
    ... on GatewayDrainingError {
      message
      code
      retryAfterSeconds
    }
    ...ProviderErrorFields
  }
}
    fragment ProviderErrorFields on ProviderError {
  message
  code
  provider
  remedy
  retryable
  retryAfterSeconds
  upstream {
    httpStatus
    code
    title
    detail
    id
  }
  ... on InputError {
    parameter
  }
}`) as unknown as TypedDocumentString<PinSetSubscription, PinSetSubscriptionVariables>;
export const ProvidersDocument = new TypedDocumentString(`
    query Providers {
  providers {
    name
    configured
    capabilities
    availability
  }
}
    `) as unknown as TypedDocumentString<ProvidersQuery, ProvidersQueryVariables>;
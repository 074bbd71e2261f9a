import type { ProviderName } from './pins.ts';

/** The error entries about one provider: each is an object type of the graph with the same name. */
export const providerErrorKinds = [
  'AuthenticationError',
  'LinkedIdentityError',
  'AuthorizationError',
  'AccountError',
  'InputError',
  'DeviceError',
  'RateLimitError',
  'UnavailableError',
  'UnexpectedResponseError',
  'UnsupportedOperationError',
] as const;

/** What went wrong, as coarse as a user interface needs it. */
export type ProviderErrorKind = (typeof providerErrorKinds)[number];

/** The stable cause of an error entry. */
export const errorCodes = [
  'CREDENTIAL_MISSING',
  'CREDENTIAL_REJECTED',
  'LINKED_IDENTITY_MISSING',
  'FORBIDDEN',
  'ACCESS_REFUSED',
  'ACCOUNT_NOT_FOUND',
  'ACCOUNT_BLOCKED',
  'BAD_REQUEST',
  'PARAMETER_MISSING',
  'PARAMETER_INVALID',
  'RATE_LIMITED',
  'TIMEOUT',
  'NETWORK',
  'OVERLOADED',
  'CIRCUIT_OPEN',
  'SERVER_ERROR',
  'UNKNOWN',
  'NOT_INITIALIZED',
  'MISCONFIGURED',
  'NO_SERVICE',
  'VERSION_MISMATCH',
  'NOT_CONFIGURED',
  'NOT_SUPPORTED',
  'DEVICE_STATE_INVALID',
  'DEVICE_UNKNOWN',
  'ACTIVATION_REQUIRED',
  'OPERATION_FORBIDDEN',
  'SYNCHRONIZATION_FAILED',
  'OUTCOME_UNKNOWN',
  'UNEXPECTED_RESPONSE',
  'DRAINING',
] as const;

/** The stable cause of an error entry. */
export type ErrorCode = (typeof errorCodes)[number];

/** What the user or the client can do about an error. */
export const remedies = [
  'SIGN_IN',
  'LINK_IDENTITY',
  'CHANGE_INPUT',
  'WAIT',
  'RESET_DEVICE',
  'ACTIVATE_DEVICE',
  'UPDATE_CLIENT',
  'CONTACT_SUPPORT',
] as const;

/** What the user or the client can do about an error. */
export type Remedy = (typeof remedies)[number];

/** The provider's own words, as far as it gave any. Lengths are capped before they get here. */
export interface UpstreamReply {
  readonly httpStatus: number | null;
  readonly code: string | null;
  readonly title: string | null;
  readonly detail: string | null;
  readonly id: string | null;
}

/** A failure that is expected: data for the client, never thrown. */
export interface ProviderError {
  readonly kind: ProviderErrorKind;
  readonly provider: ProviderName;
  readonly message: string;
  readonly code: ErrorCode;
  readonly remedy: Remedy;
  /** True when the same request, unchanged, may succeed later. */
  readonly retryable: boolean;
  /** Whole seconds to wait before that; null when nobody knows. */
  readonly retryAfterSeconds: number | null;
  /** Null when the provider did not answer or was not asked. */
  readonly upstream: UpstreamReply | null;
  /** Which parameter was wrong, for an InputError that knows. */
  readonly parameter: string | null;
}

/** This instance is shutting down: subscribe again, at another one, after the given time. */
export interface GatewayDrainingError {
  readonly kind: 'GatewayDrainingError';
  readonly message: string;
  readonly code: ErrorCode;
  readonly retryAfterSeconds: number | null;
}

const kinds = new Set<string>(providerErrorKinds);

/** Tells an error entry from the other members of a result union. */
export const isProviderError = (result: { readonly kind: string }): result is ProviderError =>
  kinds.has(result.kind);

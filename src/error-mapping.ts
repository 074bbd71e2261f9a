import type {
  ErrorCode,
  ProviderError,
  ProviderErrorKind,
  Remedy,
  UpstreamReply,
} from './errors.ts';
import type { ProviderName } from './pins.ts';

type Row = readonly [
  cause: string,
  kind: ProviderErrorKind,
  code: ErrorCode,
  remedy: Remedy,
  retryable: boolean,
  message: string,
];

/**
 * The total mapping: everything that can go wrong at or on the way to a provider, and the error
 * entry that it becomes. The adapters find their row by its cause, the tests walk the rows, and
 * docs/errors.md is printed from them. `$provider` in a message is replaced by the provider's name, and
 * `$header` by that of the header for its credential.
 */
// prettier-ignore
export const errorMapping = [
  // cause                                kind                         code                       remedy             retryable
  ['no credential',                       'AuthenticationError',       'CREDENTIAL_MISSING',      'SIGN_IN',         false, 'No credential was sent for $provider. It goes into the header $header.'],

  ['ADM HTTP 400',                        'InputError',                'BAD_REQUEST',             'CONTACT_SUPPORT', false, '$provider found the request malformed.'],
  ['ADM HTTP 401',                        'AuthenticationError',       'CREDENTIAL_REJECTED',     'SIGN_IN',         false, '$provider rejected the credential.'],
  ['ADM HTTP 403',                        'AuthorizationError',        'FORBIDDEN',               'CONTACT_SUPPORT', false, '$provider does not allow this credential to do so.'],
  ['ADM HTTP 404',                        'AccountError',              'ACCOUNT_NOT_FOUND',       'CONTACT_SUPPORT', false, '$provider does not know the account.'],

  ['PACE HTTP 401 missing-linked-identity', 'LinkedIdentityError',     'LINKED_IDENTITY_MISSING', 'LINK_IDENTITY',   false, 'The user has not linked the third-party identity that $provider needs.'],
  ['PACE HTTP 401',                       'AuthenticationError',       'CREDENTIAL_REJECTED',     'SIGN_IN',         false, '$provider rejected the credential.'],
  ['PACE HTTP 403',                       'AuthorizationError',        'FORBIDDEN',               'CONTACT_SUPPORT', false, '$provider does not allow this credential to do so.'],
  ['PACE HTTP 501',                       'UnavailableError',          'SERVER_ERROR',            'WAIT',            true,  '$provider had an internal error.'],

  ['PIMS HTTP 401',                       'AuthenticationError',       'CREDENTIAL_REJECTED',     'SIGN_IN',         false, '$provider rejected the credential.'],
  ['PIMS HTTP 403',                       'AuthorizationError',        'FORBIDDEN',               'CONTACT_SUPPORT', false, '$provider does not allow this credential to do so.'],
  ['PIMS 2000',                           'UnavailableError',          'UNKNOWN',                 'WAIT',            true,  '$provider failed for a reason it does not know.'],
  ['PIMS 2001',                           'UnavailableError',          'NOT_INITIALIZED',         'WAIT',            true,  '$provider is not initialised yet.'],
  ['PIMS 2006',                           'UnavailableError',          'MISCONFIGURED',           'CONTACT_SUPPORT', false, '$provider is not well configured.'],
  ['PIMS 2101',                           'InputError',                'PARAMETER_MISSING',       'CHANGE_INPUT',    false, '$provider misses a parameter.'],
  ['PIMS 2102',                           'InputError',                'PARAMETER_INVALID',       'CHANGE_INPUT',    false, '$provider found a parameter invalid.'],
  ['PIMS 2202',                           'UnavailableError',          'NETWORK',                 'WAIT',            true,  '$provider has no internet connection.'],
  ['PIMS 2308',                           'AuthorizationError',        'ACCESS_REFUSED',          'CHANGE_INPUT',    false, '$provider refused access: the PIN may be wrong.'],
  ['PIMS 2309',                           'UnavailableError',          'VERSION_MISMATCH',        'UPDATE_CLIENT',   false, '$provider needs a newer version of the client software.'],
  ['PIMS 2310',                           'AccountError',              'ACCOUNT_BLOCKED',         'CONTACT_SUPPORT', false, 'The account at $provider is blocked.'],
  ['PIMS 2311',                           'DeviceError',               'DEVICE_STATE_INVALID',    'CONTACT_SUPPORT', false, 'The internal state of the device is not correct.'],
  ['PIMS 2312',                           'DeviceError',               'DEVICE_UNKNOWN',          'RESET_DEVICE',    false, 'The device is disabled or unknown.'],
  ['PIMS 2313',                           'DeviceError',               'ACTIVATION_REQUIRED',     'ACTIVATE_DEVICE', false, 'The user has to activate the device first.'],
  ['PIMS 2314',                           'UnavailableError',          'NO_SERVICE',              'WAIT',            true,  '$provider has no service available.'],
  ['PIMS 2316',                           'DeviceError',               'SYNCHRONIZATION_FAILED',  'RESET_DEVICE',    false, 'The operation succeeded, but the synchronisation after it failed.'],
  ['PIMS 2317',                           'DeviceError',               'OPERATION_FORBIDDEN',     'RESET_DEVICE',    false, 'The state of the device forbids the operation.'],
  ['PIMS other code',                     'UnavailableError',          'UNKNOWN',                 'CONTACT_SUPPORT', false, '$provider failed with a code that its documents do not have.'],

  ['HTTP 429',                            'RateLimitError',            'RATE_LIMITED',            'WAIT',            true,  '$provider got too many requests.'],
  ['HTTP 4xx',                            'InputError',                'BAD_REQUEST',             'CONTACT_SUPPORT', false, '$provider refused the request.'],
  ['HTTP 5xx',                            'UnavailableError',          'SERVER_ERROR',            'WAIT',            true,  '$provider had an internal error.'],
  ['HTTP 1xx or 3xx',                     'UnexpectedResponseError',   'UNEXPECTED_RESPONSE',     'CONTACT_SUPPORT', false, '$provider gave no final answer.'],
  ['broken contract',                     'UnexpectedResponseError',   'UNEXPECTED_RESPONSE',     'CONTACT_SUPPORT', false, '$provider answered something that its contract does not allow.'],

  ['deadline passed',                     'UnavailableError',          'TIMEOUT',                 'WAIT',            true,  '$provider did not answer in time.'],
  ['connection failed',                   'UnavailableError',          'NETWORK',                 'WAIT',            true,  '$provider could not be reached.'],
  ['failed before sent',                  'UnavailableError',          'NETWORK',                 'WAIT',            true,  '$provider could not be reached; it has not seen the request.'],
  ['outcome unknown',                     'UnavailableError',          'OUTCOME_UNKNOWN',         'WAIT',            false, '$provider may have seen the request, but its answer was lost.'],

  ['overloaded',                          'UnavailableError',          'OVERLOADED',              'WAIT',            true,  'Too many requests are waiting for $provider.'],
  ['circuit open',                        'UnavailableError',          'CIRCUIT_OPEN',            'WAIT',            true,  '$provider has been failing and is given a rest.'],
  ['OTP rate limit',                      'RateLimitError',            'RATE_LIMITED',            'WAIT',            true,  'Too many attempts to make a one-time password.'],
  ['OTP asked twice',                     'InputError',                'BAD_REQUEST',             'CHANGE_INPUT',    false, 'One operation makes at most one one-time password.'],
  ['subscription limit',                  'RateLimitError',            'RATE_LIMITED',            'WAIT',            true,  'This gateway has too many subscriptions.'],
  ['timeoutSeconds out of range',         'InputError',                'PARAMETER_INVALID',       'CHANGE_INPUT',    false, 'timeoutSeconds has to be a whole number from 1 to 86400.'],
  ['not configured',                      'UnsupportedOperationError', 'NOT_CONFIGURED',          'CONTACT_SUPPORT', false, '$provider is not configured at this gateway.'],
  ['not supported',                       'UnsupportedOperationError', 'NOT_SUPPORTED',           'CHANGE_INPUT',    false, '$provider has no such operation.'],
] as const satisfies readonly Row[];

/** The name of one row of the mapping. */
export type ErrorCause = (typeof errorMapping)[number][0];

const rowOf: ReadonlyMap<string, Row> = new Map(errorMapping.map((row) => [row[0], row]));

const isCause = (name: string): name is ErrorCause => rowOf.has(name);

/** What is known beyond the row itself. */
export interface ErrorDetails {
  readonly upstream?: UpstreamReply;
  readonly retryAfterSeconds?: number | null;
  readonly parameter?: string | null;
}

/** Makes the error entry that the mapping has for `cause`. */
export function providerError(
  provider: ProviderName,
  cause: ErrorCause,
  { upstream, retryAfterSeconds = null, parameter = null }: ErrorDetails = {},
): ProviderError {
  const row = rowOf.get(cause);
  if (row === undefined) throw new Error(`the error mapping has no row for ${cause}`);
  const [, kind, code, remedy, retryable, message] = row;
  return {
    kind,
    provider,
    message: message
      .replaceAll('$provider', provider)
      .replaceAll('$header', `x-${provider.toLowerCase()}-authorization`),
    code,
    remedy,
    retryable,
    retryAfterSeconds,
    upstream: upstream ?? null,
    parameter,
  };
}

/**
 * The row for an HTTP status that is not the provider's documented success: the provider's own row
 * where its document names the status, the row of the status class otherwise.
 */
export function causeOfStatus(provider: ProviderName, status: number): ErrorCause {
  const documented = `${provider} HTTP ${status}`;
  if (isCause(documented)) return documented;
  if (status === 429) return 'HTTP 429';
  if (status >= 400 && status <= 499) return 'HTTP 4xx';
  if (status >= 500 && status <= 599) return 'HTTP 5xx';
  if (status < 200 || (status >= 300 && status <= 399)) return 'HTTP 1xx or 3xx';
  return 'broken contract';
}

/** The row for a PIMS error code. */
export function causeOfPimsCode(code: number): ErrorCause {
  const documented = `PIMS ${code}`;
  return isCause(documented) ? documented : 'PIMS other code';
}

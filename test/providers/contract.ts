import type { ContractRow } from './entries.ts';

/**
 * The total mapping, copied from the contract and not from the code, by the names that the code has
 * for its rows. Whoever changes a row changes what clients rely on, and has to do it here as well.
 */
// prettier-ignore
export const contract = {
  'no credential':                         ['AuthenticationError',       'CREDENTIAL_MISSING',      'SIGN_IN',         false],
  'ADM HTTP 400':                          ['InputError',                'BAD_REQUEST',             'CONTACT_SUPPORT', false],
  'ADM HTTP 401':                          ['AuthenticationError',       'CREDENTIAL_REJECTED',     'SIGN_IN',         false],
  'ADM HTTP 403':                          ['AuthorizationError',        'FORBIDDEN',               'CONTACT_SUPPORT', false],
  'ADM HTTP 404':                          ['AccountError',              'ACCOUNT_NOT_FOUND',       'CONTACT_SUPPORT', false],
  'PACE HTTP 401 missing-linked-identity': ['LinkedIdentityError',       'LINKED_IDENTITY_MISSING', 'LINK_IDENTITY',   false],
  'PACE HTTP 401':                         ['AuthenticationError',       'CREDENTIAL_REJECTED',     'SIGN_IN',         false],
  'PACE HTTP 403':                         ['AuthorizationError',        'FORBIDDEN',               'CONTACT_SUPPORT', false],
  'PACE HTTP 501':                         ['UnavailableError',          'SERVER_ERROR',            'WAIT',            true],
  'PIMS HTTP 401':                         ['AuthenticationError',       'CREDENTIAL_REJECTED',     'SIGN_IN',         false],
  'PIMS HTTP 403':                         ['AuthorizationError',        'FORBIDDEN',               'CONTACT_SUPPORT', false],
  'PIMS 2000':                             ['UnavailableError',          'UNKNOWN',                 'WAIT',            true],
  'PIMS 2001':                             ['UnavailableError',          'NOT_INITIALIZED',         'WAIT',            true],
  'PIMS 2006':                             ['UnavailableError',          'MISCONFIGURED',           'CONTACT_SUPPORT', false],
  'PIMS 2101':                             ['InputError',                'PARAMETER_MISSING',       'CHANGE_INPUT',    false],
  'PIMS 2102':                             ['InputError',                'PARAMETER_INVALID',       'CHANGE_INPUT',    false],
  'PIMS 2202':                             ['UnavailableError',          'NETWORK',                 'WAIT',            true],
  'PIMS 2308':                             ['AuthorizationError',        'ACCESS_REFUSED',          'CHANGE_INPUT',    false],
  'PIMS 2309':                             ['UnavailableError',          'VERSION_MISMATCH',        'UPDATE_CLIENT',   false],
  'PIMS 2310':                             ['AccountError',              'ACCOUNT_BLOCKED',         'CONTACT_SUPPORT', false],
  'PIMS 2311':                             ['DeviceError',               'DEVICE_STATE_INVALID',    'CONTACT_SUPPORT', false],
  'PIMS 2312':                             ['DeviceError',               'DEVICE_UNKNOWN',          'RESET_DEVICE',    false],
  'PIMS 2313':                             ['DeviceError',               'ACTIVATION_REQUIRED',     'ACTIVATE_DEVICE', false],
  'PIMS 2314':                             ['UnavailableError',          'NO_SERVICE',              'WAIT',            true],
  'PIMS 2316':                             ['DeviceError',               'SYNCHRONIZATION_FAILED',  'RESET_DEVICE',    false],
  'PIMS 2317':                             ['DeviceError',               'OPERATION_FORBIDDEN',     'RESET_DEVICE',    false],
  'PIMS other code':                       ['UnavailableError',          'UNKNOWN',                 'CONTACT_SUPPORT', false],
  'HTTP 429':                              ['RateLimitError',            'RATE_LIMITED',            'WAIT',            true],
  'HTTP 4xx':                              ['InputError',                'BAD_REQUEST',             'CONTACT_SUPPORT', false],
  'HTTP 5xx':                              ['UnavailableError',          'SERVER_ERROR',            'WAIT',            true],
  'HTTP 1xx or 3xx':                       ['UnexpectedResponseError',   'UNEXPECTED_RESPONSE',     'CONTACT_SUPPORT', false],
  'broken contract':                       ['UnexpectedResponseError',   'UNEXPECTED_RESPONSE',     'CONTACT_SUPPORT', false],
  'deadline passed':                       ['UnavailableError',          'TIMEOUT',                 'WAIT',            true],
  'connection failed':                     ['UnavailableError',          'NETWORK',                 'WAIT',            true],
  'failed before sent':                    ['UnavailableError',          'NETWORK',                 'WAIT',            true],
  'outcome unknown':                       ['UnavailableError',          'OUTCOME_UNKNOWN',         'WAIT',            false],
  'overloaded':                            ['UnavailableError',          'OVERLOADED',              'WAIT',            true],
  'circuit open':                          ['UnavailableError',          'CIRCUIT_OPEN',            'WAIT',            true],
  'OTP rate limit':                        ['RateLimitError',            'RATE_LIMITED',            'WAIT',            true],
  'OTP asked twice':                       ['InputError',                'BAD_REQUEST',             'CHANGE_INPUT',    false],
  'subscription limit':                    ['RateLimitError',            'RATE_LIMITED',            'WAIT',            true],
  'timeoutSeconds out of range':           ['InputError',                'PARAMETER_INVALID',       'CHANGE_INPUT',    false],
  'not configured':                        ['UnsupportedOperationError', 'NOT_CONFIGURED',          'CONTACT_SUPPORT', false],
  'not supported':                         ['UnsupportedOperationError', 'NOT_SUPPORTED',           'CHANGE_INPUT',    false],
} as const satisfies Record<string, ContractRow>;

/** The name of a row. */
export type Cause = keyof typeof contract;

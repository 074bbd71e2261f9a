import { errorCodes, remedies, type ErrorCode, type Remedy } from '../errors.ts';
import { builder } from './builder.ts';

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

/** The causes. */
export const ErrorCodeEnum = builder.enumType('ErrorCode', {
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

/** The remedies. */
export const RemedyEnum = builder.enumType('Remedy', {
  description: 'What can be done about an error.',
  values: describedValues(remedies, remedyDescriptions),
});

/** An enum's values with a description each; a value that lacks one is an error of the compiler. */
function describedValues<Name extends string>(
  names: readonly Name[],
  descriptions: Record<Name, string>,
): Record<Name, { description: string }> {
  const entries = names.map((name) => [name, { description: descriptions[name] }]);
  return Object.fromEntries(entries) as Record<Name, { description: string }>;
}

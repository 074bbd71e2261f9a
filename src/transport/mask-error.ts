import { GraphQLError, type GraphQLErrorExtensions } from 'graphql';
import { concealValues } from './conceal-values.ts';

/**
 * What a client may see of an error. A GraphQLError that was meant for it stays, without the values
 * it may hold; anything else is a bug of ours, of which it learns nothing but that it happened.
 * Masking what is masked changes nothing.
 */
export function maskError(error: unknown): GraphQLError {
  if (!(error instanceof GraphQLError)) {
    return new GraphQLError(unexpectedMessage, { extensions: unexpectedExtensions });
  }
  const { nodes, source, positions, path } = error;
  const isMeantForClient = !isUnexpected(error);
  return new GraphQLError(isMeantForClient ? concealValues(error.message) : unexpectedMessage, {
    ...(nodes && { nodes }),
    ...(source && { source }),
    ...(positions && { positions }),
    ...(path && { path }),
    extensions: isMeantForClient ? publicExtensions(error) : unexpectedExtensions,
  });
}

const unexpectedMessage = 'Unexpected error.';
const unexpectedExtensions = { code: 'INTERNAL_SERVER_ERROR', unexpected: true };

/** The code, and what Yoga needs to answer. */
function publicExtensions({ extensions }: GraphQLError): GraphQLErrorExtensions {
  const { code, http, unexpected, originalError } = extensions;
  return {
    ...(code !== undefined && { code }),
    ...(unexpected !== undefined && { unexpected }),
    // Yoga's own errors have the parser's message here, which quotes the body. Its presence also
    // tells Yoga to answer with the status of the error, whatever the client accepts: keep that.
    ...(isObject(http) && { http: originalError === undefined ? http : { ...http, spec: false } }),
  };
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Tells a bug from an error that GraphQL, or the gateway on purpose, has for the client. */
export const isUnexpected = (error: unknown): boolean =>
  !(error instanceof GraphQLError) ||
  (error.originalError != null && isUnexpected(error.originalError));

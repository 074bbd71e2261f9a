import { GraphQLError } from 'graphql';
import { concealValues } from './conceal-values.ts';

/**
 * What a client may see of an error. A GraphQLError that was meant for it stays, without the values
 * it may hold; anything else is a bug of ours, of which it learns nothing but that it happened.
 */
export function maskError(error: unknown): GraphQLError {
  if (!(error instanceof GraphQLError)) {
    return new GraphQLError(unexpectedMessage, { extensions: unexpectedExtensions });
  }
  const { nodes, source, positions, path, extensions } = error;
  const isMeantForClient = !isUnexpected(error);
  return new GraphQLError(isMeantForClient ? concealValues(error.message) : unexpectedMessage, {
    ...(nodes && { nodes }),
    ...(source && { source }),
    ...(positions && { positions }),
    ...(path && { path }),
    extensions: isMeantForClient ? extensions : unexpectedExtensions,
  });
}

const unexpectedMessage = 'Unexpected error.';
const unexpectedExtensions = { code: 'INTERNAL_SERVER_ERROR', unexpected: true };

/** Tells a bug from an error that GraphQL, or the gateway on purpose, has for the client. */
export const isUnexpected = (error: unknown): boolean =>
  !(error instanceof GraphQLError) ||
  (error.originalError != null && isUnexpected(error.originalError));

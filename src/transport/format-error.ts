import type { GraphQLError, GraphQLFormattedError } from 'graphql';

/** An error as the client gets it. Yoga's hints to its HTTP side are no part of it. */
export function formatError(error: GraphQLError): GraphQLFormattedError {
  const { extensions, ...formatted } = error.toJSON();
  const rest = Object.entries(extensions ?? {}).filter(([name]) => !isInternal.has(name));
  return rest.length > 0 ? { ...formatted, extensions: Object.fromEntries(rest) } : formatted;
}

const isInternal = new Set(['http', 'unexpected']);

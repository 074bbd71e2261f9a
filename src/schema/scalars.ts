import { GraphQLError, Kind, type ValueNode } from 'graphql';
import { Secret } from '../secret.ts';
import { builder } from './builder.ts';

builder.scalarType('DateTime', {
  description:
    'A point in time in UTC, written as RFC 3339 with milliseconds: 2026-11-22T10:15:30.000Z.',
  serialize: (instant) => instant.toISOString(),
  parseValue: () => {
    throw new GraphQLError('DateTime is only ever an answer.');
  },
});

const longestPin = 64;

builder.scalarType('PinCode', {
  description:
    'A PIN exactly as its owner types it: a string of 1 to 64 characters, in which leading zeros ' +
    'count. It only goes in: the gateway never returns, logs, traces or caches it.',
  serialize: () => {
    throw new TypeError('a PIN is never an answer');
  },
  parseValue: parsePinCode,
  parseLiteral: (node) => parsePinCode(node.kind === Kind.STRING ? node.value : undefined, node),
});

/** Wraps the PIN as soon as it is read. The error must not repeat the value. */
function parsePinCode(value: unknown, node?: ValueNode): Secret {
  if (typeof value === 'string') {
    const { length } = Array.from(value);
    if (length >= 1 && length <= longestPin) return new Secret(value);
  }
  const message = `A PinCode is a string of 1 to ${longestPin} characters.`;
  throw new GraphQLError(message, node && { nodes: node });
}

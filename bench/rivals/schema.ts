import { makeExecutableSchema } from '@graphql-tools/schema';
import type { IncomingHttpHeaders } from 'node:http';
import { readPins } from '../support/read-pins.ts';

/** What the rivals put into the context of an operation. */
export interface RivalContext {
  /** Of the client's request. */
  readonly headers: IncomingHttpHeaders;
}

/** The part of the gateway's graph that the benchmark's document asks for. */
const typeDefs = `
  type Query { account: Account! }
  type Account { pins: [PinResult!]! }
  union PinResult = Pin | UnavailableError

  type Pin {
    provider: PinProvider!
    type: String!
    status: PinStatus!
    requirement: PinRequirement
    actionRequired: Boolean!
    lock: PinLock
  }
  type PinLock { remainingSeconds: Int, until: DateTime }
  scalar DateTime
  enum PinProvider { ADM PACE }
  enum PinStatus { UNSET SET LOCKED }
  enum PinRequirement { MANDATORY OPTIONAL }

  interface ProviderError {
    provider: PinProvider!
    code: String!
    message: String!
    retryable: Boolean!
  }
  type UnavailableError implements ProviderError {
    provider: PinProvider!
    code: String!
    message: String!
    retryable: Boolean!
  }
`;

/** The schema that every rival serves. */
export const schema = makeExecutableSchema<RivalContext>({
  typeDefs,
  resolvers: {
    Query: { account: () => ({}) },
    Account: { pins: (_account, _args, { headers }) => readPins(headers) },
  },
});

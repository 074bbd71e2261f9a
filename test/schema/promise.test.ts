import { buildSchema, printSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createSchema } from '../../src/schema/index.ts';
import { brokenPromises } from './broken-promises.ts';

const schema = createSchema();
/** Without descriptions, so that a change is a short replacement. */
const sdl = printSchema(schema).replace(/ *"""[^]*?"""\n/g, '');

function changed(from: string | RegExp, to: string): string[] {
  const text = sdl.replace(from, to);
  expect(text).not.toBe(sdl);
  return brokenPromises(buildSchema(text));
}

describe('the promise of the schema', () => {
  it('is kept', () => {
    expect(brokenPromises(schema)).toEqual([]);
  });

  it.each<[change: string, from: string | RegExp, to: string, problem: string]>([
    [
      'a type of another kind',
      'type PinLock {',
      'interface PinLock {',
      'PinLock is of another kind',
    ],
    ['a field that is gone', /^ {2}actionRequired.*\n/m, '', 'Pin.actionRequired is gone'],
    [
      'a field that may be null',
      'actionRequired: Boolean!',
      'actionRequired: Boolean',
      'Pin.actionRequired was Boolean! and is Boolean',
    ],
    [
      'a list whose items may be null',
      ': [PinResult!]!',
      ': [PinResult]!',
      'Account.pins was [PinResult!]! and is [PinResult]!',
    ],
    [
      'a field that is never null any more',
      'lock: PinLock',
      'lock: PinLock!',
      'Pin.lock was PinLock and is PinLock!',
    ],
    [
      'an argument that is gone',
      /\(\s*timeoutSeconds: Int\s*\)/,
      '',
      'Subscription.pinSet(timeoutSeconds) is gone',
    ],
    [
      'an argument of another type',
      'timeoutSeconds: Int',
      'timeoutSeconds: Float',
      'Subscription.pinSet(timeoutSeconds) was Int and is Float',
    ],
    [
      'an argument that gets a default',
      'timeoutSeconds: Int',
      'timeoutSeconds: Int = 60',
      'Subscription.pinSet(timeoutSeconds) was Int and is Int = 60',
    ],
    [
      'a new argument that has to be given',
      'timeoutSeconds: Int',
      'timeoutSeconds: Int, at: String!',
      'Subscription.pinSet: at is new and required',
    ],
    [
      'a new argument of a field without any',
      'account: Account!',
      'account(id: ID!): Account!',
      'Query.account: id is new and required',
    ],
    [
      'a new input field that has to be given',
      'pinCode: PinCode!',
      'pinCode: PinCode!\n device: ID!',
      'GenerateOtpInput: device is new and required',
    ],
    [
      'an input field of another type',
      'pinCode: PinCode!',
      'pinCode: String!',
      'GenerateOtpInput.pinCode was PinCode! and is String!',
    ],
    [
      'an enum value that is gone',
      /^ {2}OUTCOME_UNKNOWN\n/m,
      '',
      'ErrorCode: OUTCOME_UNKNOWN is gone',
    ],
    [
      'a member that leaves its union',
      'GenerateOtpResult = Otp | ',
      'GenerateOtpResult = ',
      'GenerateOtpResult: Otp is gone',
    ],
    [
      'an interface that is no longer implemented',
      'type GatewayDrainingError implements Error {',
      'type GatewayDrainingError {',
      'GatewayDrainingError: Error is gone',
    ],
    [
      'a scalar that becomes an enum',
      'scalar DateTime',
      'enum DateTime { NOW }',
      'DateTime is of another kind',
    ],
  ])('is broken by %s', (_change, from, to, problem) => {
    expect(changed(from, to)).toEqual([problem]);
  });

  it('is broken by a root type of another name', () => {
    const text = `schema { query: Account, mutation: Mutation, subscription: Subscription }\n${sdl}`;
    expect(brokenPromises(buildSchema(text))).toEqual([
      expect.stringMatching(/^schema was .*"query":"Query".* and is .*"query":"Account"/),
    ]);
  });

  it.each<[addition: string, from: string, to: string]>([
    ['a type', 'scalar DateTime', 'scalar DateTime\nscalar Date'],
    ['a field', 'account: Account!', 'account: Account!\n now: DateTime'],
    ['an enum value', '  OUTCOME_UNKNOWN\n', '  OUTCOME_UNKNOWN\n  ON_FIRE\n'],
    ['a member of a union', 'PinResult = Pin |', 'PinResult = Pin | PinLock |'],
    ['an argument that may be left out', 'timeoutSeconds: Int', 'timeoutSeconds: Int, at: String'],
    ['an input field with a default', 'pinCode: PinCode!', 'pinCode: PinCode!\n n: Int! = 1'],
  ])('lets the graph grow by %s', (_addition, from, to) => {
    expect(changed(from, to)).toEqual([]);
  });
});

import { expect } from 'vitest';
import type {
  ErrorCode,
  PinProvider,
  ProviderErrorFieldsFragment,
  Remedy,
} from '../generated/graphql.ts';

type Upstream = NonNullable<ProviderErrorFieldsFragment['upstream']>;

/** `__typename`, `code`, `remedy` and `retryable` of an error entry: one line of the contract. */
export type ContractRow = readonly [
  typename: string,
  code: ErrorCode,
  remedy: Remedy,
  retryable: boolean,
];

/** An error entry with every field of ProviderErrorFields. */
export type ExpectedEntry = Readonly<Record<string, unknown>>;

/** What an entry has beyond its row. Everything that is not given is expected to be null. */
export interface Beyond {
  readonly retryAfterSeconds?: unknown;
  /** Null (nobody answered), or what the provider said. */
  readonly upstream?: { readonly [field in keyof Upstream]?: unknown } | null;
  /** Of an InputError. */
  readonly parameter?: string;
}

/** The whole entry that a row of the contract stands for. */
export function entryOf(
  provider: PinProvider,
  [typename, code, remedy, retryable]: ContractRow,
  { retryAfterSeconds = null, upstream = null, parameter }: Beyond = {},
): ExpectedEntry {
  return {
    __typename: typename,
    message: aMessage,
    code,
    provider,
    remedy,
    retryable,
    retryAfterSeconds,
    upstream: upstream && {
      httpStatus: null,
      code: null,
      title: null,
      detail: null,
      id: null,
      ...upstream,
    },
    ...(typename === 'InputError' && { parameter: parameter ?? null }),
  };
}

/** Messages may change (schema.graphql): one is a sentence, without a placeholder or an address. */
const aMessage: unknown = expect.stringMatching(/^[A-Za-z][^$/{}[\]]{8,}\.$/);

/** Stands for a whole number from `from` to `to`. */
export const wholeNumber = (from: number, to: number): unknown =>
  expect.toSatisfy(
    (value) => Number.isInteger(value) && Number(value) >= from && Number(value) <= to,
    `a whole number from ${from} to ${to}`,
  );

/** Stands for any non-empty text. */
export const anyText: unknown = expect.stringMatching(/./);

/** A PIN as `account.pins` has it. */
export const pinEntry = (
  provider: PinProvider,
  type: string,
  status: 'SET' | 'UNSET' | 'LOCKED',
  requirement: 'MANDATORY' | 'OPTIONAL' | null = null,
  lock: { remainingSeconds: number | null; until: unknown } | null = null,
): ExpectedEntry => ({
  __typename: 'Pin',
  provider,
  type,
  status,
  requirement,
  actionRequired: requirement === 'MANDATORY' && status === 'UNSET',
  lock,
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AccountPinsDocument } from '../generated/graphql.ts';
import { post } from '../support/client.ts';
import { reply } from '../support/upstream.ts';
import { contract } from './contract.ts';
import { entryOf } from './entries.ts';
import { credentials, startWith } from './harness.ts';

const broken = entryOf('ADM', contract['broken contract'], { upstream: { httpStatus: 200 } });

/** A field that is sometimes right, sometimes missing, and sometimes any JSON at all. */
const field = (...right: readonly fc.JsonValue[]) =>
  fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...right) },
    { weight: 1, arbitrary: fc.jsonValue() },
  );

const lockTime = fc.oneof(fc.integer(), fc.double({ noNaN: true }), fc.jsonValue());

const item = fc.oneof(
  { weight: 1, arbitrary: fc.jsonValue() },
  {
    weight: 4,
    arbitrary: fc.record(
      {
        pinType: fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue()),
        status: field('UNSET', 'SET', 'LOCKED'),
        extendedStatus: field('MANDATORY', 'OPTIONAL', null),
        lockTimeRemaining: lockTime,
      },
      { requiredKeys: [] },
    ),
  },
);

const list = fc.record(
  {
    totalRecords: fc.oneof(fc.nat(5), fc.jsonValue()),
    resourceSet: fc.oneof(
      { weight: 5, arbitrary: fc.array(item, { maxLength: 5 }) },
      { weight: 1, arbitrary: fc.jsonValue() },
    ),
  },
  { requiredKeys: [] },
);

const poison = fc
  .tuple(fc.constantFrom('__proto__', 'constructor', 'toString', 'length'), fc.json())
  .map(([key, value]) => `{"${key}":${value},"resourceSet":[{"${key}":${value}}]}`);

const nested = fc
  .tuple(fc.integer({ min: 1, max: 50_000 }), fc.boolean())
  .map(([depth, isList]) =>
    isList
      ? `{"resourceSet":${'['.repeat(depth)}${']'.repeat(depth)}}`
      : `{"resourceSet":[${'{"status":'.repeat(depth)}1${'}'.repeat(depth)}]}`,
  );

const body = fc.oneof(
  { weight: 5, arbitrary: list.map((value) => JSON.stringify(value)) },
  { weight: 2, arbitrary: fc.json() },
  { weight: 1, arbitrary: poison },
  { weight: 1, arbitrary: nested },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
);

const aPin: unknown = expect.toSatisfy((entry: unknown) => {
  const { __typename, provider, type, status, requirement, actionRequired, lock } = entry as Record<
    string,
    unknown
  >;
  return (
    __typename === 'Pin' &&
    provider === 'ADM' &&
    typeof type === 'string' &&
    ['UNSET', 'SET', 'LOCKED'].includes(String(status)) &&
    [null, 'MANDATORY', 'OPTIONAL'].includes(requirement as string | null) &&
    actionRequired === (requirement === 'MANDATORY' && status === 'UNSET') &&
    (lock !== null) === (status === 'LOCKED')
  );
}, 'a PIN of ADM');

/** Items that are in the body, as far as it has a list at all; null where it has none. */
function itemsIn(text: string): number | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('resourceSet' in value)) return null;
    return Array.isArray(value.resourceSet) ? value.resourceSet.length : null;
  } catch {
    return null;
  }
}

describe('Whatever ADM answers with 200', () => {
  it('each item is a PIN or an UnexpectedResponseError, and nothing is thrown', async () => {
    await using adm = await startWith('ADM', reply(200));
    await fc.assert(
      fc.asyncProperty(body, async (text) => {
        adm.upstream.respond = reply(200, text);
        const variables = { providers: ['ADM' as const] };
        const answer = await post(adm.origin, AccountPinsDocument, variables, credentials);

        expect(answer.status).toBe(200);
        expect(answer.body.errors).toBeUndefined();
        const pins = answer.body.data?.account.pins ?? [];
        for (const pin of pins) {
          expect(pin).toEqual(pin.__typename === 'Pin' ? aPin : broken);
        }
        const items = itemsIn(text);
        if (items === null) expect(pins).toEqual([broken]);
        else expect([items, items + 1]).toContain(pins.length);
      }),
      { numRuns: 500 },
    );
  });
});

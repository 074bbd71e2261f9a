import { describe, expect, it } from 'vitest';
import { errorMapping } from '../../src/error-mapping.ts';
import { contract } from './contract.ts';
import type { MappingCase } from './mapping-case.ts';
import { gatewayCases } from './mapping-cases-gateway.ts';
import { pimsCases } from './mapping-cases-otp.ts';
import { admCases, pacePinsCases, pacePinSetCases } from './mapping-cases-reads.ts';

const allCases: readonly MappingCase[] = [
  ...admCases,
  ...pacePinsCases,
  ...pacePinSetCases,
  ...pimsCases,
  ...gatewayCases,
];

const causes: readonly string[] = errorMapping.map(([cause]) => cause);

describe('The total mapping', () => {
  it('has the rows of the contract, and each of them once', () => {
    expect(causes.toSorted()).toEqual(Object.keys(contract).toSorted());
  });

  it.each(causes)('has a case for the row "%s"', (cause) => {
    expect(allCases.some((one) => one.cause === cause)).toBe(true);
  });
});

describe.each(causes)('The entry of "%s" is what the client gets', (cause) => {
  const cases = allCases.filter((one) => one.cause === cause);
  const titled = cases.map((one) => [one.situation, one] as const);
  it.concurrent.each(titled)('when %s', async (_situation, { observe, entry }) => {
    expect(await observe()).toEqual(entry);
  });
});

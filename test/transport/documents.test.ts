import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createDocuments } from '../../src/transport/documents.ts';
import { askOver } from '../support/ask.ts';
import { startStubbed } from '../support/stub-services.ts';

describe('the memory of documents', () => {
  it.each([
    ['a string', 'mutation { generateOtp(input: { pinCode: "0123" }) { __typename } }'],
    ['a block string', 'mutation { generateOtp(input: { pinCode: """0123""" }) { __typename } }'],
    ['a comment', '{ __typename } # 0123'],
  ])('keeps none with %s, where a PIN may stand', (_what, text) => {
    const documents = createDocuments();
    documents.set(text, parse(text));
    expect(documents.get(text)).toBeUndefined();
  });

  it('keeps what was used last, and nothing that is very long', () => {
    const documents = createDocuments();
    const text = (n: number) => `{ a${n}: __typename }`;
    const long = `{ ${' '.repeat(20_000)}__typename }`;
    for (const each of [long, ...Array.from({ length: 1_001 }, (_, n) => text(n))]) {
      documents.set(each, parse(each));
    }
    expect(documents.get(long)).toBeUndefined();
    expect(documents.get(text(0))).toBeUndefined();
    expect(documents.get(text(1_000))).toBeDefined();
  });

  it.each(['HTTP', 'WebSocket', 'SSE'] as const)(
    'has only valid documents, over %s, for others may hold anything',
    async (transport) => {
      const kept: string[] = [];
      const never = () => new Promise<never>(() => undefined);
      await using server = await startStubbed(
        { readPins: () => Promise.resolve([]), waitForPin: never, generateOtp: never },
        { get: () => undefined, set: (text) => void kept.push(text) },
      );
      const queries = [
        'mutation { generateOtp(input: { pinCode: 1234 }) { __typename } }',
        'mutation { generateOtp(input: { pinCode: abcd }) { __typename } }',
        '{ account { pin1234 } }',
        '{ account {',
        '{ account { pins { __typename } } }',
      ];
      for (const query of queries) await askOver[transport](server.origin, { query });
      expect(kept).toEqual(queries.slice(-1));
    },
  );
});

import { describe, expect, it } from 'vitest';
import { askOver, type RawOperation } from '../support/ask.ts';
import { startGateway } from '../support/gateway.ts';

const ADM_URL = 'http://127.0.0.1:9';
const transports = Object.entries(askOver);
const otp = 'mutation ($input: GenerateOtpInput!) { generateOtp(input: $input) { __typename } }';

/** Operations with a mistake for which graphql-js has a suggestion. */
const mistakes: [what: string, operation: RawOperation][] = [
  ['a field', { query: '{ acount { pins { __typename } } }' }],
  ['a field of a union', { query: '{ account { pins { provider } } }' }],
  ['an argument', { query: '{ account { pins(provider: [ADM]) { __typename } } }' }],
  ['an argument of a directive', { query: '{ __typename @skip(iff: true) }' }],
  ['a type', { query: 'query ($p: PinProvidr) { __typename }' }],
  ['a type condition', { query: '{ account { pins { ... on Pinn { type } } } }' }],
  ['an enum value', { query: '{ account { pins(providers: [AMD]) { __typename } } }' }],
  [
    'an enum value as a string',
    { query: '{ account { pins(providers: ["ADM"]) { __typename } } }' },
  ],
  ['an input field', { query: 'mutation { generateOtp(input: { pinCod: "1" }) { __typename } }' }],
  ['an input field in a variable', { query: otp, variables: { input: { pinCod: '1' } } }],
  ['a selection', { query: '{ account }' }],
];

describe.each(transports)('over %s a mistake in', (_name, ask) => {
  it.each(mistakes)('%s is answered without a suggestion in production', async (_what, wrong) => {
    await using gateway = await startGateway({ ADM_URL, NODE_ENV: 'production' });
    const answer = await ask(gateway.origin, wrong);
    expect(answer).toEqual({ errors: expect.any(Array) as unknown });
    expect(JSON.stringify(answer)).not.toMatch(/did you mean/i);
  });
});

it('where the schema may be asked for, an error suggests what is in it', async () => {
  await using gateway = await startGateway({ ADM_URL });
  for (const [, ask] of transports) {
    expect(await ask(gateway.origin, { query: '{ acount }' })).toMatchObject({
      errors: [{ message: 'Cannot query field "acount" on type "Query". Did you mean "account"?' }],
    });
  }
});

it('an operation with hundreds of mistakes is told of the first few', async () => {
  await using gateway = await startGateway({ ADM_URL });
  const query = `{ account { ${Array.from({ length: 900 }, (_, n) => `x${n}`).join(' ')} } }`;
  for (const [, ask] of transports) {
    const answer = (await ask(gateway.origin, { query })) as { errors: unknown[] };
    expect(answer.errors).toHaveLength(6);
    expect(answer.errors.at(-1)).toMatchObject({
      message: 'Too many validation errors, error limit reached. Validation aborted.',
    });
  }
});

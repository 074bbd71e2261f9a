import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askOver, type RawOperation } from '../support/ask.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { graphqlPathWith, sendRaw } from '../support/raw-http.ts';
import { anyPins, letterPins, numericPins, zeroPins, type Pair } from '../support/random-values.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway({ ADM_URL: 'http://127.0.0.1:9', LOG_LEVEL: 'trace' });
});

afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
});

const otp = 'mutation ($input: GenerateOtpInput!) { generateOtp(input: $input) { __typename } }';
const pins = 'query ($p: [PinProvider!]) { account { pins(providers: $p) { __typename } } }';
const wait = 'subscription ($s: Int) { pinSet(timeoutSeconds: $s) { __typename } }';

const withInput = (input: unknown): RawOperation => ({ query: otp, variables: { input } });
const withLiteral = (pinCode: string): RawOperation => ({
  query: `mutation { generateOtp(input: { pinCode: ${pinCode} }) { __typename } }`,
});
const query = (text: string): RawOperation => ({ query: text });

type Place = [place: string, pins: fc.Arbitrary<Pair>, operation: (pin: string) => RawOperation];

/** Where a client may put a PIN by mistake. */
const places: Place[] = [
  ['the PIN, as a number', numericPins, (pin) => withInput({ pinCode: Number(pin) })],
  ['the PIN, in a list', anyPins, (pin) => withInput({ pinCode: [pin] })],
  ['the PIN, in an object', anyPins, (pin) => withInput({ pinCode: { value: pin } })],
  ['the PIN, too long', anyPins, (pin) => withInput({ pinCode: pin.repeat(6) })],
  ['the input object', anyPins, (pin) => withInput(pin)],
  ['a list of input objects', anyPins, (pin) => withInput([{ pinCode: pin }, { pinCode: pin }])],
  ['an unknown input field', anyPins, (pin) => withInput({ pinCode: '1', code: pin })],
  ['an unknown input field beside none', anyPins, (pin) => withInput({ pin })],
  ['an enum', anyPins, (pin) => ({ query: pins, variables: { p: [pin] } })],
  ['a single enum', letterPins, (pin) => ({ query: pins, variables: { p: pin } })],
  [
    'an enum, as a number',
    numericPins,
    (pin) => ({ query: pins, variables: { p: [Number(pin)] } }),
  ],
  ['an Int, as a string', anyPins, (pin) => ({ query: wait, variables: { s: pin } })],
  ['an Int, too large', numericPins, (pin) => ({ query: wait, variables: { s: Number(pin) } })],
  [
    'an Int, as a fraction',
    numericPins,
    (pin) => ({ query: wait, variables: { s: Number(`4.${pin}`) } }),
  ],
  ['an Int, in an object', anyPins, (pin) => ({ query: wait, variables: { s: { pin } } })],
  [
    'the operation name',
    letterPins,
    (pin) => ({ ...query('query A { __typename }'), operationName: pin }),
  ],

  ['the literal PIN, as a number', numericPins, withLiteral],
  ['the literal PIN, as a fraction', numericPins, (pin) => withLiteral(`1.${pin}`)],
  ['the literal PIN, as a name', letterPins, withLiteral],
  ['the literal PIN, in a list', anyPins, (pin) => withLiteral(`["${pin}"]`)],
  ['the literal PIN, in an object', anyPins, (pin) => withLiteral(`{ value: "${pin}" }`)],
  ['the literal PIN, too long', anyPins, (pin) => withLiteral(`"${pin.repeat(6)}"`)],
  [
    'the literal PIN, too long, in a block',
    anyPins,
    (pin) => withLiteral(`"""${pin.repeat(6)}"""`),
  ],
  [
    'a literal input object',
    anyPins,
    (pin) => query(`mutation { generateOtp(input: "${pin}") { __typename } }`),
  ],
  ['a literal unknown input field', anyPins, (pin) => withLiteral(`"1", code: "${pin}"`)],
  [
    'a literal enum, as a string',
    anyPins,
    (pin) => query(`{ account { pins(providers: ["${pin}"]) { __typename } } }`),
  ],
  [
    'a literal enum, as a name',
    letterPins,
    (pin) => query(`{ account { pins(providers: ${pin}) { __typename } } }`),
  ],
  [
    'a literal Int, as a string',
    anyPins,
    (pin) => query(`subscription { pinSet(timeoutSeconds: "${pin}") { __typename } }`),
  ],
  [
    'a literal Int, too large',
    numericPins,
    (pin) => query(`subscription { pinSet(timeoutSeconds: ${pin}) { __typename } }`),
  ],
  [
    'the default of a variable',
    anyPins,
    (pin) => query(`query ($p: Int = "${pin}") { a: __typename @include(if: $p) }`),
  ],
  ["a directive's argument", anyPins, (pin) => query(`{ __typename @skip(if: "${pin}") }`)],

  ['a string where a name is due', anyPins, (pin) => query(`{ account "${pin}" }`)],
  ['a block string where a name is due', anyPins, (pin) => query(`{ account """${pin}""" }`)],
  ['a number where a name is due', numericPins, (pin) => query(`{ account ${pin} }`)],
  ['a fraction where a name is due', numericPins, (pin) => query(`{ account 1.${pin} }`)],
  ['a string where a colon is due', anyPins, (pin) => withLiteral(`"1", code "${pin}"`)],
  ['a number where a colon is due', numericPins, (pin) => withLiteral(`"1", code ${pin}`)],
  ['a name where a colon is due', letterPins, (pin) => withLiteral(`"1", code ${pin}`)],
  ['a character that no document has', anyPins, (pin) => withLiteral(`#\n~${pin}`)],
  ['a string where a definition is due', anyPins, (pin) => query(`"${pin}"`)],
  ['a name after a PIN', letterPins, (pin) => withLiteral(`1 ${pin} }`)],
  ['a PIN alone', letterPins, query],
  ['a string that does not end', anyPins, (pin) => withLiteral(`"${pin}`)],
  ['a string with single quotes', anyPins, (pin) => withLiteral(`'${pin}'`)],
  ['a string with a bad escape', numericPins, (pin) => withLiteral(`"\\${pin}"`)],
  [
    'a string with a bad code point',
    numericPins,
    (pin) => withLiteral(`"\\u${pin.slice(0, 3)}x${pin}"`),
  ],
  ['a string with a code point too large', numericPins, (pin) => withLiteral(`"\\u{${pin}}"`)],
  ['a number that begins with a zero', zeroPins, withLiteral],
  ['a number that ends in a letter', letterPins, (pin) => withLiteral(`1${pin}`)],
  ['a number with an exponent of letters', letterPins, (pin) => withLiteral(`1e${pin}`)],
];

const runs = { numRuns: 8 };

/** Is refused, without a word of the value: what is said of one is said of any other. */
async function expectNoWordOf(
  [one, other]: Pair,
  ask: (pin: string) => Promise<unknown>,
): Promise<void> {
  const answer = await ask(one);
  const text = JSON.stringify(answer);
  expect(answer).toMatchObject({ errors: expect.any(Array) as unknown });
  expect(text).not.toContain('Unexpected error.');
  expect(text).not.toContain(one);
  if (one !== other) expect(await ask(other)).toEqual(answer);
}

describe.each([
  ['HTTP', askOver.HTTP],
  ['WebSocket', askOver.WebSocket],
])('a message about a wrong value over %s', (_name, askOne) => {
  it.each(places)('has no word of it: %s', async (_place, pairs, operation) => {
    await fc.assert(
      fc.asyncProperty(pairs, (pair) =>
        expectNoWordOf(pair, (pin) => askOne(gateway.origin, operation(pin))),
      ),
      runs,
    );
  });
});

describe('a message about a request that cannot be read', () => {
  const post = async (body: string): Promise<unknown> => {
    const headers = { 'content-type': 'application/json' };
    const answer = await sendRaw(gateway.origin, '/graphql', { method: 'POST', headers, body });
    return JSON.parse(answer.body) as unknown;
  };
  const get = async (parameters: Record<string, string>): Promise<unknown> => {
    const answer = await sendRaw(gateway.origin, graphqlPathWith(parameters));
    return JSON.parse(answer.body) as unknown;
  };

  it.each<[what: string, pairs: fc.Arbitrary<Pair>, ask: (pin: string) => Promise<unknown>]>([
    ['JSON that is cut short', anyPins, (pin) => post(`{"variables":{"pin":"${pin}"`)],
    ['JSON with a bare word', letterPins, (pin) => post(`{"variables":{"pin":${pin}}}`)],
    ['JSON with a number like a PIN', zeroPins, (pin) => post(`{"variables":{"pin":${pin}}}`)],
    ['JSON that is a string', anyPins, (pin) => post(`"${pin}"`)],
    ['a query that is no string', numericPins, (pin) => post(`{"query":${pin}}`)],
    [
      'variables that are no object',
      anyPins,
      (pin) => post(`{"query":"{a}","variables":"${pin}"}`),
    ],
    [
      'variables of a GET',
      anyPins,
      (pin) => get({ query: '{ __typename }', variables: `{"p":"${pin}` }),
    ],
  ])('has no word of it: %s', async (_what, pairs, ask) => {
    await fc.assert(
      fc.asyncProperty(pairs, (pair) => expectNoWordOf(pair, ask)),
      runs,
    );
  });
});

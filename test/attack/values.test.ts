import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askOver } from '../support/ask.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { sendRaw } from '../support/raw-http.ts';
import { openWs, payloadOf } from '../support/raw-websocket.ts';
import { reply, startUpstream, type ScriptedUpstream } from '../support/upstream.ts';

let upstream: ScriptedUpstream;
let gateway: TestGateway;

beforeAll(async () => {
  upstream = await startUpstream(reply(500));
  gateway = await startGateway({ PACE_URL: upstream.url, PIMS_URL: upstream.url });
});

afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

const names = { 'x-pace-authorization': 'Bearer a', 'x-pims-authorization': 'Bearer a' };

/** Sends JSON as it is written here: `JSON.stringify` would not write all of it. */
const askRaw = {
  HTTP: async (json: string, accept = 'application/json'): Promise<string> => {
    const headers = { ...names, 'content-type': 'application/json', accept };
    return (await sendRaw(gateway.origin, '/graphql', { method: 'POST', headers, body: json }))
      .body;
  },
  SSE: async (json: string): Promise<string> => {
    const body = await askRaw.HTTP(json, 'text/event-stream');
    return /^event: next\ndata: (.*)$/m.exec(body)?.[1] ?? '';
  },
  WebSocket: async (json: string): Promise<string> => {
    await using socket = await openWs(gateway.origin);
    await socket.init(names);
    socket.send(`{"id":"1","type":"subscribe","payload":${json}}`);
    const payload = payloadOf(
      await Promise.race([
        socket.received('next', '1'),
        socket.received('error', '1').catch(() => ''),
      ]),
    );
    return payload.startsWith('[') ? `{"errors":${payload}}` : payload;
  },
};

const wait = 'subscription ($s: Int) { pinSet(timeoutSeconds: $s) { __typename } }';
const otp = 'mutation ($i: GenerateOtpInput!) { generateOtp(input: $i) { __typename } }';
const pins = 'query ($p: [PinProvider!]) { account { pins(providers: $p) { __typename } } }';
const request = (query: string, variables: string): string =>
  `{"query":${JSON.stringify(query)},"variables":${variables}}`;
const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
const deepObject = (levels: number): string => '{"a":'.repeat(levels) + '1' + '}'.repeat(levels);

const fields = (count: number): string =>
  Array.from({ length: count }, (_, n) => `"f${n}":1`).join();

const wrong: [what: string, json: string][] = [
  ['1e400, which is infinite', request(wait, '{"s":1e400}')],
  ['a number of 16,000 digits', request(wait, `{"s":1${'9'.repeat(16_000)}}`)],
  ['a fraction of 16,000 digits', request(wait, `{"s":1.${'1'.repeat(16_000)}}`)],
  ['the first Int that is too large', request(wait, '{"s":2147483648}')],
  ['a PIN that is a number', request(otp, '{"i":{"pinCode":1e308}}')],
  ['a PIN of 16,000 characters', request(otp, `{"i":{"pinCode":"${'1'.repeat(16_000)}"}}`)],
  ['a PIN within 1,000 lists', request(otp, `{"i":{"pinCode":${deep(1_000)}}}`)],
  ['an input of 1,000 objects', request(otp, `{"i":${deepObject(1_000)}}`)],
  ['an enum within 1,000 lists', request(pins, `{"p":${deep(1_000)}}`)],
  ['4,000 wrong enum values', request(pins, `{"p":[${'"A",'.repeat(3_999)}"A"]}`)],
  ['an input of 1,500 unknown fields', request(otp, `{"i":{${fields(1_500)}}}`)],
];

const tooLarge: [what: string, json: string][] = [
  ['a PIN of 900,000 characters', request(otp, `{"i":{"pinCode":"${'1'.repeat(900_000)}"}}`)],
  ['an input of 50,000 unknown fields', request(otp, `{"i":{${fields(50_000)}}}`)],
  ['100,000 wrong enum values', request(pins, `{"p":[${'"A",'.repeat(99_999)}"A"]}`)],
  ['a PIN within 100,000 lists', request(otp, `{"i":{"pinCode":${deep(100_000)}}}`)],
  ['an input of 100,000 objects', request(otp, `{"i":${deepObject(100_000)}}`)],
  ['a variable that nobody asked for', request('{ __typename }', `{"x":${deep(200_000)}}`)],
];

interface Refusal {
  readonly errors: readonly { readonly message: string }[];
}

async function refusalOf(ask: (json: string) => Promise<string>, json: string): Promise<Refusal> {
  const startedAt = performance.now();
  const text = await ask(json);
  expect(performance.now() - startedAt).toBeLessThan(2_000);
  expect(text.length).toBeLessThan(16_384);
  expect(upstream.requests).toEqual([]);
  expect(await askOver.HTTP(gateway.origin, { query: '{ __typename }' })).toEqual({
    data: { __typename: 'Query' },
  });
  return JSON.parse(text) as Refusal;
}

describe.each(Object.entries(askRaw))('over %s', (_name, ask) => {
  it.each(wrong)('%s: refused shortly and at once', async (_what, json) => {
    const answer = await refusalOf(ask, json);
    expect(answer).toEqual({ errors: expect.any(Array) as unknown });
    for (const { message } of answer.errors) {
      expect(message).toMatch(
        /^Variable "\$\w" got an invalid value|^Too many errors processing variables/,
      );
    }
  });

  it.each(tooLarge)('%s: refused for its size', async (_what, json) => {
    expect(await refusalOf(ask, json)).toEqual({
      errors: [
        {
          message: 'The variables have more bytes than MAX_VARIABLES_BYTES allows: 16384.',
          extensions: { code: 'LIMIT_EXCEEDED' },
        },
      ],
    });
  });
});

describe('MAX_VARIABLES_BYTES', () => {
  const body = (bytes: number): string => {
    const variables = (padding: string): string => JSON.stringify({ padding });
    return request('{ __typename }', variables('x'.repeat(bytes - variables('').length)));
  };

  it('holds also for a document that is known and compiled', async () => {
    for (let time = 0; time < 20; time++) {
      expect(await askRaw.HTTP(body(16_384))).toBe('{"data":{"__typename":"Query"}}');
    }
    expect(await askRaw.HTTP(body(16_385))).toContain('LIMIT_EXCEEDED');
  });
});

it('none of them is a bug of ours', () => {
  expect(gateway.logLines().filter(({ msg }) => msg === 'bug')).toEqual([]);
});

import { describe, expect, it } from 'vitest';
import { askOver, type Ask } from '../support/ask.ts';
import type { LogLine } from '../support/gateway.ts';
import { startStubbed, type Behaviour } from '../support/stub-services.ts';

const planted = 'connect ECONNREFUSED 10.1.2.3:5432 (password planted)';
const bug = (): Promise<never> => Promise.reject(new TypeError(planted));
const thrown = (): never => {
  throw new TypeError(planted);
};

const later: Behaviour = { readPins: bug, waitForPin: bug, generateOtp: bug };
const atOnce: Behaviour = { readPins: thrown, waitForPin: thrown, generateOtp: thrown };

const pins = '{ account { pins(providers: ADM) { __typename } } }';
const otp = 'mutation { generateOtp(input: { pinCode: "1234" }) { __typename } }';
const wait = 'subscription { pinSet { __typename } }';

const operations: [kind: string, query: string, asks: Record<string, Ask>][] = [
  ['query', pins, askOver],
  ['mutation', otp, askOver],
  ['subscription', wait, { SSE: askOver.SSE, WebSocket: askOver.WebSocket }],
];

const names = { 'x-request-id': 'with-a-bug.1' };

interface Masked {
  readonly data?: unknown;
  readonly errors: readonly { readonly message: string; readonly extensions: unknown }[];
}

/** Asks, and waits until the gateway has written all it has to say about it. */
async function askWithBug(ask: Ask, behaviour: Behaviour, query: string) {
  let lines = (): LogLine[] => [];
  let answer;
  {
    await using gateway = await startStubbed(behaviour);
    answer = (await ask(gateway.origin, { query }, names)) as Masked;
    lines = () => gateway.logLines();
  }
  return { answer, lines: lines() };
}

describe.each([
  ['rejects', later],
  ['throws', atOnce],
])('a bug in a provider that %s', (_how, behaviour) => {
  describe.each(operations)('in a %s', (_kind, query, asks) => {
    it.each(Object.entries(asks))('is masked over %s', async (_name, ask) => {
      const { answer } = await askWithBug(ask, behaviour, query);
      expect(answer.errors).toEqual([
        expect.objectContaining({
          message: 'Unexpected error.',
          extensions: { code: 'INTERNAL_SERVER_ERROR' },
        }),
      ]);
      expect(JSON.stringify(answer)).not.toMatch(/planted|ECONNREFUSED|TypeError|stub/);
    });

    it('is answered alike over every transport', async () => {
      const answers = await Promise.all(
        Object.values(asks).map(async (ask) => (await askWithBug(ask, behaviour, query)).answer),
      );
      const [first] = answers;
      expect(answers.map(({ errors }) => errors)).toEqual(answers.map(() => first?.errors));
    });

    it.each(Object.entries(asks))(
      'is logged once, with its frames and the request id but not its message, over %s',
      async (_name, ask) => {
        const { lines } = await askWithBug(ask, behaviour, query);
        const bugs = lines.filter(({ msg }) => msg === 'bug');
        expect(bugs).toEqual([
          expect.objectContaining({
            level: 50,
            requestId: 'with-a-bug.1',
            name: 'TypeError',
            stack: expect.arrayContaining([
              expect.stringMatching(/^at .*http-masking/),
            ]) as string[],
          }),
        ]);
        expect(JSON.stringify(lines)).not.toContain('planted');
      },
    );

    it.each(Object.entries(asks))('ends in one request line over %s', async (_name, ask) => {
      const { lines } = await askWithBug(ask, behaviour, query);
      const requests = lines.filter(({ msg }) => msg === 'request');
      expect(requests).toEqual([
        expect.objectContaining({ requestId: 'with-a-bug.1', outcome: 'ERRORS' }),
      ]);
    });
  });
});

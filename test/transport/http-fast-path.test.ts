import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Environment } from '../../src/config.ts';
import { providerError } from '../../src/error-mapping.ts';
import type { PinResult } from '../../src/providers/provider.ts';
import { Secret } from '../../src/secret.ts';
import type { Documents } from '../../src/transport/documents.ts';
import { countNodeRequests, makeKnown } from '../support/hot.ts';
import {
  malformedCases,
  plain,
  unusualCases,
  usualCases,
  type Case,
} from '../support/http-cases.ts';
import { postOf } from '../support/raw-connection.ts';
import { toBeClosed, toStayOpen, type SendCase } from '../support/send-case.ts';
import { startStubbed, type Behaviour, type StubbedServer } from '../support/stub-services.ts';

const locked: PinResult = {
  kind: 'Pin',
  provider: 'ADM',
  type: 'Adult "2" \u2028 ü 🔒',
  status: 'LOCKED',
  requirement: 'OPTIONAL',
  lock: { remainingSeconds: 300, until: new Date(0) },
};

const behaviour: Behaviour = {
  readPins: ({ credentials }) =>
    credentials.ADM?.reveal() === 'bug'
      ? Promise.reject(new Error('a bug'))
      : Promise.resolve([locked, providerError('ADM', 'deadline passed')]),
  waitForPin: () => new Promise(() => undefined),
  generateOtp: () =>
    Promise.resolve({
      kind: 'Otp',
      provider: 'PIMS',
      value: new Secret('123'),
      transactionId: null,
    }),
};

/** With the fast path, and a control that remembers no document and so has none. */
let server: StubbedServer;
let control: StubbedServer;
const nothing: Documents = { get: () => undefined, set: () => undefined };

const differsEachTime = new Set(['time', 'durationMs', 'stack']);

/** What was logged since then, without what differs from run to run. */
const newLogLines = (from: StubbedServer, since: number): object[] =>
  from
    .logLines()
    .slice(since)
    .map((line) =>
      Object.fromEntries(Object.entries(line).filter(([name]) => !differsEachTime.has(name))),
    );

/** Asks a gateway, and gives what is answered and what is logged. */
async function askOne(from: StubbedServer, send: SendCase, request: Case): Promise<object> {
  const since = from.logLines().length;
  const answer = await send(from.origin, request);
  const isLogged = () =>
    from
      .logLines()
      .slice(since)
      .some(({ msg }) => msg === 'request');
  while (!isLogged()) await new Promise((resolve) => setImmediate(resolve));
  return { answer, lines: newLogLines(from, since) };
}

/** Asks on both paths, and compares what is answered and what is logged. */
async function expectAlike(send: SendCase, request: Case): Promise<void> {
  const fromYoga = await askOne(control, send, request);
  expect(fromYoga).toMatchObject({ answer: expect.stringMatching(/^HTTP\/1\.1 [2-5]/) as string });
  expect(await askOne(server, send, request)).toEqual(fromYoga);
}

/** Sends it until it has come often enough that this does not ask Yoga any more. */
async function untilKnown(to: StubbedServer, send: SendCase, request: Case): Promise<void> {
  for (;;) {
    const asked = to.yogaRequests();
    await send(to.origin, request);
    if (to.yogaRequests() === asked) return;
  }
}

async function startBoth(settings?: Environment): Promise<void> {
  server = await startStubbed(behaviour, undefined, settings);
  control = await startStubbed(behaviour, nothing, settings);
}

async function stopBoth(): Promise<void> {
  await server[Symbol.asyncDispose]();
  await control[Symbol.asyncDispose]();
}

/** More often than a query has to come to be compiled. */
const timesUntilCompiled = 12;

describe.each([
  ['over a connection that is to be closed', toBeClosed],
  ['in one piece over a connection that stays open', toStayOpen],
])('sent %s', (_how, send) => {
  beforeAll(() => startBoth());

  afterAll(stopBoth);

  describe('a usual request', () => {
    it.each(usualCases)(
      'with $title leaves Yoga aside when it comes again, and no one can tell',
      async (request) => {
        await expectAlike(send, request);
        await untilKnown(server, send, request);
        const asked = server.yogaRequests();
        using requests = countNodeRequests(server.origin);
        await expectAlike(send, request);
        expect(server.yogaRequests()).toBe(asked);
        expect(requests.count).toBe(send === toBeClosed || request.needsNode ? 1 : 0);
      },
    );
  });

  describe('an unusual request', () => {
    it.each(unusualCases)(
      "with $title is Yoga's to answer, however often it comes",
      async (request) => {
        for (let count = 0; count < timesUntilCompiled; count++) {
          const asked = server.yogaRequests();
          await expectAlike(send, request);
          expect(server.yogaRequests()).toBe(asked + 1);
        }
      },
    );
  });

  describe('a malformed request', () => {
    it.each(malformedCases)(
      'with $title is refused alike, though its query is known',
      async (request) => {
        await makeKnown(server.origin, postOf({ query: '{ __typename }' }));
        const asked = server.yogaRequests();
        const refusal = await send(control.origin, request);
        expect(refusal).toMatch(/^HTTP\/1\.1 4/);
        expect(await send(server.origin, request)).toBe(refusal);
        expect(server.yogaRequests()).toBe(asked);
      },
    );
  });
});

describe('where pages of other origins may ask', () => {
  beforeAll(() => startBoth({ CORS_ORIGINS: 'https://app.example' }));

  afterAll(stopBoth);

  it.each([
    ['without an origin', [], toBeClosed],
    ['without an origin, in one piece', [], toStayOpen],
    ['from an origin that is allowed', ['origin: https://app.example'], toBeClosed],
    ['from one that is not', ['origin: https://other.example'], toBeClosed],
  ])('no one can tell how a known query %s is answered', async (_from, lines, send) => {
    const [usual] = usualCases;
    const request: Case = { title: 'a query', body: '', ...usual, head: [...plain, ...lines] };
    await untilKnown(server, send, request);
    await expectAlike(send, request);
  });
});

it('a bug that only the compiled query meets is logged, once, though Yoga then has the answer', async () => {
  let isBuggy = false;
  await using stubbed = await startStubbed({
    ...behaviour,
    availability: () => {
      if (!isBuggy) return 'AVAILABLE';
      isBuggy = false;
      throw new Error('a bug');
    },
  });
  const request = { title: '', body: '{"query":"{ providers { availability } }"}' };
  const answer = await toBeClosed(stubbed.origin, request);
  await untilKnown(stubbed, toBeClosed, request);

  isBuggy = true;
  expect(await toBeClosed(stubbed.origin, request)).toBe(answer);
  expect(stubbed.logLines().filter(({ msg }) => msg === 'bug')).toEqual([
    expect.objectContaining({ requestId: 'same', name: 'Error' }),
  ]);
});

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { providerError } from '../../src/error-mapping.ts';
import { set as pinThatIsSet } from '../hub/fake-poll.ts';
import { askOver } from '../support/ask.ts';
import { makeKnown } from '../support/hot.ts';
import { anyDocument, queryDocuments } from '../support/random-documents.ts';
import { postOf } from '../support/raw-connection.ts';
import { sendJson } from '../support/raw-http.ts';
import { toStayOpen } from '../support/send-case.ts';
import { Shedding } from '../support/shedding.ts';
import {
  nobody,
  startStubbed,
  type Behaviour,
  type StubbedServer,
} from '../support/stub-services.ts';

/** Nobody has to wait for anything. */
const behaviour: Behaviour = {
  ...nobody,
  readPins: () => Promise.resolve([pinThatIsSet, providerError('ADM', 'deadline passed')]),
  waitForPin: () => Promise.resolve(pinThatIsSet),
};

let server: StubbedServer;
let control: StubbedServer;

beforeAll(async () => {
  server = await startStubbed(behaviour, undefined, {}, new Shedding());
  const nothing = { get: () => undefined, set: () => undefined };
  control = await startStubbed(behaviour, nothing, {}, new Shedding());
  await makeKnown(server.origin, postOf({ query: '{ __typename }' })); // loads the compiler
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await control[Symbol.asyncDispose]();
});

/** An answer of GraphQL over HTTP, whatever it says of the request; never a failure of ours. */
function expectSound(status: number, body: string): void {
  expect([200, 400, 405, 406, 415]).toContain(status);
  const [, event = body] = /^event: next\ndata: (.*)$/m.exec(body) ?? [];
  const result = JSON.parse(event) as { data?: unknown; errors?: unknown[] };
  expect(result.data !== undefined || (result.errors?.length ?? 0) > 0).toBe(true);
  expect(body).not.toMatch(/Unexpected error|node_modules/);
}

async function expectToServeOn(): Promise<void> {
  for (const each of [server, control]) {
    expect(each.logLines().filter(({ level }) => Number(level) >= 50)).toEqual([]);
    expect(await askOver.HTTP(each.origin, { query: '{ __typename }' })).toEqual({
      data: { __typename: 'Query' },
    });
  }
}

describe('Whatever document a client posts', () => {
  it('it is answered or refused, and the process serves on', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(anyDocument, async (query) => {
        const { status, body } = await sendJson(server.origin, { query });
        expectSound(status, body);
      }),
      { numRuns: 2_000 },
    );
    await expectToServeOn();
  });

  it('it is answered the same however often it comes', { timeout: 60_000 }, async () => {
    const asked = server.yogaRequests();
    const [runs, times] = [200, 10];
    await fc.assert(
      fc.asyncProperty(queryDocuments, async (query) => {
        const { status, headers, body } = await sendJson(control.origin, { query });
        expectSound(status, body);
        for (let time = 0; time < times; time++) {
          const again = await sendJson(server.origin, { query });
          expect([again.status, again.headers['content-type'], again.body]).toEqual([
            status,
            headers['content-type'],
            body,
          ]);
        }
      }),
      { numRuns: runs },
    );
    await expectToServeOn();
    expect(server.yogaRequests() - asked).toBeLessThan(runs * times); // some have been compiled
  });
});

const names = fc.constantFrom(
  'query',
  'query',
  'variables',
  'operationName',
  'extensions',
  'id',
  '',
);
const values = fc.oneof(
  anyDocument,
  fc.json(),
  fc.constantFrom('{"a":true}', '{}', '[]', 'null', 'Q', '{"__proto__":1}'),
);
const parameters = fc
  .array(fc.tuple(names, values), { maxLength: 5 })
  .map((some) => new URLSearchParams(some).toString())
  .filter((text) => text.length < 8_000); // or the head would be too long

/** What may stand in a first line, and much that should not. */
const anyText = fc.string({
  unit: fc.constantFrom(
    ...[
      'query',
      'variables',
      '=',
      '&',
      ';',
      '?',
      '#',
      '/',
      '..',
      '\\',
      '[',
      ']',
      '{',
      '}',
      '+',
      '"',
    ],
    ...[
      '%',
      '%7B',
      '%7b__typename%7D',
      '{__typename}',
      '%00',
      '%ff',
      '%C0%80',
      '%zz',
      '%u0041',
      '\xff',
    ],
  ),
});

/** For what can't stand in a first line. */
const refusalOfNode = 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n';

describe('Whatever query string a client sends', () => {
  it('it is answered or refused, and the process serves on', { timeout: 60_000 }, async () => {
    const accept = fc.constantFrom('*/*', 'application/graphql-response+json', 'text/event-stream');
    const text = fc.oneof({ weight: 2, arbitrary: parameters }, { weight: 1, arbitrary: anyText });
    await fc.assert(
      fc.asyncProperty(text, accept, async (queryString, accepted) => {
        const answer = await toStayOpen(server.origin, {
          title: '',
          target: `GET /graphql?${queryString} HTTP/1.1`,
          head: [`accept: ${accepted}`],
          body: '',
        });
        if (answer === refusalOfNode) return;
        const [head = '', body = ''] = answer.split('\r\n\r\n');
        expect(head).toMatch(/^HTTP\/1\.1 (?:200|4\d\d) [^]*\r\nx-request-id: same(?:\r\n|$)/);
        expectSound(Number(head.split(' ')[1]), body);
      }),
      { numRuns: 2_000 },
    );
    await expectToServeOn();
  });
});

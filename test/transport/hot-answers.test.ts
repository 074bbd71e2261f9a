import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PinResult } from '../../src/providers/provider.ts';
import type { LogLine } from '../support/gateway.ts';
import { ask, comparable, countNodeRequests, makeKnown } from '../support/hot.ts';
import { openConnection, postOf } from '../support/raw-connection.ts';
import { nobody, startStubbed, type StubbedServer } from '../support/stub-services.ts';

const pin = (type: string): PinResult => ({
  kind: 'Pin',
  provider: 'ADM',
  type,
  status: 'SET',
  requirement: null,
  lock: null,
});

/** Takes more than a byte a character, whatever the encoding. */
const wide = 'Pin "2" \u2028 ü 🔒';

let server: StubbedServer;

beforeAll(async () => {
  server = await startStubbed({
    ...nobody,
    readPins: ({ credentials: { ADM } }) => Promise.resolve([pin(ADM?.reveal() ?? wide)]),
  });
});
afterAll(() => server[Symbol.asyncDispose]());

const pins = 'query Pins { account { pins(providers: [ADM]) { ... on Pin { type status } } } }';
const chosen =
  'query Chosen($of: [PinProvider!]) { account { pins(providers: $of) { __typename } } }';

/** An unusual header, and so one for Node's server. */
const forNode = 'te: trailers';

/** What was logged since then, without what differs from run to run. */
const linesSince = (since: number): LogLine[] =>
  server
    .logLines()
    .slice(since)
    .map((line) => ({ ...line, time: 0, durationMs: 0, requestId: idOf(line) }));

/** The client's, or that it is one of the gateway's. */
const idOf = ({ requestId }: LogLine): string =>
  String(requestId).length === 36 ? 'new' : String(requestId);

/** The answer on a connection of its own, and the lines of the log. */
async function askOnce(
  request: string,
): Promise<{ answer: string; lines: LogLine[]; asksNode: boolean }> {
  using requests = countNodeRequests(server.origin);
  await using connection = await openConnection(server.origin);
  const logged = server.logLines().length;
  const answer = comparable(await ask(connection, request));
  while (server.logLines().length === logged) await new Promise((resolve) => setImmediate(resolve));
  return { answer, lines: linesSince(logged), asksNode: requests.count > 0 };
}

describe('A known query over a connection that stays open', () => {
  it.each<[string, object, readonly string[]]>([
    ['that asks no provider', { query: '{ __typename }' }, []],
    ['with a result in ASCII', { query: pins }, ['x-adm-authorization: abc "\\"']],
    ['with a result in other letters', { query: pins }, []],
    ['with bytes beyond ASCII in a header', { query: pins }, ['x-adm-authorization: ü🔒']],
    ['with an id', { query: pins }, ['x-request-id: Some-id_1.2']],
    ['with an id that is not fit', { query: pins }, ['x-request-id: a b']],
    ['with an empty id', { query: pins }, ['x-request-id:']],
    ['with its name', { query: pins, operationName: 'Pins' }, []],
    ['with variables', { query: chosen, variables: { of: ['PACE', 'ADM'] } }, []],
    [
      'with all parameters',
      { query: chosen, operationName: 'Chosen', variables: { of: ['ADM'] } },
      [],
    ],
    ['with parameters that are null', { query: pins, operationName: null, variables: null }, []],
    [
      'for a strict client',
      { query: pins },
      ['accept: application/graphql-response+json', 'connection: keep-alive', 'user-agent: me'],
    ],
    ['for a client that takes all', { query: pins }, ['Accept: */*']],
  ])("%s is answered and logged as by Node's server, without it", async (_title, query, lines) => {
    const request = postOf(query, ...lines);
    await makeKnown(server.origin, request);
    const hot = await askOnce(request);
    const nodes = await askOnce(postOf(query, ...lines, forNode));
    expect(hot.answer).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\n\{"data":/);
    expect(hot).toEqual({ ...nodes, asksNode: false });
    expect(nodes.asksNode).toBe(true);
  });

  it('with a result in other letters has its bytes counted', async () => {
    const request = postOf({ query: pins });
    await makeKnown(server.origin, request);
    const { answer } = await askOnce(request);
    const body = Buffer.from(answer.slice(answer.indexOf('\r\n\r\n') + 4), 'latin1').toString();
    expect(JSON.parse(body)).toEqual({
      data: { account: { pins: [{ type: wide, status: 'SET' }] } },
    });
  });

  it('is answered a hundred times', async () => {
    const request = postOf({ query: pins }, 'x-request-id: same', 'x-adm-authorization: \xfc');
    await makeKnown(server.origin, request);
    using requests = countNodeRequests(server.origin);
    await using connection = await openConnection(server.origin);
    const answers = new Set<string>();
    const logged = server.logLines().length;
    for (let count = 0; count < 100; count++) {
      answers.add(comparable(await ask(connection, request)));
    }
    expect(answers.size).toBe(1);
    expect(requests.count).toBe(0);
    expect(linesSince(logged)).toHaveLength(100);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { answerAt, ask, comparable, countNodeRequests, makeKnown } from '../support/hot.ts';
import { frameOf, openConnection, postOf, upgradeHead } from '../support/raw-connection.ts';
import { sendRaw } from '../support/raw-http.ts';
import { reply, startUpstream, type ScriptedUpstream } from '../support/upstream.ts';

const known = postOf({ query: '{ __typename }' }, 'x-request-id: hot');
const pins = '{ account { pins(providers: [ADM]) { __typename } } }';
const slow = postOf({ query: pins }, 'x-adm-authorization: Bearer a', 'x-request-id: slow');
const get = (path: string, ...lines: readonly string[]): string =>
  [`GET ${path} HTTP/1.1`, 'host: gateway', ...lines, '', ''].join('\r\n');
const post = (query: string, ...lines: readonly string[]): string =>
  postOf({ query }, 'connection: close', ...lines);

let adm: ScriptedUpstream;
let gateway: TestGateway;

beforeAll(async () => {
  adm = await startUpstream(reply(500));
  gateway = await startGateway({
    ADM_URL: adm.url,
    PACE_URL: adm.url,
    ADM_TIMEOUT_MS: '10000',
    GRAPHIQL: 'true',
  });
  await makeKnown(gateway.origin, known);
  await makeKnown(gateway.origin, slow);
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await adm[Symbol.asyncDispose]();
});

/** A connection that Node's server has not been given yet. */
async function openHot(): ReturnType<typeof openConnection> {
  const connection = await openConnection(gateway.origin);
  using requests = countNodeRequests(gateway.origin);
  expect(await ask(connection, known)).toContain('{"data":{"__typename":"Query"}}');
  expect(requests.count).toBe(0);
  return connection;
}

describe('On a connection that has been hot', () => {
  it.each<[string, string, RegExp]>([
    ['an unknown query', post('{ a: __typename }'), /^HTTP\/1\.1 200 [^]*"a":"Query"/],
    ['a known query for the last time', post('{ __typename }'), / 200 OK[^]*"Query"/],
    [
      'a mutation',
      post('mutation { generateOtp(input: { pinCode: "1234" }) { __typename } }'),
      / 200 OK[^]*"generateOtp"/,
    ],
    ['a syntax error', post('{'), / 200 OK[^]*"errors"/],
    ['a GET', get('/graphql?query={__typename}', 'connection: close'), / 200 OK[^]*"Query"/],
    [
      'GraphiQL',
      get('/graphql', 'accept: text/html', 'connection: close'),
      / 200 OK[^]*<!doctype html/i,
    ],
    ['health', get('/health/ready', 'connection: close'), / 200 OK[^]*ready\n/],
    ['another path', get('/other', 'connection: close'), / 404 Not Found/],
    ['what is no HTTP', 'HELO gateway\r\n\r\n', / 400 Bad Request/],
    [
      'no host',
      post('{ __typename }').replace('host: gateway\r\n', '').replace('connection: close\r\n', ''),
      / 400 Bad Request/,
    ],
  ])('%s is answered as on a new one', async (_title, request, expected) => {
    await using hot = await openHot();
    const start = hot.text().length;
    hot.write(request);
    await using fresh = await openConnection(gateway.origin);
    fresh.write(request);
    const answers = await Promise.all([hot.closed, fresh.closed]);
    expect(answers[1]).toMatch(expected);
    expect(comparable(answers[0].slice(start))).toBe(comparable(answers[1]));
  });

  it('server-sent events come as ever', async () => {
    await using connection = await openHot();
    const query = 'subscription { pinSet { __typename } }';
    connection.write(postOf({ query }, 'accept: text/event-stream'));
    await connection.received(/event: next\ndata: \{"data"[^]*event: complete\n/);
    await connection.received(/\r\n0\r\n\r\n$/);
    expect(await ask(connection, known)).toContain('{"data":{"__typename":"Query"}}');
  });

  it('a WebSocket opens, and what was sent right behind its request is not lost', async () => {
    await using connection = await openHot();
    const init = frameOf(1, '{"type":"connection_init"}');
    connection.write(Buffer.concat([Buffer.from(`${upgradeHead}\r\n`), init]));
    await connection.received(/101 Switching Protocols[^]*connection_ack/);
    const payload = { query: '{ b: __typename }' };
    connection.write(frameOf(1, JSON.stringify({ id: '1', type: 'subscribe', payload })));
    await connection.received(/"b":"Query"[^]*"complete"/);
  });

  it.each(['a b', 'a]', '[', 'a%'])('the Host %j gets the 400 of every other way', async (host) => {
    const foreign = known.replace('host: gateway', `host: ${host}`);
    await using hot = await openHot();
    const answer = comparable(await ask(hot, foreign));
    await using fresh = await openConnection(gateway.origin);
    const unusual = foreign.replace('\r\n\r\n', '\r\nte: trailers\r\n\r\n');
    expect(answer).toBe(comparable(await ask(fresh, unusual)));
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request[^]*The Host header is not valid\.\n/);
  });

  it('what is answered by Node is, for good', async () => {
    await using connection = await openHot();
    using requests = countNodeRequests(gateway.origin);
    await ask(connection, get('/health/live'));
    await ask(connection, known);
    await ask(connection, known);
    expect(requests.count).toBe(3);
  });
});

describe('A known query in two pieces', () => {
  const places = [1, 10, 24, 60, known.indexOf('\r\n\r\n') + 2, known.indexOf('\r\n\r\n') + 4];

  it.each([...places, known.length - 1])('cut at %i is answered, once', async (place) => {
    await using connection = await openHot();
    using requests = countNodeRequests(gateway.origin);
    connection.write(known.slice(0, place));
    // By the time that others are answered, it has been read.
    for (let round = 0; round < 3; round++) await sendRaw(gateway.origin, '/health/live');
    const others = 3;
    expect(await ask(connection, known.slice(place))).toContain('{"data":{"__typename":"Query"}}');
    expect(await ask(connection, known)).toContain('{"data":{"__typename":"Query"}}');
    expect(requests.count).toBe(others + 2);
  });
});

describe('Requests that do not wait', () => {
  const last = get('/health/live', 'connection: close');

  /** Holds the next answer of the provider back. */
  function holdBack(): () => void {
    const held = Promise.withResolvers<undefined>();
    adm.respond = (response, request) => {
      void held.promise.then(() => reply(500)(response, request));
    };
    return () => held.resolve(undefined);
  }

  it.each<[string, readonly string[]]>([
    ['in one piece', [slow + known + known + last]],
    ['in a piece each', [slow, known, known, last]],
    ['in pieces that are none', [slow + known.slice(0, 9), known.slice(9) + known, last]],
    ['in pieces that begin anywhere', [slow, known.slice(0, 9), known.slice(9) + known + last]],
  ])('%s are answered in their order', async (_title, pieces) => {
    const answer = holdBack();
    const asked = adm.requests.length;
    await using connection = await openHot();
    const start = connection.text().length;
    for (const piece of pieces) {
      connection.write(piece);
      await adm.received(asked + 1);
      await sendRaw(gateway.origin, '/health/live'); // so that it is read by itself
    }
    expect(connection.text()).toHaveLength(start);
    answer();
    const answers = (await connection.closed).slice(start);
    const bodies = answers.match(/(?<=\r\n\r\n)[^]+?(?=HTTP|$)/g);
    expect(bodies).toEqual([
      expect.stringContaining('{"data":{"account":{"pins":['),
      '{"data":{"__typename":"Query"}}',
      '{"data":{"__typename":"Query"}}',
      '5\r\nlive\n\r\n0\r\n\r\n',
    ]);
    expect(adm.requests).toHaveLength(asked + 1);
  });

  it('and are known are answered without Node, one by one', async () => {
    const answer = holdBack();
    const asked = adm.requests.length;
    await using connection = await openHot();
    using requests = countNodeRequests(gateway.origin);
    const start = connection.text().length;
    connection.write(slow);
    await adm.received(asked + 1);
    connection.write(known);
    answer();
    const first = await answerAt(connection, start);
    expect(await answerAt(connection, start + first.length)).toContain('"Query"');
    expect(requests.count).toBe(0);
  });
});

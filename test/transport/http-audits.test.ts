import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDocuments } from '../../src/transport/documents.ts';
import { startGateway } from '../support/gateway.ts';
import { countNodeRequests, makeKnown } from '../support/hot.ts';
import { postOf } from '../support/raw-connection.ts';
import { sendRaw } from '../support/raw-http.ts';
import { nobody, startStubbed, type StubbedServer } from '../support/stub-services.ts';

type FetchFn = (url: string, init?: RequestInit) => Promise<Response>;

const auditsOf = (url: string | (() => string), fetchFn: FetchFn = fetch) =>
  serverAudits({ url, fetchFn });

/** As fetch, but each time over a connection of its own, of which it says that it stays open or not. */
const fetchOver =
  (connection: 'close' | 'keep-alive'): FetchFn =>
  async (url, init) => {
    const { origin, pathname, search } = new URL(url);
    const request = new Request(url, init);
    const sent = await request.text();
    const { status, headers, body } = await sendRaw(origin, pathname + search, {
      method: request.method,
      headers: { ...Object.fromEntries(request.headers), connection },
      ...(sent !== '' && { body: sent }),
    });
    return new Response(body, { status, headers: headers as Record<string, string> });
  };

/**
 * The audits that post a valid query and nothing unusual. BF61 does, too, but with a string in its
 * document, which is never remembered; and `extensions` are for Yoga to read.
 */
const plainQueries = [
  ...['22EB', '4655', '47DE', '80D8', '82A3', '78D5', '2C94', '03D4', '34A2', '13EE'],
  ...['8161', 'B8B3', '94B0', '0220', '94B1', '0221', '2EA1', '28B9'],
];

/** More often than a query has to come to be compiled. */
const timesUntilCompiled = 10;

describe('GraphQL over HTTP', () => {
  it('has 61 audits, each with an id of its own', () => {
    expect(new Set(auditsOf('').map(({ id }) => id)).size).toBe(61);
  });

  it('passes all of them in production too, with a request id and introspection', async () => {
    await using production = await startGateway({
      ADM_URL: 'http://127.0.0.1:9',
      NODE_ENV: 'production',
      INTROSPECTION: 'on',
    });
    const fetchFn: FetchFn = (url, init = {}) => {
      const headers = new Headers(init.headers);
      headers.set('x-request-id', 'audit');
      return fetch(url, { ...init, headers });
    };
    const audits = auditsOf(`${production.origin}/graphql`, fetchFn);
    const results = await Promise.all(audits.map(({ fn }) => fn()));
    expect(results.filter(({ status }) => status !== 'ok')).toEqual([]);
  });
});

describe.each([
  { path: 'by Yoga', connection: 'close', yoga: 1, node: 1 },
  { path: 'without Yoga where a query is known', connection: 'close', yoga: 0, node: 1 },
  { path: "without Node's HTTP server, too", connection: 'keep-alive', yoga: 0, node: 0 },
] as const)('GraphQL over HTTP $path', ({ connection, yoga, node }) => {
  let server: StubbedServer;
  const audits = auditsOf(() => `${server.origin}/graphql`, fetchOver(connection));

  beforeAll(async () => {
    const nothing = { get: () => undefined, set: () => undefined };
    server = await startStubbed(nobody, yoga === 0 ? createDocuments() : nothing);
    if (yoga === 1) return;
    await makeKnown(server.origin, postOf({ query: '{ known: __typename }' })); // loads the compiler
    for (let time = 0; time < timesUntilCompiled; time++) {
      await Promise.all(audits.map(({ fn }) => fn()));
    }
  });

  afterAll(() => server[Symbol.asyncDispose]());

  // What SHOULD and MAY be so is no less our promise than what MUST.
  it.each(audits.map(({ id, name, fn }) => [name, id, fn] as const))(
    'passes the audit "%s" (%s)',
    async (name, id, audit) => {
      const before = server.yogaRequests();
      using requests = countNodeRequests(server.origin);
      const result = await audit();
      expect({ ...result, response: undefined }).toEqual({ id, name, status: 'ok' });
      const asked = { yoga: server.yogaRequests() - before, node: requests.count };
      expect(asked).toEqual(plainQueries.includes(id) ? { yoga, node } : { yoga: 1, node: 1 });
    },
  );
});

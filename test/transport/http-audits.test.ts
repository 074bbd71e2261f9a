import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway } from '../support/gateway.ts';
import { countNodeRequests } from '../support/hot.ts';
import { sendRaw } from '../support/raw-http.ts';
import { nobody, startStubbed, type StubbedServer } from '../support/stub-services.ts';

let server: StubbedServer;

beforeAll(async () => {
  server = await startStubbed(nobody);
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

/** As fetch, but over a connection of its own, which stays open: what Node's server may be spared. */
async function fetchAlone(url: string, init?: RequestInit): Promise<Response> {
  const { origin, pathname, search } = new URL(url);
  const request = new Request(url, init);
  const sent = await request.text();
  const { status, headers, body } = await sendRaw(origin, pathname + search, {
    method: request.method,
    headers: { ...Object.fromEntries(request.headers), connection: 'keep-alive' },
    ...(sent !== '' && { body: sent }),
  });
  return new Response(body, { status, headers: headers as Record<string, string> });
}

const auditsBy = (fetchFn: typeof fetchAlone) =>
  serverAudits({ url: () => `${server.origin}/graphql`, fetchFn });

const audits = auditsBy(fetch);

/**
 * Those that post a valid query and nothing unusual. BF61 does, too, but with a string in its document,
 * which is never remembered; and `extensions` are for Yoga to read.
 */
const plainQueries = [
  ...['22EB', '4655', '47DE', '80D8', '82A3', '78D5', '2C94', '03D4', '34A2', '13EE'],
  ...['8161', 'B8B3', '94B0', '0220', '94B1', '0221', '2EA1', '28B9'],
];

describe('GraphQL over HTTP', () => {
  it('has 61 audits, each with an id of its own', () => {
    expect(new Set(audits.map(({ id }) => id)).size).toBe(61);
  });

  it('passes all of them in production too, with a request id and introspection', async () => {
    await using production = await startGateway({
      ADM_URL: 'http://127.0.0.1:9',
      NODE_ENV: 'production',
      INTROSPECTION: 'on',
    });
    const fetchFn = (url: string, init: RequestInit = {}) => {
      const headers = new Headers(init.headers);
      headers.set('x-request-id', 'audit');
      return fetch(url, { ...init, headers });
    };
    const results = await Promise.all(
      serverAudits({ url: `${production.origin}/graphql`, fetchFn }).map(({ fn }) => fn()),
    );
    expect(results.filter(({ status }) => status !== 'ok')).toEqual([]);
  });

  describe.each([
    ['the first time', 0, fetch],
    ['when its documents are known and compiled', 10, fetch],
    ['then on a new connection each', 10, fetchAlone],
  ])('asked %s', (_when, times, fetchFn) => {
    beforeAll(async () => {
      for (let time = 0; time < times; time++) {
        await Promise.all(auditsBy(fetchFn).map(({ fn }) => fn()));
      }
    });

    // What SHOULD and MAY be so is no less our promise than what MUST.
    it.each(auditsBy(fetchFn).map(({ id, name, fn }) => [name, id, fn] as const))(
      'passes the audit "%s" (%s)',
      async (name, id, audit) => {
        const asked = server.yogaRequests();
        using requests = countNodeRequests(server.origin);
        const result = await audit();
        expect({ ...result, response: undefined }).toEqual({ id, name, status: 'ok' });
        if (times === 0) return;
        const count = plainQueries.includes(id) ? 0 : 1;
        expect(server.yogaRequests() - asked).toBe(count);
        // Connections that fetch keeps are Node's as soon as one audit has needed that.
        if (fetchFn === fetchAlone) expect(requests.count).toBe(count);
      },
    );
  });
});

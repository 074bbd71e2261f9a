import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway({ ADM_URL: 'http://127.0.0.1:9' });
});

afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
});

const audits = serverAudits({ url: () => `${gateway.origin}/graphql` });

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
    ['the first time', 0],
    ['when its documents are known and compiled', 10],
  ])('asked %s', (_when, times) => {
    beforeAll(async () => {
      for (let time = 0; time < times; time++) await Promise.all(audits.map(({ fn }) => fn()));
    });

    // What SHOULD and MAY be so is no less our promise than what MUST.
    it.each(audits.map(({ id, name, fn }) => [name, id, fn] as const))(
      'passes the audit "%s" (%s)',
      async (name, id, audit) => {
        const result = await audit();
        expect({ ...result, response: undefined }).toEqual({ id, name, status: 'ok' });
      },
    );
  });
});

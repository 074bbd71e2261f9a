import { describe, expect, it } from 'vitest';
import { ask, comparable, countNodeRequests, makeKnown } from '../support/hot.ts';
import { openConnection, postOf } from '../support/raw-connection.ts';
import { Shedding } from '../support/shedding.ts';
import { nobody, startStubbed } from '../support/stub-services.ts';

const known = { query: '{ __typename }' };

describe('A known query that is too much', () => {
  it.each<[string, string, readonly string[]]>([
    ['with an id', '', ['x-request-id: same']],
    ['without an id', '', []],
    ['where origins are allowed', 'https://app.example', ['x-request-id: same']],
  ])(
    "%s gets the bytes that Node's server gives, and its connection stays",
    async (_title, CORS_ORIGINS, lines) => {
      const shedding = new Shedding();
      await using server = await startStubbed(nobody, undefined, { CORS_ORIGINS }, shedding);
      const request = postOf(known, ...lines);
      await makeKnown(server.origin, request);
      await using hot = await openConnection(server.origin);
      await using nodes = await openConnection(server.origin);
      using requests = countNodeRequests(server.origin);
      const logged = server.logLines().length;

      shedding.isShedding = true;
      const answer = await ask(hot, request);
      expect(requests.count).toBe(0);
      expect(comparable(answer)).toBe(
        comparable(await ask(nodes, postOf(known, ...lines, 'te: trailers'))),
      );
      expect(answer).toMatch(/^HTTP\/1\.1 503 [^]*retry-after: 1\r\n[^]*"OVERLOADED"/);
      expect(comparable(await ask(hot, request))).toBe(comparable(answer));
      expect(server.logLines()).toHaveLength(logged);
      expect([requests.count, shedding.underWay]).toEqual([1, 0]);

      shedding.isShedding = false;
      expect(await ask(hot, request)).toMatch(/^HTTP\/1\.1 200 /);
      expect(requests.count).toBe(1);
    },
  );

  it('is asked for once, and is counted for as long as it lasts', async () => {
    const shedding = new Shedding();
    await using server = await startStubbed(
      {
        ...nobody,
        readPins() {
          underWay.push(shedding.underWay);
          return Promise.resolve([]);
        },
      },
      undefined,
      {},
      shedding,
    );
    const underWay: number[] = [];
    const request = postOf({ query: '{ account { pins(providers: [ADM]) { __typename } } }' });
    await makeKnown(server.origin, request);
    await using connection = await openConnection(server.origin);
    const [asked, reads] = [shedding.asked, underWay.length];
    await ask(connection, request);
    expect(shedding.asked).toBe(asked + 1);
    expect(underWay.slice(reads)).toEqual([1]);
    await ask(connection, request);
    expect(underWay.slice(reads)).toEqual([1, 1]);
  });

  it('has begun, and whose code fails, is refused as what comes then, and not counted for ever', async () => {
    const shedding = new Shedding();
    let isBuggy = false;
    await using server = await startStubbed(
      {
        ...nobody,
        availability() {
          if (!isBuggy) return 'AVAILABLE';
          isBuggy = false;
          shedding.isShedding = true;
          throw new Error('a bug');
        },
      },
      undefined,
      {},
      shedding,
    );
    const request = postOf({ query: '{ providers { availability } }' });
    await makeKnown(server.origin, request);
    await using connection = await openConnection(server.origin);
    isBuggy = true;
    expect(await ask(connection, request)).toMatch(/^HTTP\/1\.1 503 [^]*"OVERLOADED"/);
    await ask(connection, request);
    expect(shedding.underWay).toBe(0);
  });
});

describe('Where origins are allowed', () => {
  it('a known query says that answers differ by origin, as all do', async () => {
    const CORS_ORIGINS = 'https://app.example';
    await using server = await startStubbed(nobody, undefined, { CORS_ORIGINS });
    const request = postOf(known, 'x-request-id: same');
    await makeKnown(server.origin, request);
    await using connection = await openConnection(server.origin);
    using requests = countNodeRequests(server.origin);
    const hot = comparable(await ask(connection, request));
    expect(requests.count).toBe(0);
    const unusual = postOf(known, 'x-request-id: same', 'te: trailers');
    expect(hot).toBe(comparable(await ask(connection, unusual)));
    expect(hot).toMatch(/^vary: Origin\r$/m);
    const ofOrigin = postOf(known, `origin: ${CORS_ORIGINS}`);
    expect(await ask(connection, ofOrigin)).toMatch(/^access-control-allow-origin: /im);
  });
});

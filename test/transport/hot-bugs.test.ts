import { describe, expect, it, vi } from 'vitest';
import { answerAt, ask, comparable, countNodeRequests, makeKnown } from '../support/hot.ts';
import type { LogLine } from '../support/gateway.ts';
import { openConnection, postOf } from '../support/raw-connection.ts';
import { Shedding } from '../support/shedding.ts';
import {
  nobody,
  startStubbed,
  type Behaviour,
  type StubbedServer,
} from '../support/stub-services.ts';

const query =
  '{ providers { availability } account { pins(providers: [ADM]) { ... on Pin { type } } } }';
const request = postOf({ query }, 'x-request-id: same');

/** A graph that does as it should until told otherwise. */
interface Buggy extends AsyncDisposable {
  readonly server: StubbedServer;
  /** What is called while a result is made, the first time that it is. */
  bug: () => void;
  /** What the provider does beside answering. */
  read: () => Promise<void>;
}

async function startBuggy(shed?: Shedding): Promise<Buggy> {
  const behaviour: Behaviour = {
    ...nobody,
    async readPins() {
      await buggy.read();
      return [
        {
          kind: 'Pin',
          provider: 'ADM',
          type: 'USER',
          status: 'SET',
          requirement: null,
          lock: null,
        },
      ];
    },
    availability() {
      buggy.bug();
      return 'AVAILABLE';
    },
  };
  const server = await startStubbed(behaviour, undefined, {}, shed);
  const buggy: Buggy = {
    server,
    bug: () => undefined,
    read: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
  await makeKnown(server.origin, request);
  return buggy;
}

const once = (act: () => void): (() => void) => {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    act();
  };
};

const fail = (): never => {
  throw new Error('a bug');
};

/** Lets its next run fail, once, while the provider has been asked and does not answer. */
function failWhileHeld(buggy: Buggy): {
  readonly asked: Promise<void>;
  readonly answer: () => void;
} {
  const held = Promise.withResolvers<undefined>();
  const asked = Promise.withResolvers<undefined>();
  buggy.bug = once(fail);
  buggy.read = async () => {
    asked.resolve(undefined);
    await held.promise;
  };
  return { asked: asked.promise, answer: () => held.resolve(undefined) };
}

/** The lines since then that tell of a request or a bug. */
const linesSince = ({ server }: Buggy, since: number): LogLine[] =>
  server
    .logLines()
    .slice(since)
    .map(({ msg, requestId, outcome, status, operationType }) => ({
      msg,
      requestId,
      ...(msg === 'request' ? { outcome, status, operationType } : {}),
    }));

const bugLine = { msg: 'bug', requestId: 'same' };
const requestLine = (outcome: string) => ({
  msg: 'request',
  requestId: 'same',
  outcome,
  status: 200,
  operationType: 'query',
});

describe('A known query whose code fails', () => {
  it("is Node's to answer as if it had just come, and so are those behind it", async () => {
    await using buggy = await startBuggy();
    await using connection = await openConnection(buggy.server.origin);
    const before = comparable(await ask(connection, request));
    const logged = buggy.server.logLines().length;
    using requests = countNodeRequests(buggy.server.origin);
    buggy.bug = once(fail);
    expect(comparable(await ask(connection, request))).toBe(before);
    expect(comparable(await ask(connection, request))).toBe(before);
    expect(requests.count).toBe(2);
    await ask(connection, postOf({ query: '{ __typename }' })); // by now all has been logged
    const lines = linesSince(buggy, logged).slice(0, 3);
    expect(lines).toEqual([bugLine, requestLine('OK'), requestLine('OK')]);
  });

  it.each([
    ['in the graph', (buggy: Buggy) => (buggy.bug = fail)],
    ['in a provider', (buggy: Buggy) => (buggy.read = () => Promise.reject(new Error('a bug')))],
  ])('for a bug %s is answered and logged as by Node and Yoga', async (_title, spoil) => {
    await using buggy = await startBuggy();
    spoil(buggy);
    const answers = [];
    const lines = [];
    for (const text of [request, request.replace('\r\n\r\n', '\r\nte: trailers\r\n\r\n')]) {
      await using connection = await openConnection(buggy.server.origin);
      const logged = buggy.server.logLines().length;
      answers.push(comparable(await ask(connection, text)));
      await ask(connection, postOf({ query: '{ __typename }' }));
      lines.push(linesSince(buggy, logged).slice(0, 2));
    }
    expect(answers[0]).toMatch(/"errors":/);
    expect(answers[0]).toBe(answers[1]);
    expect(lines[0]).toEqual([bugLine, requestLine('ERRORS')]);
    expect(lines[0]).toEqual(lines[1]);
  });

  it('is answered before what came behind it meanwhile', async () => {
    await using buggy = await startBuggy();
    const { origin } = buggy.server;
    const { asked, answer } = failWhileHeld(buggy);
    await using connection = await openConnection(origin);
    connection.write(request);
    await asked;
    const other = { query: '{ __typename }' };
    connection.write(postOf(other) + postOf(other));
    await makeKnown(origin, postOf(other)); // by now they have been read
    answer();
    const first = await answerAt(connection, 0);
    const second = await answerAt(connection, first.length);
    const third = await answerAt(connection, first.length + second.length);
    expect([first, second, third]).toEqual([
      expect.stringContaining('"type":"USER"'),
      expect.stringContaining('"Query"'),
      expect.stringContaining('"Query"'),
    ]);
  });

  it('while the gateway drains is refused as what comes then, and the drain ends', async () => {
    const buggy = await startBuggy();
    const { asked, answer } = failWhileHeld(buggy);
    await using connection = await openConnection(buggy.server.origin);
    connection.write(request);
    await asked;
    const startedAt = performance.now();
    const drained = buggy.server[Symbol.asyncDispose]();
    answer();
    await drained;
    expect(performance.now() - startedAt).toBeLessThan(800); // it would be cut after a second
    expect(await connection.closed).toMatch(/^HTTP\/1\.1 503 [^]*"DRAINING"/);
    expect(linesSince(buggy, 0).filter(({ msg }) => msg === 'bug')).toEqual([bugLine]);
  });

  it('is refused when load is shed meanwhile, and its bug is logged as its own', async () => {
    const shedding = new Shedding();
    await using buggy = await startBuggy(shedding);
    await using connection = await openConnection(buggy.server.origin);
    buggy.bug = once(() => {
      shedding.isShedding = true;
      fail();
    });
    expect(await ask(connection, request)).toMatch(/^HTTP\/1\.1 503 /);
    shedding.isShedding = false;
    await ask(connection, postOf({ query: '{ __typename }' }, 'x-request-id: other'));
    expect(linesSince(buggy, 0).filter(({ msg }) => msg === 'bug')).toEqual([bugLine]);
  });

  it('when its client has left is logged all the same', async () => {
    await using buggy = await startBuggy();
    const { origin } = buggy.server;
    const { asked, answer } = failWhileHeld(buggy);
    const connection = await openConnection(origin);
    connection.write(request);
    await asked;
    const logged = buggy.server.logLines().length;
    const expectLines = (...lines: LogLine[]) =>
      vi.waitFor(() => expect(linesSince(buggy, logged)).toEqual(lines));
    await connection[Symbol.asyncDispose]();
    const left = { ...requestLine('LEFT'), status: undefined };
    await expectLines(left);
    answer();
    await expectLines(left, bugLine);
  });
});

import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { Cancellation } from '../../src/cancellation.ts';
import { createHttpClient, type HttpClient, type HttpOutcome } from '../../src/providers/http.ts';
import {
  mute,
  refusingUrl,
  startRawUpstream,
  type Behave,
  type RawUpstream,
} from '../support/raw-upstream.ts';

const clientOf = (url: string, connections: number | null = 1): HttpClient =>
  createHttpClient({ baseUrl: new URL(url), connectTimeoutMs: 5_000, connections });

const request = { path: '/', headers: {}, deadlineMs: 10_000 };
const get = (client: HttpClient, signal = new Cancellation()): Promise<HttpOutcome> =>
  client.exchange({ ...request, method: 'GET' }, signal);
const post = (client: HttpClient, body: string): Promise<HttpOutcome> =>
  client.exchange({ ...request, method: 'POST', body }, new Cancellation());

const answerOf = (body: string, ...fields: readonly string[]): string =>
  ['HTTP/1.1 200 OK', `Content-Length: ${body.length}`, ...fields, '', body].join('\r\n');
const answered = (body: string): HttpOutcome => ({
  kind: 'answer',
  status: 200,
  retryAfterSeconds: null,
  body,
});
const lost = (reason: string, sent: boolean): HttpOutcome => ({
  kind: 'no answer',
  by: 'network',
  reason,
  sent,
});
const aborted = (sent: boolean): HttpOutcome => ({
  kind: 'no answer',
  by: 'abort',
  reason: 'abort',
  sent,
});

/** Answers every request with the number of its connection. */
function counting(...fields: readonly string[]): Behave {
  let connections = 0;
  return (socket) => {
    const own = String(++connections);
    socket.on('data', () => socket.write(answerOf(own, ...fields)));
  };
}

const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 10_000 });
const gone = (upstream: RawUpstream): Promise<void> => until(() => expect(upstream.open).toBe(0));

describe('An exchange that waits for a connection', () => {
  it('has a new one when the one before it breaks, and is sent once', async () => {
    let connections = 0;
    await using upstream = await startRawUpstream((socket) => {
      const own = ++connections;
      socket.once('data', () => {
        if (own <= 2) socket.resetAndDestroy();
        else socket.write(answerOf(`${own}`));
      });
    });
    await using client = clientOf(upstream.url, 2);
    const bodies = ['a', 'b', 'c', 'd'];
    expect(await Promise.all(bodies.map((body) => post(client, body)))).toEqual([
      lost('ECONNRESET', true),
      lost('ECONNRESET', true),
      answered('3'),
      answered('4'),
    ]);
    const received = upstream.received.match(/(?<=\r\n\r\n)[a-d]/g);
    expect([upstream.connections, received]).toEqual([4, bodies]);
  });

  it('finds out by itself that nobody can be connected to', async () => {
    await using client = clientOf(refusingUrl, 2);
    const refused = lost('ECONNREFUSED', false);
    expect(await Promise.all([1, 2, 3, 4].map(() => get(client)))).toEqual(Array(4).fill(refused));
  });

  it('comes next, in the order in which they came, however many leave', async () => {
    await using upstream = await startRawUpstream(mute);
    await using client = clientOf(upstream.url, 2);
    const ask = (path: string) => {
      const signal = new Cancellation();
      const sent = { ...request, path: `/${path}`, method: 'GET' } as const;
      return { leave: () => signal.abort(), outcome: client.exchange(sent, signal) };
    };
    const [first, second, third, fourth] = [ask('1'), ask('2'), ask('3'), ask('4')];
    const received = (...paths: readonly string[]): Promise<void> =>
      until(() => expect(upstream.received.match(/(?<=GET \/)./g)).toEqual(paths));
    await received('1', '2');
    third.leave();
    const fifth = ask('5'); // there is room for it again
    second.leave();
    await received('1', '2', '4');
    first.leave();
    await received('1', '2', '4', '5');
    for (const { leave } of [fourth, fifth]) leave();
    const asked = [first, second, third, fourth, fifth];
    expect(await Promise.all(asked.map(({ outcome }) => outcome))).toEqual(
      [true, true, false, true, true].map(aborted),
    );
    await gone(upstream);
  });

  it('leaves nothing with its signal, however it ends', async () => {
    await using upstream = await startRawUpstream(counting());
    await using client = clientOf(upstream.url, 1);
    const listeners = new Set<() => void>();
    const signal = {
      aborted: false,
      addEventListener: (_: 'abort', listener: () => void) => void listeners.add(listener),
      removeEventListener: (_: 'abort', listener: () => void) => void listeners.delete(listener),
    };
    const outcomes = [1, 2, 3].map(() =>
      client.exchange({ ...request, method: 'GET' }, signal).then(({ kind }) => kind),
    );
    expect(listeners.size).toBe(2);
    expect(await Promise.all(outcomes)).toEqual(['answer', 'answer', 'refused']);
    expect(listeners.size).toBe(0);
  });
});

describe('A connection that is kept', () => {
  it('is closed when something comes that nobody has asked for', async () => {
    const behave = counting();
    await using upstream = await startRawUpstream((socket) => {
      behave(socket);
      socket.once('data', () => void turn().then(() => socket.write(answerOf('forged'))));
    });
    await using client = clientOf(upstream.url);
    for (const own of ['1', '2', '3']) {
      expect(await get(client)).toEqual(answered(own));
      await gone(upstream);
    }
  });

  it('is not used for a POST when its provider closes it without a word', async () => {
    let connections = 0;
    await using upstream = await startRawUpstream((socket) => {
      const own = String(++connections);
      socket.once('data', () => socket.end(answerOf(own)));
    });
    for (let asked = 1; asked < 20; asked += 2) {
      await using client = clientOf(upstream.url);
      const outcomes = [post(client, 'a'), post(client, 'b')]; // the second waits for the first
      expect(await Promise.all(outcomes)).toEqual([`${asked}`, `${asked + 1}`].map(answered));
    }
  });

  it('is not used once it is overdue, though nothing had the time to close it', async () => {
    await using upstream = await startRawUpstream(counting('Keep-Alive: timeout=3'));
    await using client = clientOf(upstream.url, 2);
    const both = await Promise.all([get(client), get(client)]);
    expect(both).toEqual([answered('1'), answered('2')]);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_050); // the process stands still
    expect(await get(client)).toEqual(answered('3'));
    await until(() => expect([upstream.connections, upstream.open]).toEqual([3, 1]));
  });

  it('is one of 256 at the most where there is no limit: the others are closed by and by', async () => {
    const asked = 556;
    const held: (() => void)[] = [];
    const closedAt: number[] = [];
    await using upstream = await startRawUpstream((socket) => {
      socket.once('data', () =>
        held.push(() => socket.write(answerOf('ok', 'Keep-Alive: timeout=60'))),
      );
      socket.once('close', () => closedAt.push(performance.now()));
    });
    await using client = clientOf(upstream.url, null);
    const outcomes = Array.from({ length: asked }, () => get(client));
    await until(() => expect(held).toHaveLength(asked));
    for (const answer of held) answer();
    expect(await Promise.all(outcomes)).toEqual(Array(asked).fill(answered('ok')));
    await until(() => expect(upstream.open).toBe(256));
    expect(closedAt).toHaveLength(300);
    expect(Math.max(...closedAt) - Math.min(...closedAt)).toBeGreaterThan(200); // not all at once
  });
});

describe('A client that is closed', () => {
  it('ends what is under way, waits or comes later, and every connection', async () => {
    await using upstream = await startRawUpstream((socket) => {
      socket.once('data', () => socket.write(answerOf('ok'))); // and never another
    });
    const client = clientOf(upstream.url, 2);
    const first = await Promise.all([get(client), get(client)]);
    expect(first).toEqual([answered('ok'), answered('ok')]);
    const underWay = [1, 2, 3, 4].map(() => get(client));
    await until(() => expect(upstream.received.match(/GET /g)).toHaveLength(4));
    await client[Symbol.asyncDispose]();
    await client[Symbol.asyncDispose]();
    expect(await Promise.all(underWay)).toEqual([true, true, false, false].map(aborted));
    expect(await get(client)).toEqual(aborted(false));
    await gone(upstream);
    expect(upstream.connections).toBe(2);
  });

  it('ends also those that are about to be connected', async () => {
    await using upstream = await startRawUpstream(mute);
    const client = clientOf(upstream.url, 1);
    const outcomes = [get(client), get(client)];
    await client[Symbol.asyncDispose]();
    expect(await Promise.all(outcomes)).toEqual([aborted(false), aborted(false)]);
    await gone(upstream);
  });

  it('keeps nothing between two requests', async () => {
    await using upstream = await startRawUpstream(counting());
    const client = clientOf(upstream.url);
    expect(await post(client, 'a')).toEqual(answered('1')); // and is not free before the next turn
    await client[Symbol.asyncDispose]();
    await gone(upstream);
  });
});

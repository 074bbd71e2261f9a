import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createHealth } from '../../src/providers/health.ts';
import type { HttpClient, HttpOutcome } from '../../src/providers/http.ts';

const answer = (status: number): HttpOutcome => ({
  kind: 'answer',
  status,
  retryAfterSeconds: null,
  body: '',
});

const lost = (by: 'network' | 'abort'): HttpOutcome => ({
  kind: 'no answer',
  by,
  reason: 'ECONNRESET',
  sent: true,
});

let next: HttpOutcome;
const http: HttpClient = {
  exchange: () => Promise.resolve(next),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

const changes: unknown[][] = [];
const health = () => createHealth((...change) => changes.push(change));

beforeEach(() => {
  changes.length = 0;
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

async function exchange(client: HttpClient, outcome: HttpOutcome): Promise<void> {
  next = outcome;
  const request = { method: 'GET', path: '/', headers: {}, deadlineMs: 1 } as const;
  await client.exchange(request, new AbortController().signal);
}

it('tells of a failure at once, and of the recovery ten seconds later at the earliest', async () => {
  const watched = health();
  const client = watched.watch(http);
  await exchange(client, lost('network'));
  expect(changes).toEqual([['DEGRADED', 'ECONNRESET']]);

  await exchange(client, answer(200));
  await exchange(client, answer(503));
  await exchange(client, answer(200));
  expect(watched.availability()).toBe('AVAILABLE');
  expect(changes).toHaveLength(1); // failing now and then is one failure

  vi.advanceTimersByTime(10_001); // whether anything is asked meanwhile or not
  expect(changes).toEqual([
    ['DEGRADED', 'ECONNRESET'],
    ['AVAILABLE', null],
  ]);
});

it('tells of no recovery that has not lasted', async () => {
  const client = health().watch(http);
  for (const outcome of [lost('network'), answer(200), answer(503)]) {
    await exchange(client, outcome);
  }
  vi.advanceTimersByTime(60_000);
  expect(changes).toEqual([['DEGRADED', 'ECONNRESET']]);
});

it.each(['watch', 'protect'] as const)('tells nobody any more once %s is closed', async (how) => {
  const client = health()[how](http);
  await exchange(client, lost('network'));
  await exchange(client, answer(200));
  await client[Symbol.asyncDispose]();
  vi.advanceTimersByTime(60_000);
  expect(changes).toEqual([['DEGRADED', 'ECONNRESET']]);
});

it('blames nobody for a request that the gateway gave up itself', async () => {
  const watched = health();
  await exchange(watched.watch(http), lost('abort'));
  expect([watched.availability(), changes]).toEqual(['AVAILABLE', []]);
});

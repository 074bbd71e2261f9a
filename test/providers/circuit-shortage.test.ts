import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Cancellation } from '../../src/cancellation.ts';
import { createCircuitBreaker, type CircuitBreaker } from '../../src/providers/circuit-breaker.ts';
import type { HttpClient, HttpOutcome } from '../../src/providers/http.ts';

const ignore = (): void => undefined;

const noConnection = (reason: string): HttpOutcome => ({
  ...{ kind: 'no answer', by: 'network', sent: false },
  reason,
});
const well: HttpOutcome = { kind: 'answer', status: 200, retryAfterSeconds: null, body: '' };
const circuitOpen = expect.objectContaining({ kind: 'refused', by: 'circuit open' }) as HttpOutcome;

/** What comes of every request. */
let outcome: HttpOutcome;
let breaker: CircuitBreaker;

beforeEach(() => {
  vi.useFakeTimers();
  const client: HttpClient = {
    exchange: () => Promise.resolve(outcome),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const told = { onOutcome: ignore, onOpen: ignore, onClosed: ignore };
  breaker = createCircuitBreaker(client, told);
});

afterEach(async () => {
  await breaker.http[Symbol.asyncDispose]();
  vi.useRealTimers();
});

const ask = (): Promise<HttpOutcome> =>
  breaker.http.exchange(
    { method: 'GET', path: '/', headers: {}, deadlineMs: 1_000 },
    new Cancellation(),
  );

it.each([
  ['EMFILE', false],
  ['ENFILE', false],
  ['EADDRNOTAVAIL', false],
  ['ENOBUFS', false],
  ['ENOMEM', false],
  ['ECONNREFUSED', true],
  ['ENOTFOUND', true],
])('a hundred connections that fail for %s open a circuit: %s', async (reason, isOpen) => {
  outcome = noConnection(reason);
  for (let count = 0; count < 100; count++) await ask();
  expect(breaker.isOpen).toBe(isOpen);
});

it('a provider that could not be tried after its rest is given no other: the next to come is tried', async () => {
  outcome = noConnection('ECONNREFUSED');
  for (let count = 0; count < 100; count++) await ask();
  expect(await ask()).toEqual(circuitOpen);

  await vi.advanceTimersByTimeAsync(10_000);
  outcome = noConnection('EMFILE');
  expect(await Promise.all([ask(), ask()])).toEqual([outcome, circuitOpen]);
  outcome = well;
  expect([await ask(), await ask()]).toEqual([well, well]);
  expect(breaker.isOpen).toBe(false);
});

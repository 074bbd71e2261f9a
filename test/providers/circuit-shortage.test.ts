import { expect, it } from 'vitest';
import { Cancellation } from '../../src/cancellation.ts';
import { createCircuitBreaker } from '../../src/providers/circuit-breaker.ts';
import type { HttpClient } from '../../src/providers/http.ts';

const ignore = (): void => undefined;

/** Asks a provider a hundred times, to which there is no connection to be had. */
async function isOpenAfter(reason: string): Promise<boolean> {
  const client: HttpClient = {
    exchange: () => Promise.resolve({ kind: 'no answer', by: 'network', reason, sent: false }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const told = { onOutcome: ignore, onOpen: ignore, onClosed: ignore };
  const breaker = createCircuitBreaker(client, told);
  await using http = breaker.http;
  const request = { method: 'GET', path: '/', headers: {}, deadlineMs: 1_000 } as const;
  for (let count = 0; count < 100; count++) await http.exchange(request, new Cancellation());
  return breaker.isOpen;
}

it.each([
  ['EMFILE', false],
  ['ENFILE', false],
  ['EADDRNOTAVAIL', false],
  ['ENOBUFS', false],
  ['ENOMEM', false],
  ['ECONNREFUSED', true],
  ['ENOTFOUND', true],
])('connections that fail for %s open a circuit: %s', async (reason, isOpen) => {
  expect(await isOpenAfter(reason)).toBe(isOpen);
});

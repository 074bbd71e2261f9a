import { expect, it } from 'vitest';
import { Cancellation } from '../../src/cancellation.ts';
import { getWithRetry } from '../../src/providers/get-with-retry.ts';
import type { HttpOutcome } from '../../src/providers/http.ts';
import { RetryBudget } from '../../src/providers/retry-budget.ts';
import { reply } from '../support/upstream.ts';
import { askPins, startWith } from './harness.ts';

it('What the gateway itself refuses earns no retries', async () => {
  const budget = new RetryBudget();
  let sent = 0;
  const http = {
    exchange: (): Promise<HttpOutcome> =>
      Promise.resolve(
        ++sent % 10 === 0
          ? { kind: 'answer', status: 503, retryAfterSeconds: 0, body: '' }
          : { kind: 'refused', by: 'overloaded', retryAfterSeconds: 1 },
      ),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const request = { method: 'GET' as const, path: '/', headers: {}, deadlineMs: 60_000 };
  while (budget.spend()); // what was saved up
  for (let i = 0; i < 90; i++) await getWithRetry(http, budget, request, new Cancellation());
  expect(sent).toBe(90); // nine failures have earned less than one retry
});

it('Retries are a tenth of the requests, and ten that have been saved up', async () => {
  // So many good answers that what follows does not open the circuit.
  await using pace = await startWith('PACE', reply(200));
  for (let i = 0; i < 40; i++) await askPins(pace.origin, ['PACE']);
  expect(pace.upstream.requests).toHaveLength(40);

  pace.upstream.respond = reply(503);
  for (let i = 0; i < 20; i++) await askPins(pace.origin, ['PACE']);
  expect(pace.upstream.requests).toHaveLength(40 + 20 + 11);
});

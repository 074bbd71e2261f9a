import { expect, it } from 'vitest';
import { reply } from '../support/upstream.ts';
import { askPins, startWith } from './harness.ts';

it('Retries are a tenth of the requests, and ten that have been saved up', async () => {
  // So many good answers that what follows does not open the circuit.
  await using pace = await startWith('PACE', reply(200));
  for (let i = 0; i < 40; i++) await askPins(pace.origin, ['PACE']);
  expect(pace.upstream.requests).toHaveLength(40);

  pace.upstream.respond = reply(503);
  for (let i = 0; i < 20; i++) await askPins(pace.origin, ['PACE']);
  expect(pace.upstream.requests).toHaveLength(40 + 20 + 11);
});

import { describe, expect, it } from 'vitest';
import {
  as,
  only,
  overSse,
  paceEntry,
  pinSetEvent,
  resultsOf,
  startPinSetStage,
  eachTransport,
} from '../support/pin-set.ts';
import { reply, silence, type Respond } from '../support/upstream.ts';

const outOfRange = paceEntry(
  'InputError',
  'PARAMETER_INVALID',
  'timeoutSeconds has to be a whole number from 1 to 86400.',
  { remedy: 'CHANGE_INPUT', retryable: false, parameter: 'timeoutSeconds' },
);

const stillUnset = (waitedSeconds: number) => ({
  __typename: 'PinStillUnset',
  provider: 'PACE',
  waitedSeconds,
});

describe.concurrent.each(eachTransport)('timeoutSeconds over %s', (_name, transport) => {
  it('ends the wait with PinStillUnset when the time is over, and the poll with it', async () => {
    await using stage = await startPinSetStage(silence);
    const startedAt = performance.now();
    await using subscription = await transport.join(stage.origin, as('ann'), { timeoutSeconds: 1 });
    expect(await resultsOf(subscription)).toEqual(only(stillUnset(1)));
    expect(performance.now() - startedAt).toBeGreaterThan(990);
    await stage.pace.requests[0]?.aborted;
    expect([stage.pace.requests.length, stage.pace.open]).toEqual([1, 0]);
  });

  it('ends nobody else’s wait', async () => {
    let answer = (): void => undefined;
    const respond: Respond = (response, request) => (answer = () => reply(200)(response, request));
    await using stage = await startPinSetStage(respond);
    await using patient = await transport.join(stage.origin, as('ann'));
    await using longer = await overSse.join(stage.origin, as('ann'), { timeoutSeconds: 60 });
    await using hasty = await transport.join(stage.origin, as('ann'), { timeoutSeconds: 1 });
    expect(await resultsOf(hasty)).toEqual(only(stillUnset(1)));
    expect([patient.payloads, longer.payloads, stage.pace.open]).toEqual([[], [], 1]);
    answer();
    expect(await Promise.all([patient, longer].map(resultsOf))).toEqual([
      only(pinSetEvent),
      only(pinSetEvent),
    ]);
    expect(stage.pace.requests).toHaveLength(1);
  });

  it('counts for each subscriber from when it came', async () => {
    await using stage = await startPinSetStage(silence);
    await using early = await transport.join(stage.origin, as('ann'), { timeoutSeconds: 2 });
    await using late = await transport.join(stage.origin, as('ann'), { timeoutSeconds: 1 });
    expect(await resultsOf(late)).toEqual(only(stillUnset(1)));
    expect([early.payloads, stage.pace.open]).toEqual([[], 1]);
    expect(await resultsOf(early)).toEqual(only(stillUnset(2)));
    expect(stage.pace.requests).toHaveLength(1);
  });

  it.each([0, -1, 86_401, 2_147_483_647, -2_147_483_648])(
    'is refused as %d, without asking the provider',
    async (timeoutSeconds) => {
      await using stage = await startPinSetStage(reply(200));
      await using subscription = await transport.join(stage.origin, as('ann'), { timeoutSeconds });
      expect(await resultsOf(subscription)).toEqual(only(outOfRange));
      expect(stage.pace.requests).toEqual([]);
    },
  );

  it.each([null, 1, 86_400])('is taken as %s', async (timeoutSeconds) => {
    await using stage = await startPinSetStage(reply(200));
    await using subscription = await transport.join(stage.origin, as('ann'), { timeoutSeconds });
    expect(await resultsOf(subscription)).toEqual(only(pinSetEvent));
  });
});

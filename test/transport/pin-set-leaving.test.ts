import { describe, expect, it } from 'vitest';
import {
  as,
  eachDeparture,
  only,
  overSse,
  pinSetEvent,
  resultsOf,
  startPinSetStage,
} from '../support/pin-set.ts';
import { inTurn, reply, silence, type ReceivedRequest } from '../support/upstream.ts';

/** What the contract allows from the leaving to the end of the upstream request. */
const promisedMs = 50;

describe.each(eachDeparture)('The last subscriber, leaving by %s,', (_name, departure) => {
  it('ends the request of a silent provider within 50 ms', async () => {
    await using stage = await startPinSetStage(silence);
    const times: number[] = [];
    for (let round = 1; round <= 5; round++) {
      await using subscriber = await departure.join(stage.origin, as('ann'));
      await stage.pace.received(round);
      const leftAt = performance.now();
      subscriber.leave();
      times.push((await lastOf(stage.pace.requests).aborted) - leftAt);
    }
    expect([stage.pace.requests.length, stage.pace.open]).toEqual([5, 0]);
    // The best of five: the times contain the client's own way out and the noise of a machine that
    // runs other tests beside this one, and a gateway that is late is late every time.
    expect(Math.min(...times)).toBeLessThan(promisedMs);
  });

  it('ends it also when others left before', async () => {
    await using stage = await startPinSetStage(silence);
    await using first = await departure.join(stage.origin, as('ann'));
    await using second = await departure.join(stage.origin, as('ann'));
    await using other = await departure.join(stage.origin, as('bob'));
    await stage.pace.received(2);
    first.leave();
    second.leave();
    await stage.pace.requests.find(isOf('ann'))?.aborted;
    expect([stage.pace.requests.length, stage.pace.open]).toEqual([2, 1]);
    other.leave();
    await stage.pace.requests.find(isOf('bob'))?.aborted;
    expect([stage.pace.requests.length, stage.pace.open]).toEqual([2, 0]);
  });

  it('leaves room for a new poll when it comes back', async () => {
    await using stage = await startPinSetStage(inTurn(silence, reply(200)));
    await using subscriber = await departure.join(stage.origin, as('ann'));
    await stage.pace.received(1);
    subscriber.leave();
    await lastOf(stage.pace.requests).aborted;
    await using again = await overSse.join(stage.origin, as('ann'));
    expect(await resultsOf(again)).toEqual(only(pinSetEvent));
    expect([stage.pace.requests.length, stage.pace.open]).toEqual([2, 0]);
  });
});

describe.concurrent.each(eachDeparture)(
  'The last subscriber, leaving by %s in a pause,',
  (_name, departure) => {
    it.each([
      ['the backoff after a failure', reply(503, '', { 'retry-after': '1' })],
      ['the rest of a second after an early "not set"', reply(404)],
    ])('ends the loop in %s: no request comes any more', async (_pause, respond) => {
      await using stage = await startPinSetStage(respond);
      await using subscriber = await departure.join(stage.origin, as('ann'));
      await stage.pace.received(1);
      await using witness = await departure.join(stage.origin, as('bob'));
      subscriber.leave();
      // By the time of the witness's third request the one who left would have had its second.
      await stage.pace.received(4);
      witness.leave();
      expect(stage.pace.requests.filter(isOf('ann'))).toHaveLength(1);
    });
  },
);

const lastOf = (requests: readonly ReceivedRequest[]): ReceivedRequest => {
  const last = requests.at(-1);
  if (last === undefined) throw new Error('there was no request');
  return last;
};

const isOf =
  (user: string) =>
  ({ headers }: ReceivedRequest): boolean =>
    headers.authorization === `Bearer ${user}`;

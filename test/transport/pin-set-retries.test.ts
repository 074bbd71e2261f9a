import { describe, expect, it } from 'vitest';
import {
  as,
  only,
  paceEntry,
  pinSetEvent,
  resultsOf,
  startPinSetStage,
  transports,
  eachTransport,
  wordless,
  type PinSetStage,
} from '../support/pin-set.ts';
import { inTurn, reply, silence, type Respond } from '../support/upstream.ts';

const reset: Respond = (response) => response.destroy();

const heldFor =
  (ms: number, respond: Respond): Respond =>
  (response, request) =>
    void setTimeout(() => respond(response, request), ms);

/** The times from each request to the next, in milliseconds. */
const gaps = ({ pace }: PinSetStage): number[] =>
  pace.requests
    .slice(1)
    .map(({ receivedAt }, i) => receivedAt - (pace.requests[i]?.receivedAt ?? 0));

describe.concurrent.each(eachTransport)(
  'For a subscriber over %s the gateway',
  (_name, transport) => {
    it.each([
      ['500', reply(500)],
      ['501, as PACE has it', reply(501)],
      ['503', reply(503, 'down')],
      ['429', reply(429)],
      ['a lost connection', reset],
    ])('retries %s behind the scenes, within the backoff', async (_what, failure) => {
      await using stage = await startPinSetStage(inTurn(failure, failure, reply(200)));
      await using subscription = await transport.join(stage.origin, as('ann'));
      expect(await resultsOf(subscription)).toEqual(only(pinSetEvent));
      expect(stage.pace.requests.map(({ url }) => url)).toEqual(
        Array.from({ length: 3 }, () => '/user/pin?timeout=25'),
      );
      // At most 250 ms and 500 ms; the second that is added is for a machine that is busy.
      const [first = Infinity, second = Infinity] = gaps(stage);
      expect([first < 1_250, second < 1_500]).toEqual([true, true]);
    });

    it.each([
      ['seconds', () => '2'],
      ['a date', () => new Date(Date.now() + 3_000).toUTCString()],
    ])('waits as long as a Retry-After in %s asks for', async (_what, retryAfter) => {
      const busy: Respond = (response, request) =>
        reply(429, '', { 'retry-after': retryAfter() })(response, request);
      await using stage = await startPinSetStage(inTurn(busy, reply(200)));
      await using subscription = await transport.join(stage.origin, as('ann'));
      expect(await resultsOf(subscription)).toEqual(only(pinSetEvent));
      // Node's timers may be a millisecond early; a date is cut to whole seconds.
      expect(gaps(stage)[0]).toBeGreaterThan(1_990);
    });

    it.each([
      ['404', reply(404)],
      ['408', reply(408)],
    ])('asks once a second when %s comes early', async (_what, unset) => {
      await using stage = await startPinSetStage(inTurn(unset, unset, unset, reply(200)));
      await using subscription = await transport.join(stage.origin, as('ann'));
      expect(await resultsOf(subscription)).toEqual(only(pinSetEvent));
      for (const gap of gaps(stage)) expect(gap).toBeGreaterThan(950);
      expect(stage.pace.requests).toHaveLength(4);
    });

    it.each([
      ['404', reply(404)],
      ['408', reply(408)],
    ])('asks again at once when %s comes after its time', async (_what, unset) => {
      await using stage = await startPinSetStage(inTurn(heldFor(1_100, unset), reply(200)), {
        PACE_POLL_SECONDS: '1',
      });
      await using subscription = await transport.join(stage.origin, as('ann'));
      expect(await resultsOf(subscription)).toEqual(only(pinSetEvent));
      expect(gaps(stage)[0]).toBeLessThan(2_100);
    });

    it('gives up after nothing but failures: the entry of the newest, then the end', async () => {
      await using stage = await startPinSetStage(reply(503), { PIN_SET_GIVE_UP_SECONDS: '1' });
      const startedAt = performance.now();
      await using subscription = await transport.join(stage.origin, as('ann'));
      const entry = paceEntry(
        'UnavailableError',
        'SERVER_ERROR',
        'PACE had an internal error.',
        wordless(503),
      );
      expect(await resultsOf(subscription)).toEqual(only(entry));
      expect(performance.now() - startedAt).toBeGreaterThan(990);
      expect(stage.pace.requests.length).toBeGreaterThan(1);
      expect(stage.pace.open).toBe(0);
    });

    it('gives up in time when the provider asks for a longer wait', async () => {
      const busy = reply(429, '', { 'retry-after': '3600' });
      await using stage = await startPinSetStage(busy, { PIN_SET_GIVE_UP_SECONDS: '1' });
      await using subscription = await transport.join(stage.origin, as('ann'));
      const entry = paceEntry('RateLimitError', 'RATE_LIMITED', 'PACE got too many requests.', {
        ...wordless(429),
        retryAfterSeconds: 3600,
      });
      expect(await resultsOf(subscription)).toEqual(only(entry));
      expect(stage.pace.requests).toHaveLength(1);
    });

    it('gives up a provider that cannot be reached', async () => {
      const stage = await startPinSetStage(silence, { PIN_SET_GIVE_UP_SECONDS: '1' });
      await using gateway = stage.gateway;
      await stage.pace[Symbol.asyncDispose]();
      await using subscription = await transport.join(gateway.origin, as('ann'));
      const entry = paceEntry('UnavailableError', 'NETWORK', 'PACE could not be reached.');
      expect(await resultsOf(subscription)).toEqual(only(entry));
    });
  },
);

describe.concurrent('A silent provider', () => {
  it('has the time that it was asked to hold the poll, and 5 s', { timeout: 30_000 }, async () => {
    await using stage = await startPinSetStage(inTurn(silence, reply(200)), {
      PACE_POLL_SECONDS: '1',
    });
    const [transport] = transports;
    await using subscription = await transport.join(stage.origin, as('ann'));
    await stage.pace.received(1);
    const [request] = stage.pace.requests;
    const heldMs = ((await request?.aborted) ?? 0) - (request?.receivedAt ?? 0);
    expect(heldMs).toBeGreaterThan(5_900);
    expect(heldMs).toBeLessThan(7_000);
    expect(await resultsOf(subscription)).toEqual(only(pinSetEvent));
    expect(stage.pace.requests).toHaveLength(2);
  });

  it('ends as a time-out once the gateway gives up', { timeout: 30_000 }, async () => {
    await using stage = await startPinSetStage(silence, {
      PACE_POLL_SECONDS: '1',
      PIN_SET_GIVE_UP_SECONDS: '1',
    });
    const [transport] = transports;
    await using subscription = await transport.join(stage.origin, as('ann'));
    const entry = paceEntry('UnavailableError', 'TIMEOUT', 'PACE did not answer in time.');
    expect(await resultsOf(subscription)).toEqual(only(entry));
    await stage.pace.requests[0]?.aborted;
    expect([stage.pace.requests.length, stage.pace.open]).toEqual([1, 0]);
  });
});

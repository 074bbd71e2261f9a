import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Signal } from '../../src/cancellation.ts';
import { createCircuitBreaker, type CircuitBreaker } from '../../src/providers/circuit-breaker.ts';
import type { HttpOutcome } from '../../src/providers/http.ts';
import type { PinProvider } from '../generated/graphql.ts';
import { startGateway } from '../support/gateway.ts';
import { breakingOff, hangUp, reply, startUpstream, type Respond } from '../support/upstream.ts';
import { contract } from './contract.ts';
import { entryOf, pinEntry, wholeNumber } from './entries.ts';
import { askAs, askAvailabilities, askPins, startWith } from './harness.ts';

const manyAttempts = { OTP_ATTEMPTS_PER_MINUTE: '1000' };

/** Asks until the provider has been asked that often. */
async function askUntil(count: number, requests: readonly unknown[], ask: () => Promise<unknown>) {
  while (requests.length < count) await ask();
}

describe.each<PinProvider>(['ADM', 'PACE', 'PIMS'])('The circuit of %s', (provider) => {
  it.each<[string, Respond]>([
    ['500s', reply(500)],
    ['broken connections', hangUp],
    ['answers that break off', breakingOff(200)],
  ])('is open after twenty %s: nobody is asked any more', async (_what, failure) => {
    await using started = await startWith(provider, failure, manyAttempts);
    const { origin, upstream } = started;
    await askUntil(20, upstream.requests, () => askAs[provider](origin, 1));

    const open = entryOf(provider, contract['circuit open'], {
      retryAfterSeconds: wholeNumber(1, 10),
    });
    expect(await askAs[provider](origin, 1)).toEqual(open);
    expect(await askAs[provider](origin, 1)).toEqual(open);
    expect(upstream.requests).toHaveLength(20);
    expect(await askAvailabilities(origin)).toMatchObject({ [provider]: 'UNAVAILABLE' });
    expect(started.gateway.logLines()).toContainEqual(
      expect.objectContaining({ msg: 'provider', provider, availability: 'UNAVAILABLE' }),
    );
  });

  it.each([400, 401, 403, 404, 429])(
    "stays closed whatever the caller's fault: %i",
    async (status) => {
      await using started = await startWith(provider, reply(status), manyAttempts);
      const { origin, upstream } = started;
      await askUntil(30, upstream.requests, () => askAs[provider](origin, 1));
      expect(await askAvailabilities(origin)).toMatchObject({ [provider]: 'AVAILABLE' });
    },
  );

  it('stays closed though answers that refuse the caller break off', async () => {
    await using started = await startWith(provider, breakingOff(401), manyAttempts);
    const { origin } = started;
    const refused = entryOf(provider, contract[`${provider} HTTP 401`], {
      upstream: { httpStatus: 401 },
    });
    for (let asked = 0; asked < 30; asked++) {
      expect(await askAs[provider](origin, 1)).toEqual(refused);
    }
    expect(await askAvailabilities(origin)).toMatchObject({ [provider]: 'AVAILABLE' });
  });
});

it('One open circuit is none of the business of the other providers', async () => {
  await using adm = await startUpstream(reply(500));
  await using pace = await startUpstream(reply(200));
  await using gateway = await startGateway({ ADM_URL: adm.url, PACE_URL: pace.url });
  await askUntil(20, adm.requests, () => askPins(gateway.origin, ['ADM']));
  expect(await askPins(gateway.origin)).toEqual([
    entryOf('ADM', contract['circuit open'], { retryAfterSeconds: wholeNumber(1, 10) }),
    pinEntry('PACE', 'USER', 'SET'),
  ]);
  expect(await askAvailabilities(gateway.origin)).toEqual({
    ADM: 'UNAVAILABLE',
    PACE: 'AVAILABLE',
    PIMS: 'NOT_CONFIGURED',
  });
});

describe('A circuit breaker', () => {
  const request = { method: 'GET', path: '/', headers: {}, deadlineMs: 1 } as const;
  const { signal }: { signal: Signal } = new AbortController();
  let waiting: ((outcome: HttpOutcome) => void)[];
  let signals: Signal[];
  let changes: string[];
  let breaker: CircuitBreaker;

  const answer = (status: number): HttpOutcome => ({
    kind: 'answer',
    status,
    retryAfterSeconds: null,
    body: '',
  });
  const given: HttpOutcome = { kind: 'no answer', by: 'abort', reason: 'abort', sent: true };
  const send = (): Promise<HttpOutcome> => breaker.http.exchange(request, signal);

  /** Sends a request and settles it. */
  async function exchange(outcome: HttpOutcome): Promise<HttpOutcome> {
    const sent = send();
    waiting.pop()?.(outcome);
    const given = await sent;
    await vi.advanceTimersByTimeAsync(0); // the breaker hears of it a moment later
    return given;
  }

  beforeEach(() => {
    vi.useFakeTimers();
    waiting = [];
    signals = [];
    changes = [];
    breaker = createCircuitBreaker(
      {
        exchange: (_request, signal) => {
          signals.push(signal);
          return new Promise((resolve) => waiting.push(resolve));
        },
        [Symbol.asyncDispose]: () => Promise.resolve(),
      },
      {
        onOutcome: () => undefined,
        onOpen: () => changes.push('open'),
        onClosed: () => changes.push('closed'),
      },
    );
  });

  afterEach(async () => {
    await breaker.http[Symbol.asyncDispose]();
    vi.useRealTimers();
  });

  async function fail(count: number): Promise<void> {
    for (let i = 0; i < count; i++) await exchange(answer(500));
  }

  it('opens when half of twenty requests have failed, and not before', async () => {
    for (let i = 0; i < 10; i++) await exchange(answer(200));
    await fail(9);
    expect(breaker.isOpen).toBe(false);
    await fail(1);
    expect(breaker.isOpen).toBe(true);
  });

  it('forgets failures after ten seconds', async () => {
    await fail(19);
    await vi.advanceTimersByTimeAsync(11_000);
    await fail(10);
    expect(breaker.isOpen).toBe(false);
  });

  it('lets a single request through after ten seconds, and closes when it is answered', async () => {
    await fail(20);
    expect(await send()).toEqual({
      kind: 'refused',
      by: 'circuit open',
      retryAfterSeconds: 10,
    });
    await vi.advanceTimersByTimeAsync(4_500);
    expect(await send()).toMatchObject({ retryAfterSeconds: 6 });

    await vi.advanceTimersByTimeAsync(5_500);
    const trial = send();
    expect(waiting).toHaveLength(1);
    expect(await send()).toMatchObject({ kind: 'refused', retryAfterSeconds: 1 });
    expect(breaker.isOpen).toBe(false);

    waiting.pop()?.(answer(404));
    expect(await trial).toEqual(answer(404));
    expect([breaker.isOpen, changes]).toEqual([false, ['open', 'closed']]);
    expect(await exchange(answer(200))).toEqual(answer(200));
  });

  it.each<[string, HttpOutcome]>([
    ['fails', answer(503)],
    ['has no answer at all', given],
  ])('stays open for ten more seconds when that request %s', async (_what, outcome) => {
    await fail(20);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await exchange(outcome)).toEqual(outcome);
    expect(await send()).toMatchObject({ kind: 'refused', retryAfterSeconds: 10 });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await exchange(answer(200))).toEqual(answer(200));
    expect(breaker.isOpen).toBe(false);
  });

  it('takes no notice of the wall clock', async () => {
    await fail(20);
    vi.setSystemTime(Date.now() - 3_600_000);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await exchange(answer(200))).toEqual(answer(200));
    expect(breaker.isOpen).toBe(false);
  });

  it('opens all the same when most requests are refused or given up by the gateway', async () => {
    const overloaded = { kind: 'refused', by: 'overloaded', retryAfterSeconds: 1 } as const;
    for (let i = 0; i < 1000; i++) await exchange(i % 2 ? overloaded : given);
    expect(breaker.isOpen).toBe(false);
    await fail(20);
    expect(breaker.isOpen).toBe(true);
  });

  it('opens as quickly again after it has closed, however many it has refused meanwhile', async () => {
    await fail(20);
    for (let i = 0; i < 1000; i++) await send();
    await vi.advanceTimersByTimeAsync(10_000);
    await exchange(answer(200));
    expect(breaker.isOpen).toBe(false);
    await fail(20);
    expect(breaker.isOpen).toBe(true);
  });

  it('does not end the trial when its caller leaves', async () => {
    await fail(20);
    await vi.advanceTimersByTimeAsync(10_000);
    const controller = new AbortController();
    const trial = breaker.http.exchange(request, controller.signal);
    controller.abort();
    expect(signals.at(-1)?.aborted).toBe(false);
    waiting.pop()?.(answer(200));
    await trial;
    expect(breaker.isOpen).toBe(false);
  });

  it.each<[string, HttpOutcome]>([
    ['succeeds', answer(200)],
    ['fails', answer(500)],
  ])('learns nothing from a request of before it opened that %s late', async (_how, outcome) => {
    const early = send();
    const [settleEarly] = waiting.splice(0);
    await fail(20);
    await vi.advanceTimersByTimeAsync(10_000);
    const trial = send();
    const [settleTrial] = waiting.splice(0);
    settleEarly?.(outcome);
    await early;
    await vi.advanceTimersByTimeAsync(0);
    expect(changes).toEqual(['open']);
    settleTrial?.(answer(200));
    await trial;
    expect([breaker.isOpen, changes]).toEqual([false, ['open', 'closed']]);
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Signal } from '../../src/cancellation.ts';
import { providerError } from '../../src/error-mapping.ts';
import { failing, later, set, startWait, unset } from './fake-poll.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2026-11-22T10:15:30.000Z') });
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe('The loop, while the provider is well', () => {
  it('answers with the event as soon as the PIN is set', async () => {
    const wait = startWait([set]);
    await vi.advanceTimersByTimeAsync(0);
    expect(wait.outcome()).toEqual({
      kind: 'PinSetEvent',
      provider: 'PACE',
      type: 'USER',
      observedAt: new Date('2026-11-22T10:15:30.000Z'),
    });
    expect(wait.pollTimes).toEqual([0]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('polls again at once when "not set" was held for its time', async () => {
    const wait = startWait([later(25_000, unset), later(25_000, unset), later(1_000, unset)]);
    await vi.advanceTimersByTimeAsync(51_000);
    expect(wait.pollTimes).toEqual([0, 25_000, 50_000, 51_000]);
  });

  it('asks at most once a second when "not set" comes early', async () => {
    const wait = startWait([unset, later(400, unset), later(999, unset), unset]);
    await vi.advanceTimersByTimeAsync(4_500);
    expect(wait.pollTimes).toEqual([0, 1_000, 2_000, 3_000, 4_000]);
  });

  it('says when it saw the PIN set, not when it began to wait', async () => {
    const wait = startWait([later(25_000, unset), later(7_000, set)]);
    await vi.advanceTimersByTimeAsync(32_000);
    expect(wait.outcome()).toMatchObject({ observedAt: new Date('2026-11-22T10:16:02.000Z') });
  });
});

describe('The loop, when a failure cannot pass', () => {
  it('answers with the failure at once and polls no more', async () => {
    const rejected = providerError('PACE', 'PACE HTTP 401');
    const wait = startWait([rejected, set]);
    await vi.advanceTimersByTimeAsync(0);
    expect(wait.outcome()).toBe(rejected);
    expect(wait.pollTimes).toEqual([0]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('does so also after failures that could', async () => {
    const refused = providerError('PACE', 'PACE HTTP 403');
    const wait = startWait([failing(), failing(), refused, set]);
    await vi.advanceTimersByTimeAsync(375);
    expect(wait.outcome()).toBe(refused);
    expect(wait.pollTimes).toEqual([0, 125, 375]);
  });

  it('rejects when the poll itself has a bug', async () => {
    const bug = new Error('a bug');
    const wait = startWait([() => Promise.reject(bug)]);
    await expect(wait.promise).rejects.toBe(bug);
  });
});

describe('The loop, when nobody waits any more', () => {
  it('does not even begin if that is so from the start', async () => {
    const wait = startWait([set], { leftAlready: true });
    expect([await wait.promise, wait.pollTimes]).toEqual([null, []]);
  });

  it('ends with the poll, whatever that answered', async () => {
    const wait = startWait([(_seconds, signal) => aborted(signal).then(() => set)]);
    await vi.advanceTimersByTimeAsync(10_000);
    wait.leave();
    await vi.advanceTimersByTimeAsync(0);
    expect([wait.outcome(), wait.pollTimes]).toEqual([null, [0]]);
  });

  it.each([
    ['the rest of a second', unset],
    ['a backoff', failing()],
    ["a provider's Retry-After", failing(60)],
    ['the last stretch before it gives up', failing(3600)],
  ])('ends in %s at once, and leaves no timer behind', async (_pause, result) => {
    const wait = startWait([result]);
    await vi.advanceTimersByTimeAsync(10);
    expect(wait.outcome()).toBe(undefined);
    wait.leave();
    await vi.advanceTimersByTimeAsync(0);
    expect([wait.outcome(), vi.getTimerCount()]).toEqual([null, 0]);
    await vi.advanceTimersByTimeAsync(7_200_000);
    expect(wait.pollTimes).toEqual([0]);
  });
});

const aborted = (signal: Signal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve()));

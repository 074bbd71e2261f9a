import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { providerError } from '../../src/error-mapping.ts';
import type { Poll } from '../../src/hub/wait-until-set.ts';
import { failing, later, set, startWait, unset } from './fake-poll.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const chance = (value: number) => vi.spyOn(Math, 'random').mockReturnValue(value);

describe('The loop, after failures that may pass', () => {
  it('waits longer and longer, as the chance has it, up to 15 s', async () => {
    chance(0.8);
    const wait = startWait([failing()], { giveUpSeconds: 3600 });
    await vi.advanceTimersByTimeAsync(60_000);
    // 0.8 times 250, 500, 1000, 2000, 4000, 8000, 15000, 15000, … ms after one another
    expect(wait.pollTimes).toEqual([
      0, 200, 600, 1_400, 3_000, 6_200, 12_600, 24_600, 36_600, 48_600,
    ]);
  });

  it.each([
    'HTTP 5xx',
    'PACE HTTP 501',
    'HTTP 429',
    'connection failed',
    'deadline passed',
  ] as const)('takes "%s" for one of them', async (cause) => {
    chance(0.5);
    const wait = startWait([providerError('PACE', cause), set]);
    await vi.advanceTimersByTimeAsync(125);
    expect(wait.outcome()).toMatchObject({ kind: 'PinSetEvent' });
    expect(wait.pollTimes).toEqual([0, 125]);
  });

  it('waits as long as the provider asks for', async () => {
    chance(0.5);
    const wait = startWait([failing(20), failing(0), failing(2), set]);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(wait.pollTimes).toEqual([0, 20_000, 20_250, 22_250]);
  });

  it('begins the backoff anew after a healthy answer', async () => {
    chance(1);
    const wait = startWait([failing(), failing(), failing(), later(5_000, unset), failing(), set]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(wait.pollTimes).toEqual([0, 250, 750, 1_750, 6_750, 7_000]);
  });
});

describe('The loop, when nothing but failures comes', () => {
  it('gives up with the newest failure when the time for that is over', async () => {
    chance(1);
    const last = providerError('PACE', 'deadline passed');
    const wait = startWait([...Array.from({ length: 9 }, () => failing()), last], {
      giveUpSeconds: 60,
    });
    // 250 + 500 + 1000 + 2000 + 4000 + 8000 + 15000 + 15000 = 45750; the tenth would be at 75750
    await vi.advanceTimersByTimeAsync(59_999);
    expect(wait.outcome()).toBe(undefined);
    await vi.advanceTimersByTimeAsync(1);
    expect(wait.outcome()).toEqual(failing());
    expect(wait.pollTimes).toEqual([0, 250, 750, 1_750, 3_750, 7_750, 15_750, 30_750, 45_750]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('counts the time that the failing polls themselves take', async () => {
    chance(0);
    const deadline = providerError('PACE', 'deadline passed');
    const wait = startWait([later(30_000, deadline)], { giveUpSeconds: 300 });
    await vi.advanceTimersByTimeAsync(299_999);
    expect(wait.outcome()).toBe(undefined);
    await vi.advanceTimersByTimeAsync(1);
    expect(wait.outcome()).toBe(deadline);
    expect(wait.pollTimes).toHaveLength(10);
  });

  it('asks for polls no longer than the time that is left', async () => {
    chance(0);
    const deadline = providerError('PACE', 'deadline passed');
    const dead: Poll = (seconds, signal) =>
      later(1000 * seconds + 5_000, deadline)(seconds, signal);
    const wait = startWait([dead], { giveUpSeconds: 70 });
    await vi.advanceTimersByTimeAsync(75_000); // the grace that PACE has beyond what it was asked for
    expect(wait.outcome()).toBe(deadline);
    expect([wait.pollTimes, wait.pollSeconds]).toEqual([
      [0, 30_000, 60_000],
      [25, 25, 10],
    ]);
  });

  it('asks for whole polls again after a healthy answer', async () => {
    chance(0);
    const wait = startWait([later(68_500, failing()), unset, later(25_000, unset), set], {
      giveUpSeconds: 70,
    });
    await vi.advanceTimersByTimeAsync(100_000);
    expect(wait.outcome()).toMatchObject({ kind: 'PinSetEvent' });
    expect(wait.pollSeconds).toEqual([25, 1, 25, 25]);
  });

  it('gives up in time even when the provider asks for a longer wait', async () => {
    chance(0.5);
    const failure = failing(86_400);
    const wait = startWait([failure], { giveUpSeconds: 300 });
    await vi.advanceTimersByTimeAsync(299_999);
    expect(wait.outcome()).toBe(undefined);
    await vi.advanceTimersByTimeAsync(1);
    expect(wait.outcome()).toBe(failure);
    expect(wait.pollTimes).toEqual([0]);
  });

  it('starts the clock of giving up anew after a healthy answer', async () => {
    chance(1);
    const wait = startWait([failing(8), later(25_000, unset), failing(8), failing()], {
      giveUpSeconds: 10,
    });
    await vi.advanceTimersByTimeAsync(42_999); // 8 + 25 s, and 10 s of failures from there
    expect(wait.outcome()).toBe(undefined);
    await vi.advanceTimersByTimeAsync(1);
    expect(wait.outcome()).toEqual(failing());
  });
});

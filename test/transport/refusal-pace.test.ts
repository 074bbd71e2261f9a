import { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RefusalPace } from '../../src/transport/refusal-pace.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** When a connection is told of its refusals, if they come at these times, all in ms. */
function toldAt(...times: readonly number[]): number[] {
  const start = performance.now();
  const pace = new RefusalPace();
  const socket = new Socket();
  const told: number[] = [];
  for (const time of times) {
    vi.advanceTimersByTime(start + time - performance.now());
    pace.refuse(socket, () => told.push(performance.now() - start));
  }
  vi.runAllTimers();
  return told;
}

it.each([
  ['at once when it waits as it is told', [0, 1_000, 2_000], [0, 1_000, 2_000]],
  ['later when it comes again too early', [0, 10], [0, 310]],
  ['later too when it has not waited since it was told late', [0, 10, 1_200], [0, 310, 1_500]],
])('A connection is told %s', (_when, times, told) => {
  expect(toldAt(...times)).toEqual(told);
});

describe('A crowd that comes again too early', () => {
  const refuseTwice = (pace: RefusalPace, sockets: readonly Socket[]): readonly number[] => {
    const start = performance.now();
    const told: number[] = [];
    for (let time = 0; time < 2; time++) {
      for (const socket of sockets) pace.refuse(socket, () => told.push(performance.now() - start));
    }
    expect(told).toEqual(sockets.map(() => 0));
    told.length = 0;
    return told;
  };
  const crowdOf = (count: number): readonly Socket[] =>
    Array.from({ length: count }, () => new Socket());

  it('is told 3,333 times a second', () => {
    const told = refuseTwice(new RefusalPace(), crowdOf(2_000));
    vi.runAllTimers();
    expect(told.map(Math.floor)).toEqual(
      Array.from({ length: 2_000 }, (_, before) => Math.max(300, Math.floor(before * 0.3))),
    );
  });

  it('is told within three seconds, however many there are', () => {
    const setTimeout = vi.spyOn(globalThis, 'setTimeout');
    refuseTwice(new RefusalPace(), crowdOf(12_000));
    const delays = setTimeout.mock.calls.map(([, ms = 0]) => ms);
    expect([delays.length, Math.max(...delays)]).toEqual([12_000, 3_000]);
  });

  it('keeps nobody waiting once it has left', () => {
    const pace = new RefusalPace();
    const crowd = crowdOf(2_000);
    const told = refuseTwice(pace, crowd);
    for (const socket of crowd) socket.emit('close');
    const [one] = crowdOf(1);
    if (one) refuseTwice(pace, [one]);
    vi.advanceTimersByTime(300);
    expect(told).toEqual([]);
    expect(one && pace.isRefusing(one)).toBe(false);
  });
});

import { Socket } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { RefusalPace } from '../../src/transport/refusal-pace.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

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

it('So many connections are told later that they are told one after the other', () => {
  const start = performance.now();
  const pace = new RefusalPace();
  const sockets = Array.from({ length: 2_000 }, () => new Socket());
  const told: number[] = [];
  for (let time = 0; time < 2; time++) {
    for (const socket of sockets) pace.refuse(socket, () => told.push(performance.now() - start));
  }
  expect(told).toEqual(Array(2_000).fill(0));
  vi.runAllTimers();
  const later = told.slice(2_000).map(Math.round);
  expect(later).toHaveLength(2_000);
  expect([later.at(0), later.at(999), later.at(1_999)]).toEqual([300, 300, 599]);
});

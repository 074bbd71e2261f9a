import { afterEach, describe, expect, it, vi } from 'vitest';
import { PacedResets } from '../../src/providers/paced-resets.ts';

describe('The resets of one session', () => {
  afterEach(() => vi.useRealTimers());

  it('are sent at once up to what every peer bears, then 3 a second', () => {
    vi.useFakeTimers();
    const sent: number[] = [];
    const resets = new PacedResets((streamId) => sent.push(streamId) > 0);
    for (const streamId of Array(130).keys()) resets.reset(streamId);
    expect([sent.length, resets.areWaiting]).toEqual([100, true]);
    vi.advanceTimersByTime(5_000);
    expect(sent.length).toBeGreaterThan(113);
    expect(sent.length).toBeLessThan(117);
    vi.advanceTimersByTime(10_000);
    expect([sent, resets.areWaiting]).toEqual([[...Array(130).keys()], false]);
  });

  it('are spared streams that have ended meanwhile', () => {
    vi.useFakeTimers();
    const open = new Set(Array(200).keys());
    const sent: number[] = [];
    const resets = new PacedResets((streamId) => open.has(streamId) && sent.push(streamId) > 0);
    for (const streamId of open) resets.reset(streamId);
    for (let streamId = 100; streamId < 198; streamId++) open.delete(streamId);
    vi.advanceTimersByTime(1_000); // enough for those that are left, not for all of them
    expect(sent.slice(100)).toEqual([198, 199]);
  });
});

import { afterEach, describe, expect, it, vi } from 'vitest';
import { PacedResets } from '../../src/providers/paced-resets.ts';

describe('The resets of one session', () => {
  afterEach(() => vi.useRealTimers());

  it('are sent at once up to what every peer bears, then 20 a second', () => {
    vi.useFakeTimers();
    const sent: number[] = [];
    const resets = new PacedResets((streamId) => sent.push(streamId) > 0);
    for (const streamId of Array(500).keys()) resets.reset(streamId);
    expect(sent).toHaveLength(400);
    vi.advanceTimersByTime(1_000);
    expect(sent.length).toBeGreaterThan(415);
    expect(sent.length).toBeLessThan(425);
    vi.advanceTimersByTime(10_000);
    expect(sent).toEqual([...Array(500).keys()]);
  });

  it('are spared streams that have ended meanwhile', () => {
    vi.useFakeTimers();
    const open = new Set(Array(500).keys());
    const sent: number[] = [];
    const resets = new PacedResets((streamId) => open.has(streamId) && sent.push(streamId) > 0);
    for (const streamId of open) resets.reset(streamId);
    for (let streamId = 400; streamId < 490; streamId++) open.delete(streamId);
    vi.advanceTimersByTime(1_000); // enough for those that are left, not for all of them
    expect(sent.slice(400)).toEqual([490, 491, 492, 493, 494, 495, 496, 497, 498, 499]);
  });
});

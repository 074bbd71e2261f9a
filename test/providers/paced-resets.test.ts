import type { ClientHttp2Stream } from 'node:http2';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { PacedResets } from '../../src/providers/paced-resets.ts';

/** Streams that only know how often they have been reset. */
function startStreams(count: number): { streams: ClientHttp2Stream[]; reset: () => number } {
  let reset = 0;
  const streams = Array.from(
    { length: count },
    () => ({ closed: false, close: () => reset++ }) as unknown as ClientHttp2Stream,
  );
  return { streams, reset: () => reset };
}

describe('The resets of one session', () => {
  afterEach(() => vi.useRealTimers());

  it('are sent at once up to what every peer bears, then 20 a second', () => {
    vi.useFakeTimers();
    const { streams, reset } = startStreams(500);
    const resets = new PacedResets();
    for (const stream of streams) resets.reset(stream);
    expect(reset()).toBe(400);
    vi.advanceTimersByTime(1_000);
    expect(reset()).toBeGreaterThan(415);
    expect(reset()).toBeLessThan(425);
    vi.advanceTimersByTime(10_000);
    expect(reset()).toBe(500);
  });

  it('are spared streams that have ended meanwhile', () => {
    vi.useFakeTimers();
    const { streams, reset } = startStreams(410);
    const resets = new PacedResets();
    for (const stream of streams) resets.reset(stream);
    for (const stream of streams) Object.assign(stream, { closed: true });
    vi.advanceTimersByTime(10_000);
    expect(reset()).toBe(400);
  });
});

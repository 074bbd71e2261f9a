import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Cancellation, pause } from '../src/cancellation.ts';

describe('a cancellation', () => {
  it('tells every listener that is still there, once', () => {
    const cancellation = new Cancellation();
    const [first, second, gone] = [vi.fn(), vi.fn(), vi.fn()];
    for (const listener of [first, second, gone]) cancellation.addEventListener('abort', listener);
    cancellation.removeEventListener('abort', gone);
    expect(cancellation.aborted).toBe(false);
    cancellation.abort();
    cancellation.abort();
    expect(cancellation.aborted).toBe(true);
    expect([first, second, gone].map((listener) => listener.mock.calls.length)).toEqual([1, 1, 0]);
  });

  it('tells the others also when one of them leaves while they are told', () => {
    const cancellation = new Cancellation();
    const last = vi.fn();
    const leaver = () => cancellation.removeEventListener('abort', leaver);
    cancellation.addEventListener('abort', leaver);
    cancellation.addEventListener('abort', last);
    cancellation.abort();
    expect(last).toHaveBeenCalledOnce();
  });

  it('does not mind that someone leaves who was never there', () => {
    const cancellation = new Cancellation();
    const listener = vi.fn();
    cancellation.addEventListener('abort', listener);
    cancellation.removeEventListener('abort', vi.fn());
    cancellation.abort();
    expect(listener).toHaveBeenCalledOnce();
  });
});

describe('a pause', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each([
    ['of our own', () => new Cancellation()],
    ['of the platform', () => new AbortController()],
  ])(
    'ends when its time is over or a cancellation %s comes, and leaves nothing',
    async (_, make) => {
      const controller = make();
      const signal = controller instanceof AbortController ? controller.signal : controller;
      const whole = pause(1000, signal);
      await vi.advanceTimersByTimeAsync(1000);
      await whole;
      const cut = pause(1000, signal);
      controller.abort();
      await cut;
      await pause(1000, signal);
      expect(vi.getTimerCount()).toBe(0);
    },
  );
});

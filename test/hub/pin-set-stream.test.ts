import { describe, expect, it } from 'vitest';
import type { PinSetOutcome, PinSetWait } from '../../src/hub/hub.ts';
import { PinSetStream } from '../../src/hub/pin-set-stream.ts';

const event: PinSetOutcome = {
  kind: 'PinSetEvent',
  provider: 'PACE',
  type: 'USER',
  observedAt: new Date(0),
};
const end = { done: true, value: undefined };

/** A wait that ends when the test says so, and counts how often it is left. */
function startWait(): PromiseWithResolvers<PinSetOutcome> & {
  readonly wait: PinSetWait;
  readonly leavings: () => number;
} {
  const outcome = Promise.withResolvers<PinSetOutcome>();
  let leavings = 0;
  return {
    ...outcome,
    wait: { outcome: outcome.promise, leave: () => (leavings += 1) },
    leavings: () => leavings,
  };
}

const never = new AbortController().signal;

describe('The stream of one subscription', () => {
  it('has one event, then it ends for good', async () => {
    const { wait, resolve } = startWait();
    const stream = new PinSetStream(wait, null, never);
    resolve(event);
    expect([await stream.next(), await stream.next(), await stream.next()]).toEqual([
      { done: false, value: event },
      end,
      end,
    ]);
  });

  it('gives the event to one of several readers', async () => {
    const { wait, resolve } = startWait();
    const stream = new PinSetStream(wait, null, never);
    const reads = [stream.next(), stream.next()];
    resolve(event);
    expect(await Promise.all(reads)).toEqual([{ done: false, value: event }, end]);
  });

  it('ends at once on return(), although a reader is parked', async () => {
    const { wait, leavings } = startWait();
    const stream = new PinSetStream(wait, null, never);
    const read = stream.next();
    expect(await stream.return()).toEqual(end);
    expect([await read, await stream.next(), leavings()]).toEqual([end, end, 1]);
  });

  it('keeps nothing for a reader who comes after return()', async () => {
    const { wait, resolve } = startWait();
    const stream = new PinSetStream(wait, null, never);
    resolve(event);
    await stream.return();
    expect(await stream.next()).toEqual(end);
  });

  it('ends when its signal aborts, also when that was before', async () => {
    const controller = new AbortController();
    const during = startWait();
    const stream = new PinSetStream(during.wait, null, controller.signal);
    const read = stream.next();
    controller.abort();
    const before = startWait();
    const late = new PinSetStream(before.wait, null, controller.signal);
    expect([await read, await late.next()]).toEqual([end, end]);
    expect([during.leavings(), before.leavings()]).toEqual([1, 1]);
  });

  it('rejects for a bug, and leaves', async () => {
    const { wait, reject, leavings } = startWait();
    const stream = new PinSetStream(wait, null, never);
    const bug = new Error('a bug');
    reject(bug);
    await expect(stream.next()).rejects.toBe(bug);
    expect(leavings()).toBe(1);
  });
});

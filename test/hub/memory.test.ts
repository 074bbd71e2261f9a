import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Caller } from '../../src/caller.ts';
import type { Signal } from '../../src/cancellation.ts';
import type { PinSetOutcome } from '../../src/hub/hub.ts';
import { createMemoryHub } from '../../src/hub/memory.ts';
import type { PinResult, Provider } from '../../src/providers/provider.ts';
import { Secret } from '../../src/secret.ts';
import { set } from './fake-poll.ts';

interface Poll extends PromiseWithResolvers<PinResult> {
  readonly user: string | undefined;
  readonly signal: Signal;
}

/** A hub with two places, or more, at a provider whose polls end when the test says so. */
function startHub(maxSubscriptions = 2) {
  const polls: Poll[] = [];
  const provider: Provider<'waitForPin'> = {
    name: 'PACE',
    configured: true,
    availability: () => 'AVAILABLE',
    waitForPin: ({ credentials }, _seconds, signal) => {
      const user = credentials.PACE?.reveal();
      const poll: Poll = { ...Promise.withResolvers<PinResult>(), user, signal };
      polls.push(poll);
      return poll.promise;
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const limits = { pollSeconds: 25, giveUpSeconds: 300, maxSubscriptions };
  return { polls, hub: createMemoryHub({ provider, ...limits }) };
}

const caller = (user: string, requestId = 'r-1'): Caller => ({
  credentials: { PACE: new Secret(user) },
  tenantId: null,
  requestId,
  addressFingerprint: () => null,
});

const kindOf = async ({ outcome }: { outcome: Promise<PinSetOutcome> }): Promise<string> =>
  (await outcome).kind;

describe('The hub', () => {
  it('shares a poll however the requests are called', () => {
    const { hub, polls } = startHub();
    hub.join(caller('ann', 'r-1'));
    hub.join(caller('ann', 'r-2'));
    expect(polls.map(({ user }) => user)).toEqual(['ann']);
  });

  it('frees one place for each who leaves, however often they say so', async () => {
    const { hub } = startHub();
    const first = hub.join(caller('ann'));
    hub.join(caller('ann'));
    first.leave();
    first.leave();
    hub.join(caller('bob'));
    expect(await kindOf(hub.join(caller('bob')))).toBe('RateLimitError');
  });

  it('frees no place twice when somebody leaves after the outcome', async () => {
    const { hub, polls } = startHub();
    const wait = hub.join(caller('ann'));
    polls[0]?.resolve(set);
    expect(await kindOf(wait)).toBe('PinSetEvent');
    wait.leave();
    hub.join(caller('ann'));
    hub.join(caller('bob'));
    expect(await kindOf(hub.join(caller('cid')))).toBe('RateLimitError');
  });

  it('keeps an outcome that nobody waits for any more from those who came since', async () => {
    const { hub, polls } = startHub();
    hub.join(caller('ann')).leave();
    expect(polls[0]?.signal.aborted).toBe(true);
    const told: PinSetOutcome[] = [];
    const second = hub.join(caller('ann'));
    void second.outcome.then((outcome) => told.push(outcome));
    polls[0]?.resolve(set); // it was on its way
    await new Promise(setImmediate);
    expect([told, polls.length, polls[1]?.signal.aborted]).toEqual([[], 2, false]);
    polls[1]?.resolve(set);
    expect(await kindOf(second)).toBe('PinSetEvent');
  });

  it('hands a bug on to everyone who waits, and starts anew after it', async () => {
    const { hub, polls } = startHub();
    const waits = [hub.join(caller('ann')), hub.join(caller('ann'))];
    const bug = new Error('a bug');
    polls[0]?.reject(bug);
    for (const { outcome } of waits) await expect(outcome).rejects.toBe(bug);
    const again = hub.join(caller('ann'));
    polls[1]?.resolve(set);
    expect(await kindOf(again)).toBe('PinSetEvent');
  });

  it('keeps a bug that nobody waits for any more from those who came since', async () => {
    const { hub, polls } = startHub();
    hub.join(caller('ann')).leave();
    const second = hub.join(caller('ann'));
    polls[0]?.reject(new Error('a bug'));
    await new Promise(setImmediate);
    hub.join(caller('ann')); // on the poll that goes on
    expect(polls).toHaveLength(2);
    polls[1]?.resolve(set);
    expect(await kindOf(second)).toBe('PinSetEvent');
  });

  it('tells those who wait and those who still come that it drains, and ends the polls', async () => {
    const { hub, polls } = startHub();
    const waits = [hub.join(caller('ann')), hub.join(caller('bob'))];
    hub.drain(1_000);
    waits.push(hub.join(caller('cid')));
    expect(await Promise.all(waits.map(kindOf))).toEqual(
      Array.from({ length: 3 }, () => 'GatewayDrainingError'),
    );
    expect(polls.map(({ user, signal }) => [user, signal.aborted])).toEqual([
      ['ann', true],
      ['bob', true],
    ]);
  });

  describe('that drains with a crowd', () => {
    afterEach(() => void vi.useRealTimers());

    /** Of whom each told so far; two hundred wait for one PIN and fifty for another. */
    function startCrowd() {
      vi.useFakeTimers();
      const { hub, polls } = startHub(1_000);
      const told = new Map<string, number>();
      const users = Array.from({ length: 250 }, (_, index) => (index < 200 ? 'ann' : 'bob'));
      const waits = users.map((user) => {
        const wait = hub.join(caller(user));
        void wait.outcome.then(({ kind }) => told.set(kind, (told.get(kind) ?? 0) + 1));
        return wait;
      });
      const after = async (ms: number) => {
        await vi.advanceTimersByTimeAsync(ms);
        return { ...Object.fromEntries(told), waiting: hub.subscribers() };
      };
      return { hub, polls, waits, after };
    }

    it('tells a hundred at a time', async () => {
      const { hub, polls, after } = startCrowd();
      hub.drain(10_000);
      expect(await after(0)).toEqual({ GatewayDrainingError: 100, waiting: 150 });
      expect(polls[0]?.signal.aborted).toBe(false);
      expect(await after(20)).toEqual({ GatewayDrainingError: 200, waiting: 50 });
      expect(polls[0]?.signal.aborted).toBe(true);
      expect(await after(20)).toEqual({ GatewayDrainingError: 250, waiting: 0 });
      expect(polls[1]?.signal.aborted).toBe(true);
      expect(vi.getTimerCount()).toBe(0);
    });

    it('tells more at a time when there is less time', async () => {
      const { hub, after } = startCrowd();
      hub.drain(40);
      expect(await after(0)).toEqual({ GatewayDrainingError: 125, waiting: 125 });
      expect(await after(20)).toEqual({ GatewayDrainingError: 250, waiting: 0 });
    });

    it('still has the event for those who wait, and counts those who leave', async () => {
      const { hub, polls, waits, after } = startCrowd();
      hub.drain(10_000);
      waits[249]?.leave();
      polls[0]?.resolve(set);
      expect(await after(0)).toEqual({
        GatewayDrainingError: 100,
        PinSetEvent: 100,
        waiting: 49,
      });
      expect(await after(20)).toEqual({
        GatewayDrainingError: 149,
        PinSetEvent: 100,
        waiting: 0,
      });
    });
  });
});

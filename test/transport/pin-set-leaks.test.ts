import { describe, expect, it } from 'vitest';
import { as, departures, startPinSetStage } from '../support/pin-set.ts';
import { silence } from '../support/upstream.ts';

const cycles = 300;

/** Handles that the process holds open: sockets, servers, timers. */
const handles = (): number => process.getActiveResourcesInfo().length;

describe('Hundreds of subscribers that come and go at a silent provider', () => {
  it('leave no upstream request and no handle behind', { timeout: 60_000 }, async () => {
    await using stage = await startPinSetStage(silence, { LOG_LEVEL: 'warn' });
    const { pace, origin } = stage;
    const comeAndGo = async (cycle: number): Promise<void> => {
      const departure = departures[cycle % departures.length];
      if (departure === undefined) throw new Error('there is no way to go');
      await using subscriber = await departure.join(origin, as(`user-${cycle}`));
      await using companion = await departure.join(origin, as(`user-${cycle}`));
      await pace.received(cycle + 1);
      subscriber.leave();
      companion.leave();
      await pace.requests[cycle]?.aborted;
    };
    // The first few open what is kept on purpose: the connections that clients keep alive.
    for (let cycle = 0; cycle < 20; cycle++) await comeAndGo(cycle);
    const before = handles();
    for (let cycle = 20; cycle < cycles; cycle++) await comeAndGo(cycle);

    expect([pace.requests.length, pace.open]).toEqual([cycles, 0]);
    expect(handles() - before).toBeLessThan(10);
  });
});

import { once } from 'node:events';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { PinSetDocument } from '../generated/graphql.ts';
import { as, startPinSetStage } from '../support/pin-set.ts';
import { openWs } from '../support/raw-websocket.ts';
import { silence } from '../support/upstream.ts';

/** Between two pings. */
const pingIntervalMs = 15_000;

const pinSet = { id: '1', type: 'subscribe', payload: { query: PinSetDocument.toString() } };

// Only the pings: everything else on both sides goes on in real time.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
afterEach(() => void vi.useRealTimers());

it('A WebSocket whose peer has not answered a ping by the next is cut, and its poll ended', async () => {
  await using stage = await startPinSetStage(silence);
  await using dead = await openWs(stage.origin, { autoPong: false });
  await dead.init(as('ann'));
  dead.send(pinSet);
  await using alive = await openWs(stage.origin);
  await alive.init(as('bob'));
  alive.send(pinSet);
  await stage.pace.received(2);

  const pinged = [once(dead.socket, 'ping'), once(alive.socket, 'ping')];
  vi.advanceTimersByTime(pingIntervalMs);
  await Promise.all(pinged);
  await alive.settled(); // its pong went first
  expect(dead.socket.readyState).toBe(dead.socket.OPEN);

  vi.advanceTimersByTime(pingIntervalMs);
  expect(await dead.closed).toEqual({ code: 1006, reason: '' });
  await stage.pace.requests.find(({ headers }) => headers.authorization === 'Bearer ann')?.aborted;
  await alive.settled();
  expect([stage.pace.requests.length, stage.pace.open]).toEqual([2, 1]);
});

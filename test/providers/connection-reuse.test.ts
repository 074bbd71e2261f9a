import { describe, expect, it } from 'vitest';
import { startGateway } from '../support/gateway.ts';
import { startRawUpstream, type Behave } from '../support/raw-upstream.ts';
import { contract } from './contract.ts';
import { entryOf, pinEntry } from './entries.ts';
import { gone, makeOtp, queryAdm, queryPace, startScene } from './fault-scene.ts';
import { askOtp, askPins } from './harness.ts';

const http200 = (body: unknown): string => {
  const text = JSON.stringify(body);
  return `HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\nKeep-Alive: timeout=60\r\n\r\n${text}`;
};

/** Answers the first request of a connection, and closes it under the second. */
const goodOnce =
  (answer: string, close: Behave): Behave =>
  (socket) =>
    void socket.once('data', () => {
      socket.write(answer);
      socket.once('data', () => close(socket));
    });

const closings: readonly (readonly [string, Behave])[] = [
  ['closes', (socket) => socket.destroy()],
  ['resets', (socket) => socket.resetAndDestroy()],
];

describe.each(closings)('A provider that %s a kept connection under a request', (_how, close) => {
  it('is asked again for the status of PINs, over a new connection', async () => {
    const list = { totalRecords: 1, resourceSet: [{ pinType: 'Adult', status: 'SET' }] };
    await using adm = await startRawUpstream(goodOnce(http200(list), close));
    await using gateway = await startGateway({ ADM_URL: adm.url });
    const pins = [pinEntry('ADM', 'Adult', 'SET')];
    expect(await askPins(gateway.origin)).toEqual(pins);
    expect(adm.connections).toBe(1);
    expect(await askPins(gateway.origin)).toEqual(pins);
    expect(adm.connections).toBe(2);
    expect(adm.received.match(/GET /g)).toHaveLength(3);
  });

  it('is never asked again for a one-time password: it may have made one', async () => {
    const message = { status: 'SUCCEEDED', transactionId: 't-1', result: { otp: '804213' } };
    await using pims = await startRawUpstream(goodOnce(http200(message), close));
    await using gateway = await startGateway({ PIMS_URL: pims.url });
    const otp = makeOtp.well;
    expect(await askOtp(gateway.origin)).toEqual(otp);
    expect(await askOtp(gateway.origin)).toEqual(entryOf('PIMS', contract['outcome unknown']));
    expect([pims.connections, pims.received.match(/POST /g)?.length]).toEqual([1, 2]);
    expect(await askOtp(gateway.origin)).toEqual(otp);
    expect([pims.connections, pims.received.match(/POST /g)?.length]).toEqual([2, 3]);
  });
});

describe.each([queryAdm, queryPace, makeOtp])('$title after its idle connection', (use) => {
  it.each(['close', 'reset', 'half-close'] as const)('broke (%s) has a new one', async (how) => {
    await using scene = await startScene(use.provider);
    expect(await use.ask(scene.origin)).toEqual(use.well);
    expect([scene.proxy.accepted, scene.proxy.open]).toEqual([1, 1]);
    scene.proxy.breakAll(how);
    await gone(scene);
    expect(await use.ask(scene.origin)).toEqual(use.well);
    expect([scene.proxy.accepted, scene.upstream.requests.length]).toEqual([2, 2]);
  });
});

describe('An answer that is longer than its content-length', () => {
  const answer = http200({
    totalRecords: 1,
    resourceSet: [{ pinType: 'Adult', status: 'SET' }],
  });
  const forged = http200({
    totalRecords: 1,
    resourceSet: [{ pinType: 'Forged', status: 'SET' }],
  });

  it.each([
    ['nonsense', 'nonsense'],
    ['another answer', forged],
    ['half of another answer', forged.slice(0, 30)],
  ])('is cut there, and what follows is nobody else’s: %s', async (_what, rest) => {
    await using adm = await startRawUpstream(
      (socket) => void socket.on('data', () => socket.write(answer + rest)),
    );
    await using gateway = await startGateway({ ADM_URL: adm.url });
    const pins = [pinEntry('ADM', 'Adult', 'SET')];
    for (const asked of [1, 2, 3]) {
      expect(await askPins(gateway.origin)).toEqual(pins);
      expect(adm.connections).toBe(asked);
    }
  });
});

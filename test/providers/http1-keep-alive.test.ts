import { describe, expect, it, vi } from 'vitest';
import { startGateway } from '../support/gateway.ts';
import { startRawUpstream, type RawUpstream } from '../support/raw-upstream.ts';
import { pinEntry } from './entries.ts';
import { askPins } from './harness.ts';

const list = '{"totalRecords":1,"resourceSet":[{"pinType":"Adult","status":"SET"}]}';
const pins = [pinEntry('ADM', 'Adult', 'SET')];

/** An ADM that answers every request, and says of its connections what the field says. */
const startAdm = (keepAlive: string): Promise<RawUpstream> => {
  const head = ['HTTP/1.1 200 OK', `Content-Length: ${list.length}`, `Keep-Alive: ${keepAlive}`];
  const answer = [...head, '', list].join('\r\n');
  return startRawUpstream((socket) => void socket.on('data', () => socket.write(answer)));
};

const closed = (adm: RawUpstream): Promise<void> =>
  vi.waitFor(() => expect(adm.open).toBe(0), { timeout: 10_000 });

describe.concurrent('A connection that the provider', () => {
  it.each(['timeout=0', 'timeout=1', 'timeout=2, max=100'])(
    'keeps for no longer than a request may take (%s) is not used again',
    async (keepAlive) => {
      await using adm = await startAdm(keepAlive);
      await using gateway = await startGateway({ ADM_URL: adm.url });
      for (const asked of [1, 2]) {
        expect(await askPins(gateway.origin)).toEqual(pins);
        expect(adm.connections).toBe(asked);
        await closed(adm);
      }
    },
  );

  it.each(['timeout=60', 'timeout=999999999', 'max=100'])(
    'keeps for longer (%s) is used again',
    async (keepAlive) => {
      await using adm = await startAdm(keepAlive);
      await using gateway = await startGateway({ ADM_URL: adm.url });
      for (let asked = 0; asked < 3; asked++) {
        expect(await askPins(gateway.origin)).toEqual(pins);
        expect([adm.connections, adm.open]).toEqual([1, 1]);
      }
    },
  );

  it('keeps for three seconds is closed before they are over', async () => {
    await using adm = await startAdm('timeout=3');
    await using gateway = await startGateway({ ADM_URL: adm.url });
    const since = performance.now();
    expect(await askPins(gateway.origin)).toEqual(pins);
    expect(await askPins(gateway.origin)).toEqual(pins);
    expect([adm.connections, adm.open]).toEqual([1, 1]);
    await closed(adm);
    expect(performance.now() - since).toBeLessThan(3_000);
    expect(performance.now() - since).toBeGreaterThan(900);
    expect(await askPins(gateway.origin)).toEqual(pins);
    expect(adm.connections).toBe(2);
  });
});

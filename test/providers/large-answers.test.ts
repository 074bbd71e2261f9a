import { describe, expect, it } from 'vitest';
import type { PinProvider } from '../generated/graphql.ts';
import { startTlsUpstream, type HeldStream } from '../support/h2-upstream.ts';
import { startGateway } from '../support/gateway.ts';
import { startRawUpstream, type Behave, type RawUpstream } from '../support/raw-upstream.ts';
import { contract, type Cause } from './contract.ts';
import { entryOf } from './entries.ts';
import { askOtp, askPins, askPinSet } from './harness.ts';

const megabyte = 1024 * 1024;
const whole = 100 * megabyte;

/** What it may take to find out: 1 MiB that is read, and what fills the buffers of both sockets. */
const most = 16 * megabyte;

/** Sends an answer of 100 MB as fast as it is taken, and tells how much of it left. */
function flood(head: string): { readonly behave: Behave; readonly sent: () => number } {
  const chunk = Buffer.alloc(64 * 1024, ' ');
  let sent = 0;
  const behave: Behave = (socket) => {
    const pour = (): void => {
      while (sent < whole && !socket.destroyed) {
        sent += chunk.length;
        if (!socket.write(chunk)) return;
      }
    };
    socket.once('data', () => {
      socket.write(head);
      pour();
    });
    socket.on('drain', pour);
  };
  return { behave, sent: () => sent };
}

const sized = `HTTP/1.1 200 OK\r\nContent-Length: ${whole}\r\n\r\n`;
const chunked = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${whole.toString(16)}\r\n`;
const untilClose = 'HTTP/1.1 200 OK\r\n\r\n';

const ways: readonly (readonly [PinProvider, string, (origin: string) => Promise<unknown>])[] = [
  ['ADM', 'the status query', (origin) => askPins(origin, ['ADM']).then((pins) => pins?.[0])],
  ['PACE', 'the status query', (origin) => askPins(origin, ['PACE']).then((pins) => pins?.[0])],
  ['PACE', 'a long poll', (origin) => askPinSet(origin)],
  ['PIMS', 'generateOtp', (origin) => askOtp(origin)],
];

/** How much more memory, in bytes, the process has while and after `work` than before. */
async function growth(work: () => Promise<void>): Promise<number> {
  const used = (): number => {
    const { heapUsed, external, arrayBuffers } = process.memoryUsage();
    return heapUsed + external + arrayBuffers;
  };
  const before = used();
  let peak = 0;
  const timer = setInterval(() => (peak = Math.max(peak, used())), 5);
  await work();
  clearInterval(timer);
  return Math.max(peak, used()) - before;
}

const urlOf = (provider: PinProvider, { url }: { url: string }) => ({ [`${provider}_URL`]: url });

describe.each(ways)('An answer of 100 MB from %s to %s', (provider, _way, ask) => {
  const refused = (cause: Cause, httpStatus: number) =>
    entryOf(provider, contract[cause], { upstream: { httpStatus } });

  it.each([
    ['with its length', sized],
    ['in chunks', chunked],
    ['until the connection ends', untilClose],
  ])('%s is cut off at 1 MiB and refused', async (_how, head) => {
    const { behave, sent } = flood(head);
    await using upstream: RawUpstream = await startRawUpstream(behave);
    await using gateway = await startGateway(urlOf(provider, upstream));
    const grown = await growth(async () => {
      expect(await ask(gateway.origin)).toEqual(refused('broken contract', 200));
    });
    expect(sent()).toBeGreaterThan(megabyte);
    expect(sent()).toBeLessThan(most);
    expect(grown).toBeLessThan(3 * most);
    expect(upstream.connections).toBe(1);
  });

  it('says as much as its status when that is a failure', async () => {
    const { behave, sent } = flood(sized.replace('200 OK', '401 Unauthorized'));
    await using upstream: RawUpstream = await startRawUpstream(behave);
    await using gateway = await startGateway(urlOf(provider, upstream));
    expect(await ask(gateway.origin)).toMatchObject({
      __typename: 'AuthenticationError',
      code: 'CREDENTIAL_REJECTED',
      upstream: { httpStatus: 401 },
    });
    expect(sent()).toBeLessThan(most);
  });
});

describe('An answer of 100 MB to a long poll over HTTP/2', () => {
  it('is cut off at 1 MiB and refused, and the others on the connection go on', async () => {
    await using pace = await startTlsUpstream(['h2']);
    await using gateway = await startGateway({ PACE_URL: pace.url });
    const told = askPinSet(gateway.origin);
    const waits = askPinSet(gateway.origin, undefined, { 'x-pace-authorization': 'Bearer other' });
    await expect.poll(() => pace.open).toBe(2);
    const isOther = ({ headers }: HeldStream) => headers.authorization === 'Bearer other';
    const first = pace.sessions.flat().find((held) => !isOther(held));
    const second = pace.sessions.flat().find(isOther);
    let sent = 0;
    const chunk = Buffer.alloc(64 * 1024, ' ');
    const pour = (): void => {
      while (sent < whole && first && !first.stream.destroyed) {
        sent += chunk.length;
        if (!first.stream.write(chunk)) return;
      }
    };
    first?.stream.respond({ ':status': 200 });
    first?.stream.on('drain', pour);
    pour();
    expect(await told).toEqual(
      entryOf('PACE', contract['broken contract'], { upstream: { httpStatus: 200 } }),
    );
    expect(sent).toBeGreaterThan(megabyte);
    expect(sent).toBeLessThan(most);
    second?.stream.respond({ ':status': 200 }, { endStream: true });
    expect(await waits).toMatchObject({ __typename: 'PinSetEvent' });
    expect(pace.sessions).toHaveLength(1);
  });
});

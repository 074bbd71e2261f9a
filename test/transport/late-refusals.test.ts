import { describe, expect, it, vi } from 'vitest';
import { lateMs } from '../../src/transport/refusal-pace.ts';
import { comparable, makeKnown } from '../support/hot.ts';
import {
  openConnection,
  postOf,
  upgradeHead,
  type RawConnection,
} from '../support/raw-connection.ts';
import { Shedding } from '../support/shedding.ts';
import { nobody, startStubbed, type StubbedServer } from '../support/stub-services.ts';

/** A gateway that refuses what it is told to, and knows the query. */
interface Stage extends AsyncDisposable {
  readonly server: StubbedServer;
  readonly shedding: Shedding;
  /** A connection over which a request has just been refused. */
  refused(request: string): Promise<RawConnection>;
}

async function start(): Promise<Stage> {
  const stack = new AsyncDisposableStack();
  const shedding = new Shedding();
  const server = stack.use(await startStubbed(nobody, undefined, {}, shedding));
  await makeKnown(server.origin, query);
  shedding.isShedding = true;
  shedding.asked = 0;
  return {
    server,
    shedding,
    async refused(request) {
      const connection = stack.use(await openConnection(server.origin));
      connection.write(request);
      await answers(connection, 1);
      return connection;
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

const asked = (shedding: Shedding, count: number): Promise<void> =>
  vi.waitFor(() => expect(shedding.asked).toBe(count));

const query = postOf({ query: '{ __typename }' });
const unusual = postOf({ query: '{ __typename }' }, 'origin: http://gateway');
/** A wait of no time, which ends at once. */
const subscription = postOf(
  { query: 'subscription { pinSet(timeoutSeconds: 0) { __typename } }' },
  'accept: text/event-stream',
);

/** The statuses that have come, in their order. */
const statusesOf = (connection: RawConnection): string[] => statusesIn(connection.text());
const statusesIn = (text: string): string[] =>
  [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status ?? '');

const answers = (connection: RawConnection, count: number): Promise<void> =>
  connection.received(new RegExp(`(?:HTTP/1\\.1 [^]*){${count}}`));

describe('Who is refused, and has not been told yet', () => {
  it('gets no WebSocket that the refusal would be written into', async () => {
    await using stage = await start();
    const one = await stage.refused(unusual);
    one.write(unusual);
    await asked(stage.shedding, 2);
    stage.shedding.isShedding = false;
    one.write(`${upgradeHead}\r\n`);
    expect(statusesIn(await one.closed)).toEqual(['503']);
  });

  it('gets no other answer when what comes next is no request', async () => {
    await using stage = await start();
    const one = await stage.refused(unusual);
    one.write(unusual);
    await asked(stage.shedding, 2);
    one.write('garbage\r\n\r\n');
    expect(statusesIn(await one.closed)).toEqual(['503']);
  });

  it('has no more than one request waiting for it, however many are sent', async () => {
    await using stage = await start();
    const one = await stage.refused(unusual);
    one.write(unusual.repeat(20_000));
    await answers(one, 2);
    // Behind what is not told yet Node holds answers back, and stops reading when they are too many.
    expect(stage.shedding.asked).toBeLessThan(10_000);
  });
});

describe.each([
  ['on its connection', query],
  ["by Node's server", unusual],
  ['as a new subscription over SSE', subscription],
])('Who is refused %s', (_where, request) => {
  it('is told so at once, and later when it comes again before it should', async () => {
    await using stage = await start();
    const one = await stage.refused(request);
    await using other = await openConnection(stage.server.origin);
    const since = performance.now();
    one.write(request);
    other.write(request);
    await answers(other, 1);
    expect(statusesOf(one)).toEqual(['503']);
    await answers(one, 2);
    expect(performance.now() - since).toBeGreaterThan(lateMs - 10);
    const refusal = comparable(other.text());
    expect(refusal).toMatch(/^HTTP\/1\.1 503 [^]*retry-after: 1\r\n[^]*"OVERLOADED"/);
    expect(comparable(one.text())).toBe(refusal.repeat(2));
  });

  it('is served at once when it comes again and there is time for it', async () => {
    await using stage = await start();
    const one = await stage.refused(request);
    const other = await stage.refused(request);
    other.write(request);
    await asked(stage.shedding, 3);
    stage.shedding.isShedding = false;
    one.write(request);
    await answers(one, 2);
    expect([statusesOf(one), statusesOf(other)]).toEqual([['503', '200'], ['503']]);
    await answers(other, 2);
    expect(statusesOf(other)).toEqual(['503', '503']);
  });

  it('has its further requests answered in their order', async () => {
    await using stage = await start();
    const one = await stage.refused(request);
    one.write(request);
    await asked(stage.shedding, 2);
    stage.shedding.isShedding = false;
    one.write(request);
    one.write(request);
    await answers(one, 4);
    expect(statusesOf(one)).toEqual(['503', '503', '200', '200']);
  });

  it('is told before the gateway closes the connection', async () => {
    await using stage = await start();
    const one = await stage.refused(request);
    one.write(request);
    await asked(stage.shedding, 2);
    await stage.server[Symbol.asyncDispose]();
    await one.closed;
    expect(statusesOf(one)).toEqual(['503', '503']);
  });
});

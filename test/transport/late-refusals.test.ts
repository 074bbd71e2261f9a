import { describe, expect, it, vi } from 'vitest';
import { lateMs } from '../../src/transport/refusal-pace.ts';
import { makeKnown } from '../support/hot.ts';
import {
  openConnection,
  postOf,
  upgradeHead,
  type RawConnection,
} from '../support/raw-connection.ts';
import { Shedding } from '../support/shedding.ts';
import { nobody, startStubbed, type StubbedServer } from '../support/stub-services.ts';

/** A gateway that refuses what it is told to, and knows the query. */
async function start(): Promise<{ server: StubbedServer; shedding: Shedding }> {
  const shedding = new Shedding();
  const server = await startStubbed(nobody, undefined, {}, shedding);
  await makeKnown(server.origin, query);
  shedding.isShedding = true;
  shedding.asked = 0;
  return { server, shedding };
}

const asked = (shedding: Shedding, count: number): Promise<void> =>
  vi.waitFor(() => expect(shedding.asked).toBe(count));

const query = postOf({ query: '{ __typename }' });
const unusual = postOf({ query: '{ __typename }' }, 'origin: http://gateway');

/** The statuses that have come, in their order. */
const statusesOf = (connection: RawConnection): string[] => statusesIn(connection.text());
const statusesIn = (text: string): string[] =>
  [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status ?? '');

const answers = (connection: RawConnection, count: number): Promise<void> =>
  connection.received(new RegExp(`(?:HTTP/1\\.1 [^]*){${count}}`));

describe('Who is refused, and has not been told yet', () => {
  it('gets no WebSocket that the refusal would be written into', async () => {
    const { server, shedding } = await start();
    await using stack = new AsyncDisposableStack();
    stack.use(server);
    const one = stack.use(await openConnection(server.origin));
    one.write(unusual);
    await answers(one, 1);
    one.write(unusual);
    await asked(shedding, 2);
    shedding.isShedding = false;
    one.write(`${upgradeHead}\r\n`);
    expect(statusesIn(await one.closed)).toEqual(['503']);
  });

  it('has no more than one request waiting for it, however many are sent', async () => {
    const { server, shedding } = await start();
    await using stack = new AsyncDisposableStack();
    stack.use(server);
    const one = stack.use(await openConnection(server.origin));
    one.write(unusual);
    await answers(one, 1);
    one.write(unusual.repeat(20_000));
    await answers(one, 2);
    // Behind what is not told yet Node holds answers back, and stops reading when they are too many.
    expect(shedding.asked).toBeLessThan(10_000);
  });
});

describe.each([
  ['on its connection', query],
  ["by Node's server", unusual],
])('Who is refused %s', (_where, request) => {
  it('is told so at once, and later when it comes again before it should', async () => {
    const { server } = await start();
    await using stack = new AsyncDisposableStack();
    stack.use(server);
    const one = stack.use(await openConnection(server.origin));
    const other = stack.use(await openConnection(server.origin));
    one.write(request);
    await answers(one, 1);
    const since = performance.now();
    one.write(request);
    other.write(request);
    await answers(other, 1);
    expect(statusesOf(one)).toEqual(['503']);
    await answers(one, 2);
    expect(performance.now() - since).toBeGreaterThan(lateMs - 10);
    expect([statusesOf(one), statusesOf(other)]).toEqual([['503', '503'], ['503']]);
  });

  it('is served at once when it comes again and there is time for it', async () => {
    const { server, shedding } = await start();
    await using stack = new AsyncDisposableStack();
    stack.use(server);
    const one = stack.use(await openConnection(server.origin));
    const other = stack.use(await openConnection(server.origin));
    for (const connection of [one, other]) connection.write(request);
    await Promise.all([answers(one, 1), answers(other, 1)]);
    other.write(request);
    await asked(shedding, 3);
    shedding.isShedding = false;
    one.write(request);
    await answers(one, 2);
    expect([statusesOf(one), statusesOf(other)]).toEqual([['503', '200'], ['503']]);
    await answers(other, 2);
    expect(statusesOf(other)).toEqual(['503', '503']);
  });

  it('has its further requests answered in their order', async () => {
    const { server, shedding } = await start();
    await using stack = new AsyncDisposableStack();
    stack.use(server);
    const one = stack.use(await openConnection(server.origin));
    one.write(request);
    await answers(one, 1);
    one.write(request);
    await asked(shedding, 2);
    shedding.isShedding = false;
    one.write(request);
    one.write(request);
    await answers(one, 4);
    expect(statusesOf(one)).toEqual(['503', '503', '200', '200']);
  });

  it('is told before the gateway closes the connection', async () => {
    const { server, shedding } = await start();
    await using stack = new AsyncDisposableStack();
    stack.use(server);
    const one = stack.use(await openConnection(server.origin));
    one.write(request);
    await answers(one, 1);
    one.write(request);
    await asked(shedding, 2);
    await server[Symbol.asyncDispose]();
    await one.closed;
    expect(statusesOf(one)).toEqual(['503', '503']);
  });
});

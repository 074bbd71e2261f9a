import { expect, describe, it, vi } from 'vitest';
import { startTlsUpstream, type TlsUpstream } from '../support/h2-upstream.ts';
import { startGateway } from '../support/gateway.ts';
import { as, only, overWebSocket, pinSetEvent, resultsOf } from '../support/pin-set.ts';

const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 10_000 });

const opened = (pace: TlsUpstream, count: number): Promise<void> =>
  until(() => expect(pace.open).toBe(count));

/** Sets every PIN that is waited for. */
function setAll({ sessions }: TlsUpstream): void {
  for (const held of sessions) {
    for (const { stream } of [...held]) stream.respond({ ':status': 200 }, { endStream: true });
  }
}

const users = (count: number): string[] => Array.from({ length: count }, (_, n) => `user-${n}`);

describe('The long polls at a PACE that speaks HTTP/2', () => {
  it('share a connection, each with its own credential', async () => {
    await using pace = await startTlsUpstream(['h2', 'http/1.1']);
    await using gateway = await startGateway({ PACE_URL: `${pace.url}/base` });
    await using ann = await overWebSocket.join(gateway.origin, as('ann'));
    await using bob = await overWebSocket.join(gateway.origin, as('bob'));
    await opened(pace, 2);
    expect(pace.sessions).toHaveLength(1);
    expect(
      pace.sessions[0]?.map(({ headers }) => [headers[':path'], headers.authorization]),
    ).toEqual([
      ['/base/user/pin?timeout=25', 'Bearer ann'],
      ['/base/user/pin?timeout=25', 'Bearer bob'],
    ]);
    setAll(pace);
    expect(await resultsOf(ann)).toEqual(only(pinSetEvent));
    expect(await resultsOf(bob)).toEqual(only(pinSetEvent));
    expect(pace.http1Requests).toBe(0);
  });

  it('go over HTTP/1.1 where it is all that PACE offers', async () => {
    await using pace = await startTlsUpstream(['http/1.1']);
    await using gateway = await startGateway({ PACE_URL: pace.url });
    for (const user of users(2)) {
      await using subscriber = await overWebSocket.join(gateway.origin, as(user));
      expect(await resultsOf(subscriber)).toEqual(only(pinSetEvent));
    }
    expect([pace.http1Requests, pace.sessions.length]).toEqual([2, 0]);
  });

  it('are never more in one session than PACE allows, nor than 200', async () => {
    for (const [limit, most] of [
      [3, 3],
      [1_000, 200],
    ] as const) {
      await using pace = await startTlsUpstream(['h2'], limit);
      await using gateway = await startGateway({ PACE_URL: pace.url });
      await using stack = new AsyncDisposableStack();
      const count = most * 2 + 1;
      for (const user of users(count)) {
        stack.use(await overWebSocket.join(gateway.origin, as(user)));
      }
      await opened(pace, count);
      expect(pace.sessions.map(({ length }) => length)).toEqual([most, most, 1]);
      await stack.disposeAsync();
      await opened(pace, 0);
      expect(pace.lost).toBe(0);
    }
  }, 60_000);

  it('end within 50 ms when their subscriber leaves, and leave the others alone', async () => {
    await using pace = await startTlsUpstream(['h2']);
    await using gateway = await startGateway({ PACE_URL: pace.url });
    await using ann = await overWebSocket.join(gateway.origin, as('ann'));
    await opened(pace, 1);
    {
      await using bob = await overWebSocket.join(gateway.origin, as('bob'));
      await opened(pace, 2);
      const closed = new Promise<number>((resolve) =>
        pace.sessions[0]?.[1]?.stream.once('close', () => resolve(performance.now())),
      );
      const since = performance.now();
      await bob[Symbol.asyncDispose]();
      expect((await closed) - since).toBeLessThan(50);
    }
    setAll(pace);
    expect(await resultsOf(ann)).toEqual(only(pinSetEvent));
  });

  it.each<[string, (pace: TlsUpstream) => void]>([
    ['says goodbye with an error', ({ raw }) => raw[0]?.destroy(undefined, 2)],
    ['loses its connection', ({ raw }) => raw[0]?.socket.destroy()],
    ['resets the poll', ({ sessions }) => sessions[0]?.[0]?.stream.close(2)],
  ])('begin again, unseen by the subscriber, when PACE %s', async (_how, breakIt) => {
    await using pace = await startTlsUpstream(['h2']);
    await using gateway = await startGateway({ PACE_URL: pace.url });
    await using ann = await overWebSocket.join(gateway.origin, as('ann'));
    await opened(pace, 1);
    const first = pace.sessions[0]?.[0];
    breakIt(pace);
    await until(() => {
      expect(pace.open).toBe(1);
      expect(pace.sessions.flat()).not.toContain(first);
    });
    expect(ann.payloads).toEqual([]);
    setAll(pace);
    expect(await resultsOf(ann)).toEqual(only(pinSetEvent));
  });

  it('finish when PACE says goodbye, and those that come go elsewhere', async () => {
    await using pace = await startTlsUpstream(['h2']);
    await using gateway = await startGateway({ PACE_URL: pace.url });
    await using ann = await overWebSocket.join(gateway.origin, as('ann'));
    await opened(pace, 1);
    pace.raw[0]?.goaway(0);
    await new Promise((resolve) => setTimeout(resolve, 50)); // GOAWAY has no answer to wait for
    await using bob = await overWebSocket.join(gateway.origin, as('bob'));
    await opened(pace, 2);
    expect(pace.sessions.map(({ length }) => length)).toEqual([1, 1]);
    setAll(pace);
    expect(await resultsOf(ann)).toEqual(only(pinSetEvent));
    expect(await resultsOf(bob)).toEqual(only(pinSetEvent));
  });

  it('do not take an answer for "set" that ends before its length', async () => {
    await using pace = await startTlsUpstream(['h2']);
    await using gateway = await startGateway({ PACE_URL: pace.url });
    await using ann = await overWebSocket.join(gateway.origin, as('ann'));
    await opened(pace, 1);
    const stream = pace.sessions[0]?.[0]?.stream;
    stream?.respond({ ':status': 200, 'content-length': 10 });
    stream?.write('half', () => stream.close(0)); // NO_ERROR: nothing but the length tells
    expect(await resultsOf(ann)).toMatchObject(
      only({ __typename: 'UnexpectedResponseError', code: 'UNEXPECTED_RESPONSE' }),
    );
  });
});

import { connect, type Socket } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { Cancellation } from '../../src/cancellation.ts';
import { Http2Connection } from '../../src/providers/http2-connection.ts';
import { createHttpClient, type HttpClient, type HttpOutcome } from '../../src/providers/http.ts';
import {
  answeringH2,
  frame,
  hex,
  startRawH2Upstream,
  type RawH2Upstream,
} from '../support/raw-h2-upstream.ts';
import { mute, startRawUpstream } from '../support/raw-upstream.ts';

const clientOf = ({ url }: { url: string }): HttpClient =>
  createHttpClient({
    baseUrl: new URL(url),
    connectTimeoutMs: 5_000,
    connections: null,
    http2: true,
  });

const get = (
  client: HttpClient,
  signal = new Cancellation(),
  headers: Readonly<Record<string, string>> = {},
): Promise<HttpOutcome> =>
  client.exchange({ method: 'GET', path: '/', headers, deadlineMs: 10_000 }, signal);

const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 10_000 });

/** What the client has sent, but for its settings and what says that it has those of the peer. */
const sentTo = ({ frames }: RawH2Upstream) =>
  frames
    .filter(({ type }) => type !== 'SETTINGS')
    .map(({ type, flags, streamId, payload }) => [type, flags, streamId, payload.toString('hex')]);

const ok = frame('HEADERS', 0x05, 1, '88');
const answered = { kind: 'answer', status: 200, retryAfterSeconds: null, body: '' };
const lost = (reason: string) => ({ kind: 'no answer', by: 'network', reason, sent: true });

const goodbye = (code: string) => ['GOAWAY', 0, 0, `00000000${code}`];

describe('An HTTP/2 connection', () => {
  it('begins with settings: no table of fields, and nothing that is pushed', async () => {
    await using upstream = await startRawH2Upstream(answeringH2(ok));
    await using client = clientOf(upstream);
    expect(await get(client)).toEqual(answered);
    expect(upstream.frames.slice(0, 2).map(({ type, payload }) => [type, payload])).toEqual([
      ['SETTINGS', hex('0001 00000000 0002 00000000 0006 00008000')],
      ['SETTINGS', Buffer.alloc(0)],
    ]);
    expect(upstream.frames.slice(0, 2).map(({ flags }) => flags)).toEqual([0, 1]);
  });

  it.each<[string, Buffer, string]>([
    ['a stream that nobody has begun', frame('HEADERS', 0x05, 3, '88'), '00000001'],
    ["a stream of the peer's", frame('HEADERS', 0x05, 2, '88'), '00000001'],
    ['an answer for the connection', frame('HEADERS', 0x05, 0, '88'), '00000001'],
    ['a body for the connection', frame('DATA', 0, 0), '00000001'],
    ['a body for a stream that nobody has begun', frame('DATA', 0, 3), '00000001'],
    ['a reset of one that nobody has begun', frame('RST_STREAM', 0, 3, '00000000'), '00000001'],
    ['a reset of another size', frame('RST_STREAM', 0, 1, '000000'), '00000006'],
    ['a reset of the connection', frame('RST_STREAM', 0, 0, '00000000'), '00000001'],
    ['a promise', frame('PUSH_PROMISE', 0x04, 1, '00000002 82'), '00000001'],
    ['a priority for the connection', frame('PRIORITY', 0, 0, '00000000 10'), '00000001'],
    ['a priority of another size', frame('PRIORITY', 0, 1, '00000000'), '00000006'],
    ['settings for a stream', frame('SETTINGS', 0, 1), '00000001'],
    ['settings of another size', frame('SETTINGS', 0, 0, '0003 000000'), '00000006'],
    ['settings in what acknowledges ours', frame('SETTINGS', 1, 0, '0003 00000000'), '00000006'],
    ['pushing switched on', frame('SETTINGS', 0, 0, '0002 00000001'), '00000001'],
    ['a window too wide', frame('SETTINGS', 0, 0, '0004 80000000'), '00000003'],
    ['frames too short', frame('SETTINGS', 0, 0, '0005 00003fff'), '00000001'],
    ['frames too long', frame('SETTINGS', 0, 0, '0005 01000000'), '00000001'],
    ['a ping of another size', frame('PING', 0, 0, '00'), '00000006'],
    ['a ping for a stream', frame('PING', 0, 1, '0000000000000000'), '00000001'],
    ['a goodbye for a stream', frame('GOAWAY', 0, 1, '00000000 00000000'), '00000001'],
    ['a goodbye of another size', frame('GOAWAY', 0, 0, '00000000'), '00000006'],
    ['a window that is not widened', frame('WINDOW_UPDATE', 0, 1, '00000000'), '00000001'],
    ['a window widened by half a number', frame('WINDOW_UPDATE', 0, 1, '0001'), '00000006'],
    ['a window that there is not', frame('WINDOW_UPDATE', 0, 3, '00000001'), '00000001'],
    ['padding that is longer than its frame', frame('DATA', 0x08, 1, '02 00'), '00000001'],
    ['a head that is nothing but padding', frame('HEADERS', 0x0c, 1, '01'), '00000001'],
    ['a head without the priority it speaks of', frame('HEADERS', 0x24, 1, '88'), '00000001'],
    ['a head that cannot be decoded', frame('HEADERS', 0x05, 1, '80'), '00000009'],
    ['what goes on without a beginning', frame('CONTINUATION', 0x04, 1, '88'), '00000001'],
    [
      'anything between the frames of a head',
      Buffer.concat([frame('HEADERS', 0x01, 1), frame('PING', 0, 0, '0000000000000000')]),
      '00000001',
    ],
    [
      'a head that goes on in another stream',
      Buffer.concat([frame('HEADERS', 0x01, 1), frame('CONTINUATION', 0x04, 3, '88')]),
      '00000001',
    ],
    [
      'a head that goes on and on',
      Buffer.concat([
        frame('HEADERS', 0x01, 1),
        ...Array<Buffer>(3).fill(frame('CONTINUATION', 0, 1, Buffer.alloc(16_384))),
      ]),
      '0000000b',
    ],
    [
      'a head that goes on and on with nothing',
      Buffer.concat([
        frame('HEADERS', 0x01, 1),
        ...Array<Buffer>(4_000).fill(frame('CONTINUATION', 0, 1)),
      ]),
      '0000000b',
    ],
    ['a frame that is too long', hex('004001 00 00 00000001'), '00000006'],
  ])('is closed with a reason when there comes %s', async (_what, bytes, code) => {
    await using upstream = await startRawH2Upstream(answeringH2(bytes));
    await using client = clientOf(upstream);
    expect(await get(client)).toEqual({
      kind: 'no answer',
      by: 'garbage',
      reason: `HTTP2_ERROR_${Number.parseInt(code, 16)}`,
      sent: true,
    });
    await until(() => expect(upstream.open).toBe(0));
    expect(sentTo(upstream).slice(1)).toEqual([goodbye(code)]);
  });

  it('is closed when the peer does not begin with its settings', async () => {
    await using upstream = await startRawH2Upstream(
      () => undefined,
      frame('PING', 0, 0, '0102030405060708'),
    );
    await using client = clientOf(upstream);
    expect(await get(client)).toEqual({ ...lost('HTTP2_ERROR_1'), sent: false });
    await until(() => expect(upstream.open).toBe(0));
    expect(sentTo(upstream)).toEqual([goodbye('00000001')]);
  });

  it('tries no other one when the peer closes it as soon as it has said its settings', async () => {
    await using upstream = await startRawH2Upstream(
      () => undefined,
      Buffer.concat([frame('SETTINGS', 0, 0), frame('GOAWAY', 0, 0, '00000000 0000000b')]),
    );
    await using client = clientOf(upstream);
    expect(await get(client)).toEqual({ ...lost('HTTP2_GOAWAY_11'), sent: false });
    expect(upstream.connections).toBe(1);
  });

  it("answers the peer's pings, and leaves answers to its own alone", async () => {
    await using upstream = await startRawH2Upstream(
      answeringH2(
        frame('PING', 0, 0, '0102030405060708'),
        frame('PING', 1, 0, '0000000000000000'),
        ok,
      ),
    );
    await using client = clientOf(upstream);
    expect(await get(client)).toEqual(answered);
    await until(() => expect(sentTo(upstream)).toHaveLength(2));
    expect(sentTo(upstream)[1]).toEqual(['PING', 1, 0, '0102030405060708']);
  });

  it.each([
    ['pings', frame('PING', 0, 0, '0102030405060708')],
    ['settings', frame('SETTINGS', 0, 0)],
  ])('is cut when the peer makes it answer %s and does not read', async (_what, asking) => {
    const much = Buffer.concat(Array<Buffer>(10_000).fill(asking));
    await using upstream = await startRawH2Upstream(({ type }, socket) => {
      if (type !== 'HEADERS') return;
      socket.pause();
      const pour = (): void => {
        while (!socket.destroyed && socket.write(much));
      };
      socket.on('drain', pour);
      pour();
    });
    await using client = clientOf(upstream);
    expect(await get(client)).toMatchObject({ by: 'garbage', reason: 'HTTP2_ERROR_11' });
    await until(() => expect(upstream.open).toBe(0));
  });

  it.each([
    ['settings', frame('SETTINGS', 0, 0)],
    ['resets of what has ended', frame('RST_STREAM', 0, 1, '00000000')],
  ])(
    'is closed when it has long been idle, whatever %s still come',
    async (_what, bytes) => {
      await using upstream = await startRawH2Upstream(({ type }, socket) => {
        if (type !== 'HEADERS') return;
        socket.write(ok);
        const timer = setInterval(() => socket.write(bytes), 500);
        socket.once('close', () => clearInterval(timer));
      });
      await using client = clientOf(upstream);
      expect(await get(client)).toEqual(answered);
      await until(() => expect(upstream.open).toBe(0));
      expect(sentTo(upstream).at(-1)).toEqual(goodbye('00000000'));
    },
    20_000,
  );

  it('says whom a request was ended by when it is closed with one under way', async () => {
    const asked = Promise.withResolvers<undefined>();
    await using upstream = await startRawH2Upstream(({ type }) => {
      if (type === 'HEADERS') asked.resolve(undefined);
    });
    const client = clientOf(upstream);
    const outcome = get(client);
    await asked.promise;
    await client[Symbol.asyncDispose]();
    expect(await outcome).toEqual({ ...lost('abort'), by: 'abort' });
    await until(() => expect(upstream.open).toBe(0));
  });

  it('tells why, when the peer has said it and closes', async () => {
    await using upstream = await startRawH2Upstream(({ type }, socket) => {
      if (type === 'HEADERS') socket.end(frame('GOAWAY', 0, 0, '00000001 0000000b'));
    });
    await using client = clientOf(upstream);
    expect(await get(client)).toEqual(lost('HTTP2_GOAWAY_11'));
  });

  it('lets a body of any size through that an answer may have', async () => {
    const piece = Buffer.alloc(16_384, 'x');
    // As much at once as has been allowed, for the stream and for all of them.
    let sent = 0;
    let window = 65_535;
    let all = 65_535;
    await using upstream = await startRawH2Upstream(({ type, streamId, payload }, socket) => {
      if (type === 'HEADERS') socket.write(frame('HEADERS', 0x04, 1, '88'));
      else if (type !== 'WINDOW_UPDATE') return;
      else if (streamId === 0) all += payload.readUInt32BE();
      else window += payload.readUInt32BE();
      while (sent < 60 && window >= piece.length && all >= piece.length) {
        socket.write(frame('DATA', ++sent === 60 ? 1 : 0, 1, piece));
        window -= piece.length;
        all -= piece.length;
      }
    });
    await using client = clientOf(upstream);
    expect(await get(client)).toEqual({ ...answered, body: 'x'.repeat(60 * 16_384) });
  });

  it('sends a request as the frames that its size needs', async () => {
    await using upstream = await startRawH2Upstream(answeringH2(ok));
    await using client = clientOf(upstream);
    const headers = { authorization: 'x'.repeat(40_000) };
    expect(await get(client, new Cancellation(), headers)).toEqual(answered);
    const frames = upstream.frames.filter(({ streamId }) => streamId === 1);
    expect(frames.map(({ type, flags, payload }) => [type, flags, payload.length])).toEqual([
      ['HEADERS', 0x01, 16_384],
      ['CONTINUATION', 0x00, 16_384],
      ['CONTINUATION', 0x04, expect.any(Number)],
    ]);
    const block = Buffer.concat(frames.map(({ payload }) => payload)).toString('latin1');
    expect(block.endsWith(headers.authorization)).toBe(true);
  });

  it('says that a request is given up, and takes no notice of what still comes of it', async () => {
    const left = new Cancellation();
    let stream1: Socket | undefined;
    await using upstream = await startRawH2Upstream(({ type, streamId }, socket) => {
      if (type === 'HEADERS' && streamId === 1) {
        stream1 = socket;
        left.abort();
      } else if (type === 'HEADERS') socket.write(frame('HEADERS', 0x05, 3, '88'));
    });
    await using client = clientOf(upstream);
    expect(await get(client, left)).toMatchObject({ by: 'abort' });
    await until(() => expect(sentTo(upstream)).toContainEqual(['RST_STREAM', 0, 1, '00000008']));
    stream1?.write(
      Buffer.concat([
        frame('HEADERS', 0x04, 1, '88'),
        frame('DATA', 0, 1, Buffer.alloc(16_384)),
        frame('DATA', 0x01, 1),
        frame('RST_STREAM', 0, 1, '00000000'),
      ]),
    );
    expect(await get(client)).toEqual(answered);
    expect(upstream.connections).toBe(1);
  });

  it('ends the requests that a goodbye does not speak of, and finishes the others', async () => {
    await using upstream = await startRawH2Upstream(({ type, streamId }, socket) => {
      if (type !== 'HEADERS' || streamId !== 3) return;
      socket.write(frame('GOAWAY', 0, 0, '00000001 00000000'));
      setImmediate(() => socket.write(ok));
    });
    await using client = clientOf(upstream);
    expect(await Promise.all([get(client), get(client)])).toEqual([
      answered,
      lost('HTTP2_GOAWAY_0'),
    ]);
    await until(() => expect(upstream.open).toBe(0));
  });

  it('tells every request why the connection is lost', async () => {
    await using upstream = await startRawH2Upstream(({ streamId }, socket) => {
      if (streamId === 3) socket.destroy();
    });
    await using client = clientOf(upstream);
    expect(await Promise.all([get(client), get(client)])).toEqual(
      Array(2).fill(lost('CLOSED_BY_PEER')),
    );
  });

  it('holds as many requests as the peer allows at the time', async () => {
    let streams = 0;
    const allow = (count: string): Buffer => frame('SETTINGS', 0, 0, `0003 ${count}`);
    await using upstream = await startRawH2Upstream(({ type, streamId }, socket) => {
      if (type !== 'HEADERS') return;
      streams++;
      if (streamId === 3) {
        socket.write(Buffer.concat([allow('00000001'), ok, frame('HEADERS', 0x05, 3, '88')]));
      }
    }, allow('00000002'));
    await using client = clientOf(upstream);
    await Promise.all([get(client), get(client)]);
    const left = new Cancellation();
    const waiting = [get(client, left), get(client, left)];
    await until(() => expect([streams, upstream.connections]).toEqual([4, 2]));
    left.abort();
    await Promise.all(waiting);
  });

  it('takes on who waits for another connection as soon as it has room', async () => {
    let connections = 0;
    await using upstream = await startRawH2Upstream(
      ({ type, streamId }, socket) => {
        if (type !== 'HEADERS') return;
        if (streamId === 1) setTimeout(() => socket.write(ok), 100);
        else socket.write(frame('HEADERS', 0x05, streamId, '88'));
      },
      // The second connection never becomes one.
      () => (++connections === 1 ? frame('SETTINGS', 0, 0, '0003 00000001') : Buffer.alloc(0)),
    );
    await using client = clientOf(upstream);
    expect(await Promise.all([get(client), get(client)])).toEqual([answered, answered]);
    expect(upstream.connections).toBe(2);
  });

  it('says that it knows what the peer allows before it goes by it', async () => {
    await using upstream = await startRawH2Upstream(
      ({ type, streamId }, socket) => {
        if (type !== 'HEADERS') return;
        if (streamId === 1) socket.write(frame('SETTINGS', 0, 0, '0003 00000064'));
        else socket.write(Buffer.concat([ok, frame('HEADERS', 0x05, streamId, '88')]));
      },
      frame('SETTINGS', 0, 0, '0003 00000001'),
    );
    await using client = clientOf(upstream);
    expect(await Promise.all([get(client), get(client)])).toEqual([answered, answered]);
    const ours = upstream.frames.map(({ type, flags, streamId }) => [type, flags, streamId]);
    const second = ours.findIndex(([, , streamId]) => streamId === 3);
    const acknowledged = ours
      .slice(0, second)
      .filter(([type, flags]) => type === 'SETTINGS' && flags === 1);
    expect([second > 0, acknowledged.length]).toEqual([true, 2]);
  });

  it('takes nothing on that waits once one of its own is late', async () => {
    await using upstream = await startRawH2Upstream(
      () => undefined,
      frame('SETTINGS', 0, 0, '0003 00000001'),
    );
    await using client = clientOf(upstream);
    const late = client.exchange(
      { method: 'GET', path: '/', headers: {}, deadlineMs: 300 },
      new Cancellation(),
    );
    await until(() => expect(upstream.frames.some(({ type }) => type === 'HEADERS')).toBe(true));
    const left = new Cancellation();
    const next = get(client, left);
    expect(await late).toMatchObject({ by: 'deadline' });
    await until(() => expect(upstream.connections).toBe(2));
    await until(() =>
      expect(upstream.frames.filter(({ type }) => type === 'HEADERS')).toHaveLength(2),
    );
    const streams = upstream.frames.filter(({ type }) => type === 'HEADERS');
    expect(streams.map(({ streamId }) => streamId)).toEqual([1, 1]);
    left.abort();
    await next;
  });

  it('costs a crowd that waits for it next to nothing', async () => {
    await using upstream = await startRawUpstream(mute);
    await using client = clientOf({ url: upstream.url.replace('http:', 'https:') });
    const left = new Cancellation();
    const since = performance.now();
    const crowd = Array.from({ length: 30_000 }, () => get(client, left));
    expect(performance.now() - since).toBeLessThan(5_000);
    left.abort();
    expect(new Set((await Promise.all(crowd)).map((outcome) => outcome.kind))).toEqual(
      new Set(['no answer']),
    );
  });

  it('is closed rather than reset more often than every peer bears', async () => {
    let streams = 0;
    await using upstream = await startRawH2Upstream(({ type }) => {
      if (type === 'HEADERS') streams++;
    });
    await using client = clientOf(upstream);
    const stays = new Cancellation();
    const leaves = new Cancellation();
    const staying = get(client, stays);
    const leaving = Array.from({ length: 150 }, () => get(client, leaves));
    await until(() => expect(streams).toBe(151));
    leaves.abort();
    await Promise.all(leaving);
    await until(() =>
      expect(sentTo(upstream).filter(([type]) => type === 'RST_STREAM')).toHaveLength(100),
    );
    const elsewhere = get(client, stays);
    await until(() => expect([streams, upstream.connections]).toEqual([152, 2]));
    stays.abort();
    await Promise.all([staying, elsewhere]);
    await until(() => expect(upstream.open).toBe(1));
    expect(sentTo(upstream)).toContainEqual(goodbye('00000000'));
  });

  it('carries one request when the peer allows none, which may refuse it', async () => {
    await using upstream = await startRawH2Upstream(
      answeringH2(frame('RST_STREAM', 0, 1, '00000007')),
      frame('SETTINGS', 0, 0, '0003 00000000'),
    );
    await using client = clientOf(upstream);
    expect(await get(client)).toEqual(lost('HTTP2_RESET_7'));
    expect(upstream.connections).toBe(1);
  });

  it('has numbers for 1,073,741,824 requests', async () => {
    await using upstream = await startRawUpstream(mute);
    const socket = connect(Number(new URL(upstream.url).port));
    const owner = {
      onSettings: vi.fn(),
      isOpen: vi.fn(),
      onFields: vi.fn(),
      onData: vi.fn(),
      onReset: vi.fn(),
      onGoaway: vi.fn(),
      onClosed: vi.fn(),
    };
    const connection = new Http2Connection(socket, owner, 2 ** 31 - 3);
    expect([connection.send(''), connection.isExhausted]).toEqual([2 ** 31 - 3, false]);
    expect([connection.send(''), connection.isExhausted]).toEqual([2 ** 31 - 1, true]);
    connection.close();
    expect(owner.onClosed).toHaveBeenCalledOnce();
  });
});

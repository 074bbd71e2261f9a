import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createHotConnections } from '../../src/transport/hot-connections.ts';
import type { HttpTransport } from '../../src/transport/http.ts';
import type { PipelineContext } from '../../src/transport/pipeline-context.ts';
import { RefusalPace } from '../../src/transport/refusal-pace.ts';
import type { PinResult } from '../../src/providers/provider.ts';
import { startGateway } from '../support/gateway.ts';
import { ask, countNodeRequests, makeKnown } from '../support/hot.ts';
import { openConnection, postOf } from '../support/raw-connection.ts';
import { Shedding } from '../support/shedding.ts';
import { settled } from '../support/settled.ts';
import { nobody, startStubbed } from '../support/stub-services.ts';

const request = postOf({ query: '{ __typename }' });

/** The connections alone, in front of a server that has none of the gateway. */
interface Stage extends AsyncDisposable {
  readonly origin: string;
  /** How many connections the server was given. */
  readonly served: () => number;
}

interface Times {
  readonly keepAliveMs: number;
  readonly firstByteMs: number;
}

/** Knows every query, and does this for it. */
const knowing = (
  run: () => Promise<string | null>,
  more: Partial<HttpTransport> = {},
): HttpTransport => ({
  find: () => ({ type: 'text/plain', run, logBugs: () => undefined }),
  begin: () => ({
    context: {} as PipelineContext,
    end: () => undefined,
    drop: () => undefined,
  }),
  handle: () => undefined,
  isAnswering: () => false,
  isOwing: () => false,
  idle: () => Promise.resolve(),
  cut: () => undefined,
  ...more,
});

async function startStage(
  times: Times,
  http: HttpTransport = knowing(() => Promise.resolve('an answer')),
): Promise<Stage> {
  const behind = createHttpServer((_request, response) => response.end('by the server behind'));
  let served = 0;
  const connections = createHotConnections({
    ...times,
    http,
    loadShedding: new Shedding(),
    refusalPace: new RefusalPace(),
    isServing: () => true,
    isHostValid: () => true,
    hasOrigins: false,
    serve(socket) {
      served++;
      behind.emit('connection', socket);
      socket.resume();
    },
  });
  const server = createServer({ allowHalfOpen: true }, (socket: Socket) => {
    connections.accept(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    served: () => served,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        connections.close();
        behind.closeAllConnections();
      }),
  };
}

describe('A connection', () => {
  it('that was idle for as long as it may, and the second that Node adds, is closed', async () => {
    await using stage = await startStage({ keepAliveMs: 200, firstByteMs: 60_000 });
    await using connection = await openConnection(stage.origin);
    await ask(connection, request);
    await ask(connection, request);
    const answeredAt = performance.now();
    await connection.closed;
    const idleMs = performance.now() - answeredAt;
    expect(idleMs).toBeGreaterThan(1_150);
    expect(idleMs).toBeLessThan(2_000);
    expect(stage.served()).toBe(0);
  });

  it('that took long to read an answer is idle from then on', async () => {
    const large = 'x'.repeat(16 * 1024 * 1024); // more than all the buffers between us
    await using stage = await startStage(
      { keepAliveMs: 200, firstByteMs: 60_000 },
      knowing(() => Promise.resolve(large)),
    );
    const socket = connect(Number(new URL(stage.origin).port));
    socket.write(request);
    await sleep(1_500); // more than it may be idle
    let [readBytes, readAt] = [0, 0];
    socket.on('data', ({ length }) => {
      readBytes += length;
      readAt = performance.now();
    });
    await once(socket, 'close');
    expect(readBytes).toBeGreaterThan(large.length);
    expect(performance.now() - readAt).toBeGreaterThan(1_100);
  });

  it('that breaks while the code of its query fails is given to nobody, and its operation ends', async () => {
    const ended: unknown[] = [];
    let dropped = 0;
    let opened: Socket | null = null;
    const run = (): Promise<null> => {
      opened?.destroy();
      return Promise.resolve(null);
    };
    const http = knowing(run, {
      begin(_request, socket) {
        opened = socket;
        return {
          context: {} as PipelineContext,
          end: (...ending) => ended.push(ending),
          drop() {
            dropped++;
          },
        };
      },
    });
    await using stage = await startStage({ keepAliveMs: 60_000, firstByteMs: 60_000 }, http);
    await using connection = await openConnection(stage.origin);
    connection.write(request);
    await connection.closed;
    expect(ended).toEqual([[true, undefined]]);
    expect([dropped, stage.served()]).toEqual([0, 0]);
  });

  it('is read no further while its query is under way', async () => {
    let opened: Socket | null = null;
    const http = knowing(() => new Promise(() => undefined));
    const begin: HttpTransport['begin'] = (hot, socket, requestId) => {
      opened = socket;
      return http.begin(hot, socket, requestId);
    };
    await using stage = await startStage(
      { keepAliveMs: 60_000, firstByteMs: 60_000 },
      { ...http, begin },
    );
    await using connection = await openConnection(stage.origin);
    connection.write(request);
    const bytesRead = (): number => opened?.bytesRead ?? 0;
    const round = (): Promise<unknown> => sleep(5);
    while (bytesRead() === 0) await round();
    connection.write(Buffer.alloc(32 * 1024 * 1024));
    expect(await settled(bytesRead, round)).toBeLessThan(1024 * 1024);
  });

  it('that says nothing is given to the server, which has a time for that', async () => {
    await using stage = await startStage({ keepAliveMs: 60_000, firstByteMs: 200 });
    await using connection = await openConnection(stage.origin);
    while (stage.served() === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(await ask(connection, request)).toContain('by the server behind');
  });

  it('that only comes and goes leaves nothing', async () => {
    const stage = await startStage({ keepAliveMs: 60_000, firstByteMs: 60_000 });
    for (let count = 0; count < 20; count++) {
      await using connection = await openConnection(stage.origin);
      if (count % 2 === 0) await ask(connection, request);
    }
    await stage[Symbol.asyncDispose]();
    expect(stage.served()).toBe(0);
  });

  it('that is open, whatever it has said, is closed with all of them', async () => {
    const stage = await startStage({ keepAliveMs: 60_000, firstByteMs: 60_000 });
    await using silent = await openConnection(stage.origin);
    await using idle = await openConnection(stage.origin);
    await ask(idle, request);
    await stage[Symbol.asyncDispose]();
    await Promise.all([silent.closed, idle.closed]);
  });
});

it('A silent connection to a gateway is told 408, and one that has said a part of a request too', async () => {
  const impatient = { HEADERS_TIMEOUT_MS: '300', REQUEST_TIMEOUT_MS: '600' };
  await using gateway = await startGateway({ ADM_URL: 'http://127.0.0.1:1', ...impatient });
  await makeKnown(gateway.origin, request);
  await using silent = await openConnection(gateway.origin);
  await using slow = await openConnection(gateway.origin);
  await ask(slow, request);
  const start = slow.text().length;
  slow.write(request.slice(0, -1));
  const timedOut = /^HTTP\/1\.1 408 Request Timeout\r\nConnection: close\r\n/;
  expect(await silent.closed).toMatch(timedOut);
  expect((await slow.closed).slice(start)).toMatch(timedOut);
});

it('A client that does not read its answer is cut, and logged, once', async () => {
  /** More than all the buffers between us. */
  const many = 16 * 1024 * 1024;
  let type = 'USER';
  const readPins = (): Promise<PinResult[]> =>
    Promise.resolve([
      { kind: 'Pin', provider: 'ADM', type, status: 'SET', requirement: null, lock: null },
    ]);
  await using server = await startStubbed({ ...nobody, readPins }, undefined, {
    SEND_TIMEOUT_MS: '300',
  });
  const query = '{ account { pins(providers: [ADM]) { ... on Pin { type } } } }';
  const slow = postOf({ query }, 'x-request-id: slow');
  await makeKnown(server.origin, slow);
  await makeKnown(server.origin, request);
  using requests = countNodeRequests(server.origin);
  await using connection = await openConnection(server.origin);
  await using witness = await openConnection(server.origin);
  await ask(witness, request);
  await ask(connection, slow);
  const logged = server.logLines().length;
  type = 'x'.repeat(many);
  connection.pause();
  connection.write(slow);
  const lines = () => server.logLines().slice(logged);
  while (lines().length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(await ask(witness, request)).toContain('"Query"');
  expect(lines().slice(0, 2)).toEqual([
    expect.objectContaining({ msg: 'client cut: it does not read' }),
    expect.objectContaining({ msg: 'request', requestId: 'slow', outcome: 'LEFT', status: 200 }),
  ]);
  expect(lines()).toHaveLength(3);
  expect(requests.count).toBe(0);
});

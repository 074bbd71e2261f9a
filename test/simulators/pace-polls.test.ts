import { createConnection } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import {
  type Answer,
  call,
  essence,
  jsonApiDocument,
  simulatorsPerTest,
  stateOf,
  untilOpenPolls,
} from './harness.ts';

const simulators = simulatorsPerTest();

const poll = (token: string, timeoutSeconds: number, signal?: AbortSignal): Promise<Answer> =>
  call('GET', `${simulators.urls.PACE}/user/pin?timeout=${timeoutSeconds}`, {
    token,
    ...(signal !== undefined && { signal }),
  });
const setPin = (token: string): Promise<Answer> =>
  call('PUT', `${simulators.urls.PACE}/user/pin`, {
    token,
    body: { data: { type: 'pin', attributes: { pin: '5621', otp: '123456' } } },
  });
const untilOpen = (count: number): Promise<void> => untilOpenPolls(simulators.urls.PACE, count);

const isSet = { status: 200, body: '' };
const noPin = {
  status: 404,
  body: jsonApiDocument({ status: '404', title: 'Not Found', detail: 'The user has no PIN.' }),
};

describe('A long poll', () => {
  it('is answered at once when the PIN is set already', async () => {
    expect(essence(await poll('alice', 60))).toEqual(isSet);
  });

  it('is held, and answered the moment the PIN is set: both of two of one user', async () => {
    const first = poll('demo', 60);
    const second = poll('demo', 30);
    const another = poll('user-1', 30);
    await untilOpen(3);
    await setPin('demo');
    expect([essence(await first), essence(await second)]).toEqual([isSet, isSet]);
    expect(await stateOf(simulators.urls.PACE)).toMatchObject({ openPolls: 1 });
    simulators.clock.advance(30_000);
    expect(essence(await another)).toEqual(noPin);
    expect(simulators.clock.pending).toBe(0);
  });

  it('is answered 404 when its time is over, and not before', async () => {
    let isAnswered = false;
    const answer = poll('demo', 7).finally(() => {
      isAnswered = true;
    });
    await untilOpen(1);
    simulators.clock.advance(6_999);
    await untilOpen(1);
    expect(isAnswered).toBe(false);
    simulators.clock.advance(1);
    expect(essence(await answer)).toEqual(noPin);
    await untilOpen(0);
  });

  it('is freed when its client leaves, and the other poll of the user goes on', async () => {
    const leaving = new AbortController();
    const left = poll('demo', 60, leaving.signal);
    const stays = poll('demo', 60);
    await untilOpen(2);
    leaving.abort();
    await expect(left).rejects.toMatchObject({ name: 'AbortError' });
    await untilOpen(1);
    expect(simulators.clock.pending).toBe(1);
    await setPin('demo');
    expect(essence(await stays)).toEqual(isSet);
  });

  it('is freed when its client only closes its half of the connection', async () => {
    const { port } = new URL(simulators.urls.PACE);
    const socket = createConnection({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true });
    socket.write(
      'GET /user/pin?timeout=60 HTTP/1.1\r\nhost: x\r\nauthorization: Bearer demo\r\n\r\n',
    );
    await untilOpen(1);
    socket.end();
    socket.resume();
    await once(socket, 'end');
    await untilOpen(0);
  });

  it('is one of 2000 that are held at once and all answered', async () => {
    const polls = Array.from({ length: 2000 }, (_, user) => poll(`user-${user % 100}`, 60));
    await untilOpen(2000);
    await Promise.all(Array.from({ length: 100 }, (_, user) => setPin(`user-${user}`)));
    const answers = await Promise.all(polls);
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    await untilOpen(0);
  });

  it('does not hold up the end of the simulators', async () => {
    const cut = Promise.allSettled([poll('demo', 60), poll('demo', 60)]);
    await untilOpen(2);
    const begin = performance.now();
    await simulators.dispose();
    expect(performance.now() - begin).toBeLessThan(500);
    expect((await cut).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(simulators.clock.pending).toBe(0);
  });
});

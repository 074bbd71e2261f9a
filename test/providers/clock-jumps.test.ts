import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { reply, silence, type Respond } from '../support/upstream.ts';
import { contract } from './contract.ts';
import { entryOf, pinEntry, wholeNumber } from './entries.ts';
import { askOtp, askPins, askPinSet, startWith } from './harness.ts';

const hourMs = 3_600_000;

/** The wall clock; timers and the monotonic clock stay real. */
const jump = (ms: number): void => void vi.setSystemTime(Date.now() + ms);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
});

afterEach(() => {
  vi.useRealTimers();
});

/** How long `work` takes on the monotonic clock, with a jump in the middle of it. */
async function timed(
  work: () => Promise<unknown>,
  jumpMs: number,
): Promise<readonly [answer: unknown, tookMs: number]> {
  const startedAt = performance.now();
  setTimeout(() => jump(jumpMs), 200);
  const answer = await work();
  return [answer, performance.now() - startedAt];
}

describe.each([
  ['forward', hourMs],
  ['back', -hourMs],
])('When the wall clock jumps %s by an hour', (_way, jumpMs) => {
  it.each([
    ['ADM', (origin: string) => askPins(origin).then((pins) => pins?.[0]), 'deadline passed'],
    ['PACE', (origin: string) => askPins(origin).then((pins) => pins?.[0]), 'deadline passed'],
    ['PIMS', (origin: string) => askOtp(origin), 'outcome unknown'],
  ] as const)(
    'the deadline of a request to %s stays where it was',
    async (provider, ask, cause) => {
      const environment = { [`${provider}_TIMEOUT_MS`]: '1000' };
      await using started = await startWith(provider, silence, environment);
      const [entry, tookMs] = await timed(() => ask(started.origin), jumpMs);
      expect(entry).toEqual(entryOf(provider, contract[cause]));
      expect(tookMs).toBeGreaterThan(990);
      expect(tookMs).toBeLessThan(10_000);
    },
  );

  it('a subscriber still waits as long as it asked for', async () => {
    await using pace = await startWith('PACE', silence);
    const [entry, tookMs] = await timed(() => askPinSet(pace.origin, 1), jumpMs);
    expect(entry).toMatchObject({ __typename: 'PinStillUnset', waitedSeconds: 1 });
    expect(tookMs).toBeGreaterThan(990);
    expect(tookMs).toBeLessThan(10_000);
  });

  it('PACE is still asked once a second at the most', async () => {
    const times: number[] = [];
    const answer: Respond = (response, request) => {
      times.push(request.receivedAt);
      jump(jumpMs);
      reply(times.length < 4 ? 404 : 200)(response, request);
    };
    await using pace = await startWith('PACE', answer);
    expect(await askPinSet(pace.origin)).toMatchObject({ __typename: 'PinSetEvent' });
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    for (const gap of gaps) {
      expect(gap).toBeGreaterThan(950);
      expect(gap).toBeLessThan(10_000);
    }
  });

  it('a PACE that only fails is given up in the same time', async () => {
    const environment = { PIN_SET_GIVE_UP_SECONDS: '1' };
    await using pace = await startWith('PACE', reply(503), environment);
    const [entry, tookMs] = await timed(() => askPinSet(pace.origin), jumpMs);
    expect(entry).toMatchObject({ code: 'SERVER_ERROR' });
    expect(tookMs).toBeGreaterThan(990);
    expect(tookMs).toBeLessThan(10_000);
  });

  it('the end of a lock is told by the clock as it is then', async () => {
    const item = { pinType: 'Adult', status: 'LOCKED', lockTimeRemaining: 90 };
    const locked = reply(200, { totalRecords: 1, resourceSet: [item] });
    const answer: Respond = (response, request) => {
      jump(jumpMs);
      locked(response, request);
    };
    const until = new Date(Date.now() + jumpMs + 90_000).toISOString();
    await using adm = await startWith('ADM', answer);
    expect(await askPins(adm.origin)).toEqual([
      pinEntry('ADM', 'Adult', 'LOCKED', null, { remainingSeconds: 90, until }),
    ]);
  });

  it('a Retry-After that is a date counts from the clock as it is then', async () => {
    const date = new Date(Date.now() + jumpMs + 90_000).toUTCString();
    const answer: Respond = (response, request) => {
      jump(jumpMs);
      reply(429, '', { 'retry-after': date })(response, request);
    };
    await using adm = await startWith('ADM', answer);
    expect(await askPins(adm.origin)).toEqual([
      entryOf('ADM', contract['HTTP 429'], {
        retryAfterSeconds: wholeNumber(88, 91),
        upstream: { httpStatus: 429 },
      }),
    ]);
  });
});

describe('A provider whose clock is not ours', () => {
  it.each([
    ['an hour ahead', hourMs, wholeNumber(3_680, 3_691)],
    ['an hour behind', -hourMs, 0],
    ['a year ahead', 8_760 * hourMs, 86_400],
  ])('and is %s delays nobody for more than a day', async (_how, skewMs, retryAfterSeconds) => {
    const date = new Date(Date.now() + skewMs + 90_000).toUTCString();
    const busy = reply(503, '', { 'retry-after': date });
    const environment = { PIN_SET_GIVE_UP_SECONDS: '1' };
    await using pace = await startWith('PACE', busy, environment);
    const entry = entryOf('PACE', contract['HTTP 5xx'], {
      retryAfterSeconds,
      upstream: { httpStatus: 503 },
    });
    const [told, tookMs] = await timed(() => askPinSet(pace.origin), 0);
    expect(told).toEqual(entry);
    expect(tookMs).toBeLessThan(10_000);
  });
});

it('Back by an hour, no one is told to wait more than a minute for another one-time password', async () => {
  const otp = { status: 'SUCCEEDED', result: { otp: '804213' } };
  await using pims = await startWith('PIMS', reply(200, otp), { OTP_ATTEMPTS_PER_MINUTE: '1' });
  await askOtp(pims.origin);
  jump(-hourMs);
  expect(await askOtp(pims.origin)).toEqual(
    entryOf('PIMS', contract['OTP rate limit'], { retryAfterSeconds: wholeNumber(1, 60) }),
  );
});

import { afterEach, describe, expect, it, vi } from 'vitest';
import { reply } from '../support/upstream.ts';
import { contract } from './contract.ts';
import { entryOf, wholeNumber } from './entries.ts';
import { askOtp, askPins, askPinSet, startWith } from './harness.ts';

const inSeconds = (seconds: number): Date => new Date(Date.now() + seconds * 1000);
const pad = (value: number): string => String(value).padStart(2, ' ');

/** The three forms of a date in HTTP (RFC 9110, 5.6.7). */
const imfFixdate = (date: Date): string => date.toUTCString();
const rfc850 = (date: Date): string => {
  const [, day, month, year, time] = date.toUTCString().split(/,? /);
  const weekday = date.toLocaleDateString('en-GB', { weekday: 'long', timeZone: 'UTC' });
  return `${weekday}, ${day}-${month}-${year?.slice(2)} ${time} GMT`;
};
const asctime = (date: Date): string => {
  const [weekday, , month, year, time] = date.toUTCString().split(/,? /);
  return `${weekday} ${month} ${pad(date.getUTCDate())} ${time} ${year}`;
};

/** What `retryAfterSeconds` becomes: the header, made when it is sent, and the number. */
const headers: readonly (readonly [name: string, header: () => string, seconds: unknown])[] = [
  ['seconds', () => '120', 120],
  ['no wait', () => '0', 0],
  ['seconds with blanks around them', () => ' 7 ', 7],
  ['a date', () => imfFixdate(inSeconds(90)), wholeNumber(85, 91)],
  ['a date of the old form', () => rfc850(inSeconds(90)), wholeNumber(85, 91)],
  ['a date of the oldest form', () => asctime(inSeconds(90)), wholeNumber(85, 91)],
  ['a date that has passed', () => 'Wed, 21 Oct 2015 07:28:00 GMT', 0],
  ['a day, the longest that is passed on', () => '86400', 86_400],
  ['more than a day', () => '86401', 86_400],
  ['more than the graph can carry', () => '99999999999', 86_400],
  ['a date in a far future', () => 'Fri, 31 Dec 9999 23:59:59 GMT', 86_400],
  ['nothing', () => '', null],
  ['nonsense', () => 'soon', null],
  ['a negative number', () => '-5', null],
  ['a fraction', () => '1.5', null],
  ['another notation', () => '0x10', null],
  ['an exponent', () => '1e3', null],
  ['a number and a unit', () => '5 seconds', null],
  ['a date of another kind', () => '2026-11-22T10:15:30Z', null],
  ['a date that is none', () => 'Wed, 99 Foo 2026 99:99:99 GMT', null],
];

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('Retry-After', () => {
  it.each(headers)('of a 429 from ADM that is %s', async (_name, header, retryAfterSeconds) => {
    const busy = reply(429, '', { 'retry-after': header() });
    await using adm = await startWith('ADM', busy);
    expect(await askPins(adm.origin, ['ADM'])).toEqual([
      entryOf('ADM', contract['HTTP 429'], { retryAfterSeconds, upstream: { httpStatus: 429 } }),
    ]);
  });

  it.each(headers)('of a 500 from PIMS that is %s', async (_name, header, retryAfterSeconds) => {
    const busy = reply(500, '', { 'retry-after': header() });
    await using pims = await startWith('PIMS', busy);
    expect(await askOtp(pims.origin)).toEqual(
      entryOf('PIMS', contract['HTTP 5xx'], { retryAfterSeconds, upstream: { httpStatus: 500 } }),
    );
  });

  it.each([429, 501, 503])('of a %i from PACE is told to both readings', async (status) => {
    const cause = status === 429 ? 'HTTP 429' : 'HTTP 5xx';
    const entry = entryOf('PACE', contract[cause], {
      retryAfterSeconds: 30,
      upstream: { httpStatus: status },
    });
    const environment = { PIN_SET_GIVE_UP_SECONDS: '1' };
    await using pace = await startWith(
      'PACE',
      reply(status, '', { 'retry-after': '30' }),
      environment,
    );
    expect(await askPins(pace.origin, ['PACE'])).toEqual([entry]);
    expect(await askPinSet(pace.origin)).toEqual(entry);
    expect(pace.upstream.requests).toHaveLength(2);
  });

  it('that is a date counts from UTC, wherever the gateway stands', async () => {
    vi.stubEnv('TZ', 'Pacific/Kiritimati');
    expect(new Date(0).getTimezoneOffset()).not.toBe(0);
    await using adm = await startWith('ADM', reply(200));
    for (const spell of [imfFixdate, rfc850, asctime]) {
      adm.upstream.respond = reply(429, '', { 'retry-after': spell(inSeconds(90)) });
      expect(await askPins(adm.origin, ['ADM']), spell.name).toEqual([
        entryOf('ADM', contract['HTTP 429'], {
          retryAfterSeconds: wholeNumber(85, 91),
          upstream: { httpStatus: 429 },
        }),
      ]);
    }
  });

  it.each([
    [400, 'ADM HTTP 400'],
    [401, 'ADM HTTP 401'],
    [418, 'HTTP 4xx'],
    [302, 'HTTP 1xx or 3xx'],
    [204, 'broken contract'],
  ] as const)('means nothing with a %i', async (status, cause) => {
    await using adm = await startWith('ADM', reply(status, '', { 'retry-after': '30' }));
    expect(await askPins(adm.origin, ['ADM'])).toEqual([
      entryOf('ADM', contract[cause], { upstream: { httpStatus: status } }),
    ]);
  });
});

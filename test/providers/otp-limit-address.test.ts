import { describe, expect, it } from 'vitest';
import type { Caller } from '../../src/caller.ts';
import { Cancellation } from '../../src/cancellation.ts';
import { limitOtps } from '../../src/providers/otp-limit.ts';
import { Secret } from '../../src/secret.ts';
import { askOver } from '../support/ask.ts';
import { openWs } from '../support/raw-websocket.ts';
import { reply } from '../support/upstream.ts';
import { contract } from './contract.ts';
import { entryOf, wholeNumber } from './entries.ts';
import { askOtp, startWith } from './harness.ts';

const good = reply(200, { transactionId: 't', status: 'SUCCEEDED', result: { otp: '804213' } });
const limited = entryOf('PIMS', contract['OTP rate limit'], {
  retryAfterSeconds: wholeNumber(30, 60),
});
const askAs = (origin: string, user: number, headers: Record<string, string> = {}) =>
  askOtp(origin, '1234', { 'x-pims-authorization': `Bearer user-${user}`, ...headers });
const kindAs = async (...request: Parameters<typeof askAs>) =>
  (await askAs(...request))?.__typename;

describe('The attempts to make a one-time password', () => {
  it.each([
    [{}, 60],
    [{ OTP_ATTEMPTS_PER_MINUTE_PER_ADDRESS: '3' }, 3],
  ])('are limited for each address, given %j to %i in a minute', async (environment, limit) => {
    await using pims = await startWith('PIMS', good, environment);
    for (let user = 0; user < limit; user++) expect(await kindAs(pims.origin, user)).toBe('Otp');
    expect(await askAs(pims.origin, limit)).toEqual(limited);
    expect(await askAs(pims.origin, 0)).toEqual(limited);
    expect(pims.upstream.requests).toHaveLength(limit);
  });

  it('of one address count over every transport together, aliases among them', async () => {
    await using pims = await startWith('PIMS', good, { OTP_ATTEMPTS_PER_MINUTE_PER_ADDRESS: '3' });
    const field = 'generateOtp(input: { pinCode: "1" }) { __typename }';
    const query = `mutation { a: ${field} b: ${field} }`;
    const ask = Object.values(askOver);
    for (let user = 0; user < 6; user++) {
      const names = { 'x-pims-authorization': `Bearer user-${user}` };
      const answer = await ask[user % ask.length]?.(pims.origin, { query }, names);
      expect(answer).toEqual({
        data: {
          a: { __typename: user < 3 ? 'Otp' : 'RateLimitError' },
          b: { __typename: 'InputError' },
        },
      });
    }
    expect(pims.upstream.requests).toHaveLength(3);
  });

  it('hold when they come from one address at the same time', async () => {
    await using pims = await startWith('PIMS', good, { OTP_ATTEMPTS_PER_MINUTE_PER_ADDRESS: '4' });
    const users = Array.from({ length: 12 }, (_, user) => user);
    const kinds = await Promise.all(users.map((user) => kindAs(pims.origin, user)));
    expect(kinds.filter((kind) => kind === 'Otp')).toHaveLength(4);
    expect(pims.upstream.requests).toHaveLength(4);
  });

  it('that are refused for their credential take none from the address', async () => {
    await using pims = await startWith('PIMS', good, {
      OTP_ATTEMPTS_PER_MINUTE: '1',
      OTP_ATTEMPTS_PER_MINUTE_PER_ADDRESS: '2',
    });
    expect(await kindAs(pims.origin, 1)).toBe('Otp');
    for (let time = 0; time < 5; time++) expect(await askAs(pims.origin, 1)).toEqual(limited);
    expect(await kindAs(pims.origin, 2)).toBe('Otp');
    expect(await askAs(pims.origin, 3)).toEqual(limited);
  });
});

describe('X-Forwarded-For', () => {
  const behind = (proxies: number) => ({
    OTP_ATTEMPTS_PER_MINUTE_PER_ADDRESS: '1',
    TRUSTED_PROXIES: String(proxies),
  });
  /** How the requests with these values fare, one after the other. */
  async function fate(proxies: number, values: readonly (string | null)[]) {
    await using pims = await startWith('PIMS', good, behind(proxies));
    const kinds = [];
    for (const [user, value] of values.entries()) {
      const headers = value === null ? undefined : { 'x-forwarded-for': value };
      kinds.push(await kindAs(pims.origin, user, headers));
    }
    return kinds;
  }
  const [made, refused] = ['Otp', 'RateLimitError'];

  it('is not believed by default', async () => {
    expect(await fate(0, ['192.0.2.1', '192.0.2.2', null])).toEqual([made, refused, refused]);
  });

  it('that says less than TRUSTED_PROXIES promises is logged, once', async () => {
    await using pims = await startWith('PIMS', good, behind(1));
    for (const user of [1, 2]) await kindAs(pims.origin, user);
    const warnings = pims.gateway.logLines().filter(({ level }) => level === 40);
    expect(warnings).toEqual([
      expect.objectContaining({
        msg: 'OTP refused: X-Forwarded-For does not say what TRUSTED_PROXIES promises',
      }),
    ]);
  });

  it('tells the address that the proxy has added, and not what its client wrote before', async () => {
    expect(
      await fate(1, ['192.0.2.1', '198.51.100.9, 192.0.2.1', '198.51.100.9,192.0.2.2']),
    ).toEqual([made, refused, made]);
  });

  it('tells the address that the first of two proxies has added', async () => {
    const values = ['192.0.2.1, 203.0.113.1', '192.0.2.7,192.0.2.1, 203.0.113.2', '203.0.113.1'];
    expect(await fate(2, values)).toEqual([made, refused, refused]);
  });

  it.each([
    ['none', null],
    ['a name', 'unknown'],
    ['a word of its own', '_hidden'],
    ['nothing', ','],
    ['an address that is none', '192.0.2.256'],
  ])('with %s where an address was promised is refused', async (_what, value) => {
    expect(await fate(1, [value])).toEqual([refused]);
  });

  it.each([
    ['with a port', '192.0.2.1', '192.0.2.1:4711'],
    ['of IPv6 with a port', '2001:db8::1', '[2001:db8::1]:4711'],
    ['of IPv6 in another spelling', '2001:db8::1', '2001:0DB8:0:0:0:0:0:1'],
    ['of IPv6 in the same /64', '2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff'],
    ['of IPv4 within IPv6', '192.0.2.1', '::ffff:192.0.2.1'],
  ])('an address %s is the same', async (_what, one, other) => {
    expect(await fate(1, [one, other])).toEqual([made, refused]);
  });

  it.each([
    ['2001:db8:1:2::1', '2001:db8:1:3::1'],
    ['2001:db8::1', '::1'],
    ['192.0.2.1', '::ffff:192.0.2.2'],
  ])('%s and %s are two', async (one, other) => {
    expect(await fate(1, [one, other])).toEqual([made, made]);
  });

  it('is read from the upgrade of a WebSocket, not from connection_init', async () => {
    await using pims = await startWith('PIMS', good, behind(1));
    const kinds = [];
    for (const [user, address] of ['192.0.2.1', '192.0.2.1', '192.0.2.2'].entries()) {
      await using socket = await openWs(pims.origin, { headers: { 'x-forwarded-for': address } });
      await socket.init({
        'x-pims-authorization': `Bearer user-${user}`,
        'x-forwarded-for': `198.51.100.${user}`,
      });
      const query = 'mutation { generateOtp(input: { pinCode: "1" }) { __typename } }';
      socket.send({ id: '1', type: 'subscribe', payload: { query } });
      kinds.push(/"__typename":"(\w+)"/.exec(await socket.received('next', '1'))?.[1]);
    }
    expect(kinds).toEqual([made, refused, made]);
  });

  it('is neither logged nor passed on', async () => {
    await using pims = await startWith('PIMS', good, behind(1));
    await askAs(pims.origin, 1, { 'x-forwarded-for': '192.0.2.77' });
    await askAs(pims.origin, 2, { 'x-forwarded-for': '192.0.2.77' });
    expect(pims.gateway.log()).not.toContain('192.0.2.77');
    expect(JSON.stringify(pims.upstream.requests)).not.toContain('192.0.2.77');
  });
});

describe('An attempt that cannot be counted', () => {
  // No client can bring this about, so that it does not go through the front door.
  const callerAt = (addressFingerprint: Caller['addressFingerprint']): Caller => ({
    credentials: { PIMS: new Secret('Bearer a') },
    tenantId: null,
    requestId: 'r-1',
    addressFingerprint,
  });
  let asked = 0;
  const provider = limitOtps(
    {
      name: 'PIMS',
      configured: true,
      availability: () => 'AVAILABLE',
      generateOtp: () => {
        asked++;
        return Promise.reject(new Error('asked'));
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    },
    { otpAttemptsPerMinute: 5, otpAttemptsPerMinutePerAddress: 5 },
    () => undefined,
  );
  const attempt = (caller: Caller) =>
    provider.generateOtp(caller, new Secret('1234'), new Cancellation());

  it('because its address is unknown is refused', async () => {
    expect(await attempt(callerAt(() => null))).toMatchObject({ code: 'RATE_LIMITED' });
    expect(asked).toBe(0);
  });

  it('because counting fails is not made', async () => {
    const broken = callerAt(() => {
      throw new Error('broken');
    });
    await expect(attempt(broken)).rejects.toThrow('broken');
    expect(asked).toBe(0);
  });
});

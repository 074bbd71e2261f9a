import { describe, expect, it } from 'vitest';
import { type Answer, call, essence, simulatorsPerTest, anyText } from './harness.ts';

const simulators = simulatorsPerTest();

const status = (token?: string): Promise<Answer> =>
  call('GET', `${simulators.urls.ADM}/adm/v1/user/accounts/pins/status`, {
    ...(token !== undefined && { token }),
  });
const setPin = (token: string, body: unknown): Promise<Answer> =>
  call('POST', `${simulators.urls.ADM}/adm/v1/user/accounts/actions/pin`, { token, body });
const reset = (accountId: string, body: unknown, token = 'alice'): Promise<Answer> =>
  call('PUT', `${simulators.urls.ADM}/adm/v1/accounts/actions/${accountId}/pin`, { token, body });
const enter = (token: string, type: string, value: string): Promise<Answer> =>
  call('POST', `${simulators.urls.ADM}/_simulator/pin-entries`, { token, body: { type, value } });

/** The body of the status call with the three PIN types; lock times other than null are LOCKED. */
function statusBody(
  parental: 'UNSET' | 'SET' | number,
  purchase: 'UNSET' | 'SET' | number,
  adult: 'UNSET' | 'SET' | number,
): unknown {
  const item = (pinType: string, extendedStatus: string, status: string | number): unknown =>
    typeof status === 'number'
      ? { pinType, status: 'LOCKED', extendedStatus, lockTimeRemaining: status }
      : { pinType, status, extendedStatus, lockTimeRemaining: 20 };
  return {
    totalRecords: 3,
    resourceSet: [
      item('Parental', 'MANDATORY', parental),
      item('Purchase', 'OPTIONAL', purchase),
      item('Adult', 'OPTIONAL', adult),
    ],
  };
}

const oneModified = { matchedCount: 1, modifiedCount: 1 };

describe('The status of all PINs', () => {
  it('shows the demo user an unset, a set and a locked PIN, and the lock time counts down', async () => {
    expect(essence(await status('demo'))).toEqual({
      status: 200,
      body: statusBody('UNSET', 'SET', 300),
    });
    simulators.clock.advance(100_500);
    expect((await status('demo')).body).toEqual(statusBody('UNSET', 'SET', 200));
    simulators.clock.advance(199_499);
    expect((await status('demo')).body).toEqual(statusBody('UNSET', 'SET', 1));
    simulators.clock.advance(1);
    expect((await status('demo')).body).toEqual(statusBody('UNSET', 'SET', 'SET'));
  });

  it.each([
    ['alice', statusBody('SET', 'SET', 'SET')],
    ['unlinked', statusBody('UNSET', 'UNSET', 'UNSET')],
    ['user-1', statusBody('UNSET', 'UNSET', 'UNSET')],
  ])('shows %s the PINs of the seed table', async (token, body) => {
    const answer = await status(token);
    expect(essence(answer)).toEqual({ status: 200, body });
    expect(answer.contentType).toBe('application/json');
  });

  it.each([
    ['without a token', undefined, 401, 'Unauthorized'],
    ['with an unknown token', 'mallory', 401, 'Unauthorized'],
    ['with a token that only looks like a user', 'user-x', 401, 'Unauthorized'],
    ['to a user who may not', 'forbidden', 403, 'Forbidden'],
    ['to a user without an account', 'nobody', 404, 'Not Found'],
  ])('is refused %s', async (_case, token, expected, error) => {
    expect(essence(await status(token))).toEqual({
      status: expected,
      body: { error, detail: anyText },
    });
  });

  it('is refused when the scheme is not exactly "Bearer"', async () => {
    const url = `${simulators.urls.ADM}/adm/v1/user/accounts/pins/status`;
    const statuses = await Promise.all(
      ['demo', 'bearer demo', 'Bearer  demo', 'Basic demo'].map(
        async (authorization) => (await fetch(url, { headers: { authorization } })).status,
      ),
    );
    expect(statuses).toEqual([401, 401, 401, 401]);
  });
});

describe('Setting a PIN', () => {
  it('turns UNSET into SET, in any case of the type, and changes only the own account', async () => {
    const body = { accountId: 'user-1', type: 'parental', value: '0815' };
    expect(essence(await setPin('user-1', body))).toEqual({ status: 201, body: oneModified });
    expect((await status('user-1')).body).toEqual(statusBody('SET', 'UNSET', 'UNSET'));
    expect((await status('user-2')).body).toEqual(statusBody('UNSET', 'UNSET', 'UNSET'));
    expect((await enter('user-1', 'Parental', '0815')).body).toMatchObject({ correct: true });
  });

  it.each([
    ['no object', [], 400],
    ['no account', { type: 'Parental', value: '0815' }, 400],
    ['no type', { accountId: 'demo', value: '0815' }, 400],
    ['no value', { accountId: 'demo', type: 'Parental' }, 400],
    ['a value that is a number', { accountId: 'demo', type: 'Parental', value: 1815 }, 400],
    ['a value of 3 digits', { accountId: 'demo', type: 'Parental', value: '081' }, 400],
    ['a locked PIN', { accountId: 'demo', type: 'Adult', value: '0815' }, 400],
    ['an unknown type', { accountId: 'demo', type: 'Games', value: '0815' }, 404],
    ["another's account", { accountId: 'alice', type: 'Parental', value: '0815' }, 404],
  ])('is refused with %s and changes nothing', async (_case, body, expected) => {
    expect((await setPin('demo', body)).status).toBe(expected);
    expect((await status('demo')).body).toEqual(statusBody('UNSET', 'SET', 300));
  });

  it('is refused to whoever is not signed in, may not, or has no account', async () => {
    const body = { accountId: 'demo', type: 'Parental', value: '0815' };
    const answers = [
      await setPin('mallory', body),
      await setPin('forbidden', body),
      await setPin('nobody', body),
    ];
    expect(answers.map(({ status }) => status)).toEqual([401, 403, 404]);
  });
});

describe("The operator's reset", () => {
  it('turns LOCKED into SET', async () => {
    await status('demo');
    expect(essence(await reset('demo', { type: 'Adult', value: '8520' }))).toEqual({
      status: 200,
      body: oneModified,
    });
    expect((await status('demo')).body).toEqual(statusBody('UNSET', 'SET', 'SET'));
    expect((await enter('demo', 'Adult', '8520')).body).toMatchObject({ correct: true });
  });

  it.each([
    ['an unknown account', 'mallory', { type: 'Adult', value: '8520' }, 404],
    ['a user without an account', 'nobody', { type: 'Adult', value: '8520' }, 404],
    ['an unknown type', 'demo', { type: 'Games', value: '8520' }, 404],
    ['a malformed value', 'demo', { type: 'Adult', value: 'abcd' }, 400],
  ])('is refused for %s', async (_case, accountId, body, expected) => {
    expect((await reset(accountId, body)).status).toBe(expected);
  });

  it('is refused without a valid token', async () => {
    const body = { type: 'Adult', value: '8520' };
    expect((await reset('demo', body, 'mallory')).status).toBe(401);
    expect((await reset('demo', body, 'forbidden')).status).toBe(403);
  });
});

describe('Entering a PIN', () => {
  const entry = (correct: boolean, locked?: number): unknown => ({
    correct,
    pinType: 'Purchase',
    extendedStatus: 'OPTIONAL',
    status: locked === undefined ? 'SET' : 'LOCKED',
    lockTimeRemaining: locked ?? 20,
  });

  it('locks after three wrong ones in a row, for 300 seconds, against the right one too', async () => {
    expect(essence(await enter('demo', 'Purchase', '0000'))).toEqual({
      status: 200,
      body: entry(false),
    });
    expect((await enter('demo', 'Purchase', '0000')).body).toEqual(entry(false));
    expect((await enter('demo', 'Purchase', '0000')).body).toEqual(entry(false, 300));
    simulators.clock.advance(299_000);
    expect((await enter('demo', 'Purchase', '2580')).body).toEqual(entry(false, 1));
    simulators.clock.advance(1_000);
    expect((await enter('demo', 'Purchase', '2580')).body).toEqual(entry(true));
  });

  it('counts from the start after a right one and after a lock', async () => {
    for (const value of ['0000', '0000', '2580', '0000', '0000']) {
      await enter('demo', 'Purchase', value);
    }
    expect((await enter('demo', 'Purchase', '2580')).body).toEqual(entry(true));
    for (const value of ['0000', '0000', '0000']) await enter('demo', 'Purchase', value);
    simulators.clock.advance(300_000);
    expect((await enter('demo', 'Purchase', '0000')).body).toEqual(entry(false));
    expect((await enter('demo', 'Purchase', '0000')).body).toEqual(entry(false));
  });

  it('never locks a PIN that is not set', async () => {
    for (const value of ['0000', '0000', '0000', '0000']) await enter('demo', 'Parental', value);
    expect((await status('demo')).body).toEqual(statusBody('UNSET', 'SET', 300));
  });
});

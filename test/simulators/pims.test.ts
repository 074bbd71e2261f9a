import { describe, expect, it } from 'vitest';
import { type Answer, call, essence, simulatorsPerTest, anyText, textLike } from './harness.ts';

const simulators = simulatorsPerTest();

const send = (message: unknown, token = 'demo'): Promise<Answer> =>
  call('POST', `${simulators.urls.PIMS}/pims/get`, { token, body: message });
const withPin = (pinCode: unknown, token = 'demo'): Promise<Answer> =>
  send({ api: 'pims.authentication.otp', parameters: { action: 'withPIN', pinCode } }, token);

const transactionId = textLike(/^[0-9a-f]{8}-[0-9a-f]{4}$/);
const otp = textLike(/^\d{6}$/);
const succeeded = { status: 200, body: { transactionId, status: 'SUCCEEDED', result: { otp } } };
const failed = (code: number, label: string): unknown => ({
  status: 200,
  body: { transactionId, status: 'FAILED', error: { code, label } },
});
const refused = failed(2308, 'inwebo: access refused');
const blocked = failed(2310, 'inwebo: account is blocked');

describe('A one-time password with PIN', () => {
  it.each([
    ['demo', '1234'],
    ['alice', '4711'],
    ['user-1', '1234'],
  ])('is given to %s for the right PIN', async (token, pinCode) => {
    const answer = await withPin(pinCode, token);
    expect(essence(answer)).toEqual(succeeded);
    expect(answer.contentType).toBe('application/json');
  });

  it('is another one each time', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => withPin('1234')));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(8);
  });

  it.each([
    [2000, 'Unknown error'],
    [2001, 'Facade not initialized'],
    [2006, 'Core not well configured'],
    [2101, 'Missing pinCode parameter'],
    [2102, 'Invalid pinCode parameter'],
    [2202, 'Network problem : No internet'],
    [2308, 'inwebo: access refused'],
    [2309, 'inwebo: version error'],
    [2310, 'inwebo: account is blocked'],
    [2311, 'inwebo: internal state not correct'],
    [2312, 'inwebo: device is disabled or unknown'],
    [
      2313,
      'inwebo: User must activate inWebo helium or inWebo Desktop Token before achieving this operation',
    ],
    [2314, 'inwebo: No service is available'],
    [2316, 'inwebo: the operation succeeded but it required a post-synchronization which failed'],
    [2317, 'inwebo: forbidden operation (due to activated state/blocked state/upgradable state)'],
  ])('fails with %i on demand, and that counts as no wrong try', async (code, label) => {
    for (let tries = 0; tries < 3; tries += 1) {
      expect(essence(await withPin(String(code)))).toEqual(failed(code, label));
    }
    expect(essence(await withPin('1234'))).toEqual(succeeded);
  });

  it.each([
    ['no api', { parameters: {} }, 2101, 'Missing api parameter'],
    ['another api', { api: 'pims.vehicle', parameters: {} }, 2102, 'Invalid api parameter'],
    ['no parameters', { api: 'pims.authentication.otp' }, 2101, 'Missing parameters parameter'],
    [
      'parameters that are no object',
      { api: 'pims.authentication.otp', parameters: [] },
      2102,
      'Invalid parameters parameter',
    ],
    [
      'no action',
      { api: 'pims.authentication.otp', parameters: { pinCode: '1234' } },
      2101,
      'Missing action parameter',
    ],
    [
      'another action',
      { api: 'pims.authentication.otp', parameters: { action: 'withSMS', pinCode: '1234' } },
      2102,
      'Invalid action parameter',
    ],
  ])('fails for a message with %s', async (_case, message, code, label) => {
    expect(essence(await send(message))).toEqual(failed(code, label));
  });

  it.each([
    ['no PIN', undefined, 2101, 'Missing pinCode parameter'],
    ['a number', 1234, 2102, 'Invalid pinCode parameter'],
    ['an empty PIN', '', 2102, 'Invalid pinCode parameter'],
    ['a PIN of letters', 'abcd', 2102, 'Invalid pinCode parameter'],
    ['a PIN of 5 digits', '12345', 2102, 'Invalid pinCode parameter'],
  ])('fails for %s', async (_case, pinCode, code, label) => {
    expect(essence(await withPin(pinCode))).toEqual(failed(code, label));
  });

  it('is blocked for 60 seconds by three wrong PINs in a row', async () => {
    expect(essence(await withPin('0000'))).toEqual(refused);
    expect(essence(await withPin('0000'))).toEqual(refused);
    expect(essence(await withPin('0000'))).toEqual(blocked);
    simulators.clock.advance(59_999);
    expect(essence(await withPin('1234'))).toEqual(blocked);
    expect(essence(await withPin('1234', 'user-1'))).toEqual(succeeded);
    simulators.clock.advance(1);
    expect(essence(await withPin('1234'))).toEqual(succeeded);
  });

  it('is not blocked when a right PIN comes between the wrong ones', async () => {
    for (const pinCode of ['0000', '0000', '1234', '0000']) await withPin(pinCode);
    expect(essence(await withPin('0000'))).toEqual(refused);
  });

  it('is refused by HTTP status to a credential that is missing, unknown or not allowed', async () => {
    const url = `${simulators.urls.PIMS}/pims/get`;
    const answers = [await call('POST', url), await withPin('1234', 'mallory')];
    expect([...answers, await withPin('1234', 'forbidden')].map(essence)).toEqual([
      { status: 401, body: { error: 'Unauthorized', detail: anyText } },
      { status: 401, body: { error: 'Unauthorized', detail: anyText } },
      { status: 403, body: { error: 'Forbidden', detail: anyText } },
    ]);
  });
});

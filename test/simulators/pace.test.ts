import { describe, expect, it } from 'vitest';
import {
  type Answer,
  call,
  essence,
  jsonApiDocument,
  simulatorsPerTest,
  anyText,
  textLike,
} from './harness.ts';

const simulators = simulatorsPerTest();

const check = (token?: string, query = ''): Promise<Answer> =>
  call('GET', `${simulators.urls.PACE}/user/pin${query}`, {
    ...(token !== undefined && { token }),
  });
const put = (body: unknown, token = 'demo'): Promise<Answer> =>
  call('PUT', `${simulators.urls.PACE}/user/pin`, { token, body });
const setPin = (pin: unknown, otp: unknown = '123456', token = 'demo'): Promise<Answer> =>
  put({ data: { type: 'pin', attributes: { pin, otp } } }, token);
const createOtp = (body: unknown, token = 'demo'): Promise<Answer> =>
  call('POST', `${simulators.urls.PACE}/user/otp`, { token, body });

const noPin = {
  status: 404,
  body: jsonApiDocument({ status: '404', title: 'Not Found', detail: 'The user has no PIN.' }),
};
const isSet = { status: 200, body: '' };

function otpIn(answer: Answer): string {
  const { body } = answer;
  if (typeof body === 'object' && body !== null && 'otp' in body && typeof body.otp === 'string') {
    return body.otp;
  }
  throw new Error('The answer has no OTP.');
}

describe('The check of a PIN', () => {
  it('answers 404 without a PIN and 200 with an empty body with one', async () => {
    const without = await check('demo');
    expect(essence(without)).toEqual(noPin);
    expect(without.contentType).toBe('application/vnd.api+json');
    expect(essence(await check('alice'))).toEqual(isSet);
  });

  it('answers 401 with missing-linked-identity to a user who is not linked', async () => {
    expect(essence(await check('unlinked'))).toEqual({
      status: 401,
      body: jsonApiDocument({
        status: '401',
        title: 'Missing linked identity for authorized access',
        detail:
          'Linked identity is needed to access this resource, please check why the user does not have a linked identity',
        code: 'missing-linked-identity',
      }),
    });
  });

  it.each([
    ['without a token', undefined, 401, 'Unauthorized', /Authorization/],
    ['with an unknown token', 'mallory', 401, 'Unauthorized', /invalid/],
    ['to a user who may not', 'forbidden', 403, 'Forbidden', /may not/],
  ])('is refused as JSON:API %s', async (_case, token, status, title, detail) => {
    const answer = await check(token);
    expect(essence(answer)).toEqual({
      status,
      body: jsonApiDocument({
        status: String(status),
        title,
        detail: textLike(detail),
      }),
    });
    expect(answer.contentType).toBe('application/vnd.api+json');
  });

  it.each(['0', '61', '-1', '1.5', '', 'x', '1e1', '100', '5&timeout=6'])(
    'refuses the timeout "%s" and names the parameter',
    async (timeout) => {
      expect(essence(await check('demo', `?timeout=${timeout}`))).toEqual({
        status: 400,
        body: jsonApiDocument({
          status: '400',
          title: 'Bad Request',
          detail: '"timeout" must be a whole number from 1 to 60.',
          source: { parameter: 'timeout' },
        }),
      });
    },
  );
});

describe('Setting the PIN', () => {
  it('works with the fixed OTP, and the simulator takes the PIN away again', async () => {
    expect(essence(await setPin('5621'))).toEqual(isSet);
    expect(essence(await check('demo'))).toEqual(isSet);
    expect(essence(await check('user-1'))).toEqual(noPin);
    const unset = `${simulators.urls.PACE}/_simulator/pin`;
    expect(essence(await call('DELETE', unset, { token: 'demo' }))).toEqual({
      status: 204,
      body: '',
    });
    expect(essence(await check('demo'))).toEqual(noPin);
    expect((await call('DELETE', unset)).status).toBe(401);
  });

  it.each([
    ['562', 'The PIN must be 4 digits long.'],
    ['56211', 'The PIN must be 4 digits long.'],
    ['56a1', 'The PIN must be 4 digits long.'],
    ['1111', 'The PIN must use 3 different digits.'],
    ['1212', 'The PIN must use 3 different digits.'],
    ['1234', 'The PIN must not be a numerical series.'],
    ['4321', 'The PIN must not be a numerical series.'],
    ['0123', 'The PIN must not be a numerical series.'],
    ['9876', 'The PIN must not be a numerical series.'],
  ])('refuses %s as not secure', async (pin, detail) => {
    expect(essence(await setPin(pin))).toEqual({
      status: 406,
      body: jsonApiDocument({
        status: '406',
        title: 'Not Acceptable',
        detail,
        source: { pointer: '/data/attributes/pin' },
      }),
    });
    expect(essence(await check('demo'))).toEqual(noPin);
  });

  it.each(['1123', '1243', '7890', '1357'])('accepts %s as secure', async (pin) => {
    expect(essence(await setPin(pin))).toEqual(isSet);
  });

  it.each([
    ['no document', null, '/data/type'],
    ['another type', { data: { type: 'password' } }, '/data/type'],
    ['no attributes', { data: { type: 'pin' } }, '/data/attributes/pin'],
    ['no OTP', { data: { type: 'pin', attributes: { pin: '5621' } } }, '/data/attributes/otp'],
    [
      'a PIN that is a number',
      { data: { type: 'pin', attributes: { pin: 5621, otp: '123456' } } },
      '/data/attributes/pin',
    ],
  ])('refuses %s and points at it', async (_case, body, pointer) => {
    expect(essence(await put(body))).toEqual({
      status: 400,
      body: jsonApiDocument({
        status: '400',
        title: 'Bad Request',
        detail: anyText,
        source: { pointer },
      }),
    });
  });

  it('is refused to whoever is not signed in, may not, or is not linked', async () => {
    const answers = [
      await setPin('5621', '123456', 'mallory'),
      await setPin('5621', '123456', 'forbidden'),
      await setPin('5621', '123456', 'unlinked'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([401, 403, 401]);
  });
});

describe('An account OTP', () => {
  it('is issued for the password, is good for five minutes, and sets one PIN', async () => {
    const answer = await createOtp({ password: 'demo-password' });
    expect(essence(answer)).toEqual({
      status: 201,
      body: { otp: textLike(/^\d{6}$/), expiresAt: '2030-01-01T00:05:00.000Z' },
    });
    expect(answer.contentType).toBe('application/json');
    simulators.clock.advance(299_999);
    expect((await setPin('1111', otpIn(answer))).status).toBe(406);
    expect(essence(await setPin('5621', otpIn(answer)))).toEqual(isSet);
    expect((await setPin('5622', otpIn(answer))).status).toBe(403);
  });

  it('is issued for the PIN too, but not while there is none', async () => {
    expect((await createOtp({ pin: '5621' }, 'alice')).status).toBe(201);
    expect((await createOtp({ pin: null })).status).toBe(422);
  });

  it('is no good when it is another one, has expired, or belongs to another user', async () => {
    const otp = otpIn(await createOtp({ password: 'demo-password' }));
    const refused = {
      status: 403,
      body: jsonApiDocument({
        status: '403',
        title: 'Forbidden',
        detail: 'The OTP is not valid.',
        source: { pointer: '/data/attributes/otp' },
      }),
    };
    expect(essence(await setPin('5621', 'another'))).toEqual(refused);
    expect(essence(await setPin('5621', otp, 'user-1'))).toEqual(refused);
    simulators.clock.advance(300_000);
    expect(essence(await setPin('5621', otp))).toEqual(refused);
  });

  it.each([{ pin: '0000' }, { password: 'wrong' }, {}])('is refused for %j', async (body) => {
    expect(essence(await createOtp(body))).toEqual({
      status: 422,
      body: jsonApiDocument({
        status: '422',
        title: 'Unprocessable Entity',
        detail: 'Neither the password nor the PIN is right.',
      }),
    });
  });
});

import { describe, expect, it } from 'vitest';
import {
  type Answer,
  call,
  essence,
  jsonApiDocument,
  simulatorsPerTest,
  stateOf,
} from './harness.ts';

const simulators = simulatorsPerTest();
type Name = 'ADM' | 'PACE' | 'PIMS';

/** One call of each provider that works as long as nothing goes wrong. */
const request = (name: Name, signal?: AbortSignal): Promise<Answer> => {
  const more = { token: 'alice', ...(signal !== undefined && { signal }) };
  switch (name) {
    case 'ADM':
      return call('GET', `${simulators.urls.ADM}/adm/v1/user/accounts/pins/status`, more);
    case 'PACE':
      return call('GET', `${simulators.urls.PACE}/user/pin`, more);
    case 'PIMS':
      return call('POST', `${simulators.urls.PIMS}/pims/get`, {
        ...more,
        body: {
          api: 'pims.authentication.otp',
          parameters: { action: 'withPIN', pinCode: '4711' },
        },
      });
  }
};
const setFault = (name: Name, body: unknown): Promise<Answer> =>
  call('PUT', `${simulators.urls[name]}/_simulator/fault`, { body });
const removeFault = (name: Name): Promise<Answer> =>
  call('DELETE', `${simulators.urls[name]}/_simulator/fault`);
const untilFaultTaken = (name: Name): Promise<void> =>
  expect.poll(() => stateOf(simulators.urls[name]), { interval: 5 }).toMatchObject({ fault: null });

describe.each<Name>(['ADM', 'PACE', 'PIMS'])('A fault at %s', (name) => {
  it('makes the answer slow and changes nothing else', async () => {
    await setFault(name, { kind: 'slow', delayMs: 2000, times: 1 });
    let isAnswered = false;
    const answer = request(name).finally(() => {
      isAnswered = true;
    });
    await expect.poll(() => simulators.clock.pending, { interval: 5 }).toBe(1);
    simulators.clock.advance(1999);
    await stateOf(simulators.urls[name]);
    expect(isAnswered).toBe(false);
    simulators.clock.advance(1);
    expect((await answer).status).toBe(200);
  });

  it('lets the request hang until the client leaves', async () => {
    await setFault(name, { kind: 'hang', times: 1 });
    const leaving = new AbortController();
    const answer = request(name, leaving.signal);
    await untilFaultTaken(name);
    leaving.abort();
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
    expect((await request(name)).status).toBe(200);
  });

  it('resets the connection', async () => {
    await setFault(name, { kind: 'reset', times: 1 });
    await expect(request(name)).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
    expect((await request(name)).status).toBe(200);
  });

  it('answers 200 with something that is not JSON', async () => {
    await setFault(name, { kind: 'garbage' });
    expect(essence(await request(name))).toEqual({
      status: 200,
      body: '<html><body>This is not the answer',
    });
  });

  it('answers with the status asked for, in the words of the provider', async () => {
    const fault = { kind: 'status', status: 503, retryAfterSeconds: 2 };
    expect(essence(await setFault(name, fault))).toEqual({ status: 200, body: { fault } });
    const answer = await request(name);
    const detail = 'This failure was asked for at /_simulator/fault.';
    const title = 'Service Unavailable';
    expect(essence(answer)).toEqual({
      status: 503,
      body:
        name === 'PACE'
          ? jsonApiDocument({ status: '503', title, detail })
          : { error: title, detail },
    });
    expect(answer.headers.get('retry-after')).toBe('2');
  });

  it('can be a status of success or a redirect, with an empty body', async () => {
    await setFault(name, { kind: 'status', status: 202, times: 1 });
    expect(essence(await request(name))).toEqual({ status: 202, body: '' });
    await setFault(name, { kind: 'status', status: 302, times: 1 });
    const answer = await request(name);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([302, null]);
  });

  it('stays as often as asked for and is told by the state meanwhile', async () => {
    await setFault(name, { kind: 'status', status: 500, times: 2 });
    expect((await request(name)).status).toBe(500);
    expect(await stateOf(simulators.urls[name])).toMatchObject({
      fault: { kind: 'status', status: 500, times: 1 },
    });
    expect((await request(name)).status).toBe(500);
    expect((await request(name)).status).toBe(200);
  });

  it('stays until it is removed', async () => {
    await setFault(name, { kind: 'status', status: 500 });
    const statuses = [(await request(name)).status, (await request(name)).status];
    expect(essence(await removeFault(name))).toEqual({ status: 204, body: '' });
    expect([...statuses, (await request(name)).status]).toEqual([500, 500, 200]);
  });
});

const oneToMax = `a whole number from 1 to ${Number.MAX_SAFE_INTEGER}`;

describe('A fault that is not understood', () => {
  it.each([
    [[], 'The body must be a JSON object with a "kind".'],
    [{}, '"kind" must be one of slow, hang, reset, garbage, status.'],
    [{ kind: 'flood' }, '"kind" must be one of slow, hang, reset, garbage, status.'],
    [{ kind: 'slow' }, 'The kind "slow" needs "delayMs".'],
    [{ kind: 'slow', delayMs: -1 }, '"delayMs" must be a whole number from 0 to 86400000.'],
    [{ kind: 'slow', delayMs: '9' }, '"delayMs" must be a whole number from 0 to 86400000.'],
    [{ kind: 'status' }, 'The kind "status" needs "status".'],
    [{ kind: 'status', status: 99 }, '"status" must be a whole number from 200 to 599.'],
    [
      { kind: 'status', status: 503, retryAfterSeconds: 0.5 },
      '"retryAfterSeconds" must be a whole number from 0 to 86400.',
    ],
    [{ kind: 'hang', times: 0 }, `"times" must be ${oneToMax}.`],
    [{ kind: 'hang', time: 1 }, '"time" is not known here; known are kind, times.'],
    [
      { kind: 'slow', delayMs: 1, status: 500 },
      '"status" is not known here; known are kind, times, delayMs.',
    ],
  ])('such as %j is refused with the reason', async (body, detail) => {
    expect(essence(await setFault('ADM', body))).toEqual({
      status: 400,
      body: { error: 'Bad Request', detail },
    });
    expect((await request('ADM')).status).toBe(200);
  });
});

describe('A client that leaves during a fault', () => {
  it('leaves no mark on the state', async () => {
    await setFault('PACE', { kind: 'slow', delayMs: 2000, times: 1 });
    const leaving = new AbortController();
    const document = { data: { type: 'pin', attributes: { pin: '5621', otp: '123456' } } };
    const put = call('PUT', `${simulators.urls.PACE}/user/pin`, {
      token: 'demo',
      body: document,
      signal: leaving.signal,
    });
    await expect.poll(() => simulators.clock.pending, { interval: 5 }).toBe(1);
    leaving.abort();
    await expect(put).rejects.toMatchObject({ name: 'AbortError' });
    await expect.poll(() => simulators.clock.pending, { interval: 5 }).toBe(0);
    const check = await call('GET', `${simulators.urls.PACE}/user/pin`, { token: 'demo' });
    expect(check.status).toBe(404);
  });
});

import { describe, expect, it } from 'vitest';
import { startGateway } from '../support/gateway.ts';
import { closingAtOnce, resetting, startRawUpstream } from '../support/raw-upstream.ts';
import { breakingOff, hangUp, inTurn, reply, silence } from '../support/upstream.ts';
import { contract, type Cause } from './contract.ts';
import { entryOf, type Beyond } from './entries.ts';
import { askOtp, startWith } from './harness.ts';

const good = reply(200, { transactionId: 't', status: 'SUCCEEDED', result: { otp: '804213' } });
const error = (cause: Cause, beyond: Beyond = {}) => entryOf('PIMS', contract[cause], beyond);

describe('A request for a one-time password is sent once and never again', () => {
  it.each([
    ['the connection breaks after it', hangUp, error('outcome unknown')],
    [
      'the answer breaks off',
      breakingOff(200),
      error('broken contract', { upstream: { httpStatus: 200 } }),
    ],
    ['the answer is 500', reply(500), error('HTTP 5xx', { upstream: { httpStatus: 500 } })],
    ['the answer is 502', reply(502), error('HTTP 5xx', { upstream: { httpStatus: 502 } })],
    ['the answer is 503', reply(503), error('HTTP 5xx', { upstream: { httpStatus: 503 } })],
    ['the answer is 504', reply(504), error('HTTP 5xx', { upstream: { httpStatus: 504 } })],
    [
      'the answer is 503 and asks to come back at once',
      reply(503, '', { 'retry-after': '0' }),
      error('HTTP 5xx', { retryAfterSeconds: 0, upstream: { httpStatus: 503 } }),
    ],
    [
      'the answer is 429 and asks to come back at once',
      reply(429, '', { 'retry-after': '0' }),
      error('HTTP 429', { retryAfterSeconds: 0, upstream: { httpStatus: 429 } }),
    ],
    ['the answer is 408', reply(408), error('HTTP 4xx', { upstream: { httpStatus: 408 } })],
    [
      'the answer breaks the contract',
      reply(200, 'nonsense'),
      error('broken contract', { upstream: { httpStatus: 200 } }),
    ],
  ])('when %s', async (_what, failure, entry) => {
    await using pims = await startWith('PIMS', inTurn(failure, good));
    expect(await askOtp(pims.origin)).toEqual(entry);
    expect(pims.upstream.requests).toHaveLength(1);
  });

  it('when there is no answer in time', async () => {
    const environment = { PIMS_TIMEOUT_MS: '300' };
    await using pims = await startWith('PIMS', inTurn(silence, good), environment);
    expect(await askOtp(pims.origin)).toEqual(error('outcome unknown'));
    expect(pims.upstream.requests).toHaveLength(1);
  });

  it('when the connection is reset', async () => {
    await using upstream = await startRawUpstream(resetting);
    await using gateway = await startGateway({ PIMS_URL: upstream.url });
    expect(await askOtp(gateway.origin)).toEqual(error('outcome unknown'));
    expect(upstream.received.match(/POST \/pims\/get/g)).toHaveLength(1);
    expect(upstream.connections).toBe(1);
  });

  it('when the connection is closed before it may have been read', async () => {
    await using upstream = await startRawUpstream(closingAtOnce);
    await using gateway = await startGateway({ PIMS_URL: upstream.url });
    // Whether the request had left by then is up to the two sockets: what counts is the one try.
    expect([error('outcome unknown'), error('failed before sent')]).toContainEqual(
      await askOtp(gateway.origin),
    );
    expect(upstream.connections).toBe(1);
  });

  it('when the connection that was kept open has been broken meanwhile', async () => {
    await using pims = await startWith('PIMS', inTurn(good, hangUp, good));
    await askOtp(pims.origin);
    expect(await askOtp(pims.origin)).toEqual(error('outcome unknown'));
    expect(pims.upstream.requests).toHaveLength(2);
  });

  it('and the next operation is a request of its own', async () => {
    await using pims = await startWith('PIMS', inTurn(hangUp, good));
    await askOtp(pims.origin);
    expect(await askOtp(pims.origin)).toEqual({
      __typename: 'Otp',
      provider: 'PIMS',
      value: '804213',
      transactionId: 't',
    });
    expect(pims.upstream.requests).toHaveLength(2);
  });
});

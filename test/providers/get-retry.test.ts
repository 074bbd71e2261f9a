import { describe, expect, it } from 'vitest';
import { breakingOff, hangUp, inTurn, reply, silence, type Respond } from '../support/upstream.ts';
import { contract, type Cause } from './contract.ts';
import { entryOf, pinEntry, type Beyond } from './entries.ts';
import { askPins, startWith } from './harness.ts';

const readings = [
  {
    provider: 'ADM',
    good: reply(200, { totalRecords: 0, resourceSet: [] }),
    pins: [] as unknown[],
  },
  { provider: 'PACE', good: reply(200), pins: [pinEntry('PACE', 'USER', 'SET')] },
] as const;

const titled = readings.map((reading) => [reading.provider, reading] as const);

describe.each(titled)('The status query to %s', (_name, { provider, good, pins }) => {
  const error = (cause: Cause, beyond: Beyond = {}) => entryOf(provider, contract[cause], beyond);

  it.each([
    ['a broken connection', hangUp],
    ['a 502', reply(502)],
    ['a 503', reply(503)],
    ['a 504', reply(504)],
    ['a 503 that asks for no wait', reply(503, '', { 'retry-after': '0' })],
    ['a 503 that breaks off', breakingOff(503)],
  ])('is sent once more after %s, and its answer is the answer', async (_what, failure) => {
    await using started = await startWith(provider, inTurn(failure, good));
    expect(await askPins(started.origin, [provider])).toEqual(pins);
    expect(started.upstream.requests).toHaveLength(2);
    const [first, second] = started.upstream.requests;
    expect([second?.method, second?.url, second?.headers]).toEqual([
      first?.method,
      first?.url,
      first?.headers,
    ]);
  });

  it.each([
    ['broken connections', hangUp, error('connection failed')],
    ['503s', reply(503), error('HTTP 5xx', { upstream: { httpStatus: 503 } })],
    ['502s', reply(502), error('HTTP 5xx', { upstream: { httpStatus: 502 } })],
  ])('is sent twice at the most, however many %s there are', async (_what, failure, entry) => {
    await using started = await startWith(provider, failure);
    expect(await askPins(started.origin, [provider])).toEqual([entry]);
    expect(started.upstream.requests).toHaveLength(2);
  });

  it('has the second answer as its own when both fail', async () => {
    await using started = await startWith(provider, inTurn(reply(503), reply(500)));
    expect(await askPins(started.origin, [provider])).toEqual([
      error('HTTP 5xx', { upstream: { httpStatus: 500 } }),
    ]);
    expect(started.upstream.requests).toHaveLength(2);
  });

  it.each([400, 401, 403, 408, 418, 429, 500, 501, 505, 599, 204, 302])(
    'is sent once when the answer is %i',
    async (status) => {
      await using started = await startWith(provider, inTurn(reply(status), good));
      const answer = await askPins(started.origin, [provider]);
      expect(answer).toMatchObject([{ provider, upstream: { httpStatus: status } }]);
      expect(started.upstream.requests).toHaveLength(1);
    },
  );

  it('is sent once when the deadline passes', async () => {
    const environment = { [`${provider}_TIMEOUT_MS`]: '300' };
    await using started = await startWith(provider, inTurn(silence, good), environment);
    expect(await askPins(started.origin, [provider])).toEqual([error('deadline passed')]);
    expect(started.upstream.requests).toHaveLength(1);
  });

  it('has one deadline for both attempts, which counts from the first', async () => {
    const environment = { [`${provider}_TIMEOUT_MS`]: '3000' };
    const slow: Respond = (response, request) =>
      void setTimeout(() => reply(503)(response, request), 1800);
    await using started = await startWith(provider, inTurn(slow, silence), environment);
    const startedAt = performance.now();
    expect(await askPins(started.origin, [provider])).toEqual([error('deadline passed')]);
    expect(performance.now() - startedAt).toBeLessThan(4200);
    expect(started.upstream.requests).toHaveLength(2);
  });

  it('is not repeated when the failure came too late for it', async () => {
    const environment = { [`${provider}_TIMEOUT_MS`]: '1000' };
    const late: Respond = (response, request) =>
      void setTimeout(() => reply(503)(response, request), 970);
    await using started = await startWith(provider, inTurn(late, good), environment);
    const [answer] = (await askPins(started.origin, [provider])) ?? [];
    // Where the machine is slow the deadline comes first, which is right as well.
    expect([
      error('HTTP 5xx', { upstream: { httpStatus: 503 } }),
      error('deadline passed'),
    ]).toContainEqual(answer);
    expect(started.upstream.requests).toHaveLength(1);
  });

  it('waits for as long as the provider asks, where the deadline allows it', async () => {
    const busy = reply(503, '', { 'retry-after': '1' });
    await using started = await startWith(provider, inTurn(busy, good));
    expect(await askPins(started.origin, [provider])).toEqual(pins);
    const [first, second] = started.upstream.requests;
    const pause = (second?.receivedAt ?? 0) - (first?.receivedAt ?? 0);
    expect(pause).toBeGreaterThanOrEqual(990);
  });

  it.each([
    ['3 seconds', '3', 3],
    ['an hour', '3600', 3600],
  ])('is not repeated when the provider asks for %s', async (_what, header, seconds) => {
    const busy = reply(503, '', { 'retry-after': header });
    await using started = await startWith(provider, inTurn(busy, good));
    const startedAt = performance.now();
    expect(await askPins(started.origin, [provider])).toEqual([
      error('HTTP 5xx', { retryAfterSeconds: seconds, upstream: { httpStatus: 503 } }),
    ]);
    expect(performance.now() - startedAt).toBeLessThan(2000);
    expect(started.upstream.requests).toHaveLength(1);
  });
});

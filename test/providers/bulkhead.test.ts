import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { PinProvider } from '../generated/graphql.ts';
import type { Environment } from '../../src/config.ts';
import { startGateway } from '../support/gateway.ts';
import { reply, silence, startUpstream } from '../support/upstream.ts';
import { contract } from './contract.ts';
import { entryOf, pinEntry } from './entries.ts';
import { askAs, askPinSet, credentialsOf, startWith } from './harness.ts';

const two: Environment = { MAX_UPSTREAM_REQUESTS: '2' };

describe.each<PinProvider>(['ADM', 'PACE', 'PIMS'])('Requests to a slow %s', (provider) => {
  const overloaded = entryOf(provider, contract.overloaded, { retryAfterSeconds: 1 });

  it('are sent as many as allowed at once, as many wait, and the next is refused at once', async () => {
    const held: ServerResponse[] = [];
    await using started = await startWith(provider, (response) => void held.push(response), two);
    const { origin, upstream } = started;
    const asked = [1, 2, 3, 4].map((user) => askAs[provider](origin, user));
    await upstream.received(2);
    // The third and the fourth may still be on their way to the gateway.
    await expect.poll(() => askAs[provider](origin, 5)).toEqual(overloaded);
    expect(upstream.requests).toHaveLength(2);

    held[0]?.writeHead(403).end();
    await upstream.received(3);
    held[1]?.writeHead(403).end();
    await upstream.received(4);
    held[2]?.writeHead(403).end();
    held[3]?.writeHead(403).end();
    const refusal = entryOf(provider, contract[`${provider} HTTP 403`], {
      upstream: { httpStatus: 403 },
    });
    expect(await Promise.all(asked)).toEqual([refusal, refusal, refusal, refusal]);
  });

  it('that wait are refused after a quarter of their time: the rest would not do', async () => {
    const environment = { MAX_UPSTREAM_REQUESTS: '1', [`${provider}_TIMEOUT_MS`]: '1200' };
    await using started = await startWith(provider, silence, environment);
    const { origin, upstream } = started;
    const asked = [1, 2].map((user) => askAs[provider](origin, user));
    expect(await Promise.race(asked)).toEqual(overloaded);
    const late = contract[provider === 'PIMS' ? 'outcome unknown' : 'deadline passed'];
    expect(await Promise.all(asked)).toEqual(
      expect.arrayContaining([overloaded, entryOf(provider, late)]),
    );
    expect(upstream.requests).toHaveLength(1);
  });

  it('leave nothing of themselves behind: it can be asked again', async () => {
    const environment = { MAX_UPSTREAM_REQUESTS: '1', [`${provider}_TIMEOUT_MS`]: '300' };
    await using started = await startWith(provider, silence, environment);
    const { origin, upstream } = started;
    for (let round = 0; round < 3; round++) {
      await Promise.all([1, 2].map((user) => askAs[provider](origin, user + 10 * round)));
    }
    upstream.respond = reply(403);
    expect(await askAs[provider](origin, 0)).toMatchObject({ code: 'FORBIDDEN' });
  });
});

it('A provider whose requests all hang takes nothing from the others', async () => {
  await using adm = await startUpstream(silence);
  await using pace = await startUpstream(reply(200));
  await using gateway = await startGateway({ ...two, ADM_URL: adm.url, PACE_URL: pace.url });
  const hanging = [1, 2, 3, 4].map((user) => askAs.ADM(gateway.origin, user));
  await adm.received(2);
  for (let user = 5; user < 15; user++) {
    expect(await askAs.PACE(gateway.origin, user)).toEqual(pinEntry('PACE', 'USER', 'SET'));
  }
  await Promise.all(hanging);
});

it('Long polls are counted apart', async () => {
  await using pace = await startWith('PACE', silence, two);
  const { origin, upstream } = pace;
  const waits = [1, 2, 3, 4, 5].map((user) => askPinSet(origin, 2, credentialsOf(user)));
  await upstream.received(5);
  upstream.respond = reply(404);
  expect(await askAs.PACE(origin, 6)).toEqual(pinEntry('PACE', 'USER', 'UNSET'));
  expect(await Promise.all(waits)).toMatchObject(Array(5).fill({ __typename: 'PinStillUnset' }));
});

import { describe, expect, it, vi } from 'vitest';
import type { PinProvider } from '../generated/graphql.ts';
import { reply, silence } from '../support/upstream.ts';
import { contract } from './contract.ts';
import { entryOf, wholeNumber } from './entries.ts';
import { answers, wells } from './fault-scene.ts';
import { askAs, askAvailabilities, startWith } from './harness.ts';

const twenty = Array.from({ length: 20 }, (_, user) => user);

describe.concurrent.each<PinProvider>(['ADM', 'PACE', 'PIMS'])('The circuit of %s', (provider) => {
  const ask = askAs[provider];
  const open = (retryAfterSeconds: unknown) =>
    entryOf(provider, contract['circuit open'], { retryAfterSeconds });

  it('is open after twenty requests that had no answer until their deadline', async () => {
    const environment = { [`${provider}_TIMEOUT_MS`]: '1000' };
    await using started = await startWith(provider, silence, environment);
    const { origin, upstream } = started;
    const cause = provider === 'PIMS' ? 'outcome unknown' : 'deadline passed';
    const late = entryOf(provider, contract[cause]);
    expect(await Promise.all(twenty.map((user) => ask(origin, user)))).toEqual(
      twenty.map(() => late),
    );

    expect(await ask(origin, 20)).toEqual(open(wholeNumber(1, 10)));
    expect(upstream.requests).toHaveLength(20);
    expect(await askAvailabilities(origin)).toMatchObject({ [provider]: 'UNAVAILABLE' });
  });

  it('lets one request through after ten seconds, and all of them once that is answered', async () => {
    await using started = await startWith(provider, reply(500));
    const { origin, upstream } = started;
    const failed = entryOf(provider, contract['HTTP 5xx'], { upstream: { httpStatus: 500 } });
    expect(await Promise.all(twenty.map((user) => ask(origin, user)))).toEqual(
      twenty.map(() => failed),
    );
    const since = performance.now();
    expect(await ask(origin, 20)).toEqual(open(wholeNumber(1, 10)));
    expect(await askAvailabilities(origin)).toMatchObject({ [provider]: 'UNAVAILABLE' });

    const held = Promise.withResolvers<() => void>();
    upstream.respond = (response, request) =>
      held.resolve(() => answers[provider](response, request));
    const isTried = async () =>
      expect(await askAvailabilities(origin)).toMatchObject({ [provider]: 'DEGRADED' });
    await vi.waitFor(isTried, { timeout: 15_000, interval: 100 });
    expect(performance.now() - since).toBeGreaterThan(9_000);
    expect(upstream.requests).toHaveLength(20);

    const tried = ask(origin, 20);
    const answer = await held.promise;
    expect(await Promise.all([21, 22, 23].map((user) => ask(origin, user)))).toEqual(
      Array(3).fill(open(1)),
    );
    expect(upstream.requests).toHaveLength(21);

    upstream.respond = answers[provider];
    answer();
    expect(await tried).toEqual(wells[provider]);
    expect(await Promise.all([21, 22, 23].map((user) => ask(origin, user)))).toEqual(
      Array(3).fill(wells[provider]),
    );
    expect(upstream.requests).toHaveLength(24);
    expect(await askAvailabilities(origin)).toMatchObject({ [provider]: 'AVAILABLE' });
  }, 30_000);
});

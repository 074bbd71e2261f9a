import { describe, expect, it } from 'vitest';
import { startGateway } from '../support/gateway.ts';
import {
  as,
  only,
  overSse,
  paceEntry,
  pinSetEvent,
  resultsOf,
  startPinSetStage,
  eachTransport,
} from '../support/pin-set.ts';
import { reply, silence, startUpstream, type Respond } from '../support/upstream.ts';

const tooMany = paceEntry(
  'RateLimitError',
  'RATE_LIMITED',
  'This gateway has too many subscriptions.',
);

describe.concurrent.each(eachTransport)('A subscriber over %s', (_name, transport) => {
  it('is told when PACE is not configured', async () => {
    await using adm = await startUpstream(reply(200));
    await using gateway = await startGateway({ ADM_URL: adm.url });
    await using subscription = await transport.join(gateway.origin, as('ann'));
    const entry = paceEntry(
      'UnsupportedOperationError',
      'NOT_CONFIGURED',
      'PACE is not configured at this gateway.',
      { remedy: 'CONTACT_SUPPORT', retryable: false },
    );
    expect(await resultsOf(subscription)).toEqual(only(entry));
    expect(adm.requests).toEqual([]);
  });

  it.each([
    ['nothing', {}],
    ['a blank', { 'x-pace-authorization': ' ' }],
    ['a credential for somebody else', { 'x-adm-authorization': 'Bearer ann' }],
    ['an authorization that is not to be forwarded', { authorization: 'Bearer ann' }],
  ])('is told that PACE needs a credential when it sends %s', async (_what, headers) => {
    await using stage = await startPinSetStage(reply(200));
    await using subscription = await transport.join(stage.origin, headers);
    const entry = paceEntry(
      'AuthenticationError',
      'CREDENTIAL_MISSING',
      'No credential was sent for PACE. It goes into the header x-pace-authorization.',
      { remedy: 'SIGN_IN', retryable: false },
    );
    expect(await resultsOf(subscription)).toEqual(only(entry));
    expect(stage.pace.requests).toEqual([]);
  });

  it('is refused beyond MAX_SUBSCRIPTIONS, until one of the others has left', async () => {
    await using stage = await startPinSetStage(silence, { MAX_SUBSCRIPTIONS: '2' });
    await using one = await transport.join(stage.origin, as('ann'));
    await using other = await overSse.join(stage.origin, as('bob'));
    await stage.pace.received(2);
    for (const user of ['ann', 'cid']) {
      await using refused = await transport.join(stage.origin, as(user));
      expect(await resultsOf(refused)).toEqual(only(tooMany));
    }
    expect([one.payloads, other.payloads, stage.pace.requests.length]).toEqual([[], [], 2]);

    one.leave();
    const leftBy = stage.pace.requests.find(({ headers }) =>
      headers.authorization?.includes('ann'),
    );
    await leftBy?.aborted;
    await using admitted = await transport.join(stage.origin, as('cid'));
    await stage.pace.received(3);
    expect([admitted.payloads, stage.pace.open]).toEqual([[], 2]);
    await using refused = await transport.join(stage.origin, as('dan'));
    expect(await resultsOf(refused)).toEqual(only(tooMany));
  });

  it('finds room again after others got their answers, timed out or were refused', async () => {
    const respond: Respond = (response, request) => {
      if (!request.headers.authorization?.includes('silent')) reply(200)(response, request);
    };
    await using stage = await startPinSetStage(respond, { MAX_SUBSCRIPTIONS: '1' });
    const timeout = { timeoutSeconds: 1 };
    for (let round = 0; round < 3; round++) {
      await using told = await transport.join(stage.origin, as('ann'));
      expect(await resultsOf(told)).toEqual(only(pinSetEvent));
      await using waiting = await transport.join(stage.origin, as('silent'), timeout);
      await using refused = await transport.join(stage.origin, as('ann'));
      expect(await resultsOf(refused)).toEqual(only(tooMany));
      expect(await resultsOf(waiting)).toEqual(
        only({ __typename: 'PinStillUnset', provider: 'PACE', waitedSeconds: 1 }),
      );
    }
  });
});

import { describe, expect, it } from 'vitest';
import { PinSetDocument } from '../generated/graphql.ts';
import { connectWs } from '../support/client.ts';
import {
  as,
  only,
  overSse,
  overWebSocket,
  pinSetEvent,
  resultsOf,
  startPinSetStage,
  transports,
  eachTransport,
} from '../support/pin-set.ts';
import { inTurn, reply, silence, type Respond } from '../support/upstream.ts';

/** Answers every request when the test says so. */
function onCue(): { readonly respond: Respond; readonly answer: (status: number) => void } {
  const held: (() => void)[] = [];
  let status = 200;
  return {
    respond: (response, request) => held.push(() => reply(status)(response, request)),
    answer: (newStatus) => {
      status = newStatus;
      for (const answer of held.splice(0)) answer();
    },
  };
}

describe('One upstream poll', () => {
  it('serves many subscribers over many connections of both transports', async () => {
    const { respond, answer } = onCue();
    await using stage = await startPinSetStage(respond);
    await using stack = new AsyncDisposableStack();
    const subscriptions = [];
    for (const transport of [...transports, ...transports, ...transports]) {
      const subscription = await transport.join(stage.origin, as('ann'));
      subscriptions.push(stack.use(subscription));
    }
    const connection = stack.use(connectWs(stage.origin, as('ann')));
    for (let i = 0; i < 3; i++) subscriptions.push(connection.subscribe(PinSetDocument, {}));
    await connection.subscribe('{ __typename }', {}).completed;

    expect([stage.pace.requests.length, stage.pace.open]).toEqual([1, 1]);
    answer(200);
    const results = await Promise.all(subscriptions.map(resultsOf));
    expect(results).toEqual(Array.from({ length: 9 }, () => only(pinSetEvent)));
    // One and the same event: all saw it at the same instant.
    expect(new Set(results.map((result) => JSON.stringify(result))).size).toBe(1);
    expect([stage.pace.requests.length, stage.pace.open]).toEqual([1, 0]);
  });

  it('is asked for as the first of its subscribers asks, byte by byte', async () => {
    await using stage = await startPinSetStage(reply(200), { PACE_POLL_SECONDS: '7' });
    const headers = as('ann', { 'x-request-id': 'request-1', 'x-adm-authorization': 'for ADM' });
    await using subscription = await overSse.join(stage.origin, headers);
    expect(await resultsOf(subscription)).toEqual(only(pinSetEvent));
    const { host } = new URL(stage.pace.url);
    expect(stage.pace.requests).toEqual([
      {
        method: 'GET',
        url: '/user/pin?timeout=7',
        headers: {
          host,
          connection: 'keep-alive',
          accept: 'application/vnd.api+json',
          authorization: 'Bearer ann',
          'x-request-id': 'request-1',
        },
        rawHeaders: expect.any(Array) as unknown,
        body: '',
        receivedAt: expect.any(Number) as unknown,
        aborted: expect.any(Promise) as unknown,
      },
    ]);
  });

  it('asks to be held for 25 s by default', async () => {
    await using stage = await startPinSetStage(reply(200));
    await using subscription = await overSse.join(stage.origin, as('ann'));
    await subscription.completed;
    expect(stage.pace.requests.map(({ url }) => url)).toEqual(['/user/pin?timeout=25']);
  });
});

describe.each(eachTransport)('Subscribers over %s', (_name, transport) => {
  it.each([
    ['credentials', as('ann'), as('bob')],
    ['tenants', as('ann', { 'nv-tenant-id': 'a' }), as('ann', { 'nv-tenant-id': 'b' })],
    ['tenants, one of them unnamed', as('ann', { 'nv-tenant-id': 'a' }), as('ann')],
  ])('with different %s have a poll each', async (_what, one, other) => {
    await using stage = await startPinSetStage(silence);
    await using first = await transport.join(stage.origin, one);
    await using second = await transport.join(stage.origin, other);
    await stage.pace.received(2);
    expect([stage.pace.open, first.payloads, second.payloads]).toEqual([2, [], []]);
    const sent = stage.pace.requests.map(({ headers }) => headers.authorization);
    expect(sent.sort()).toEqual(
      [one, other].map((headers) => headers['x-pace-authorization']).sort(),
    );
  });

  it('get only the answer to their own credential', async () => {
    const respond: Respond = (response, request) => {
      if (request.headers.authorization === 'Bearer ann') reply(200)(response, request);
    };
    await using stage = await startPinSetStage(respond);
    await using bob = await transport.join(stage.origin, as('bob'));
    await using ann = await transport.join(stage.origin, as('ann'));
    expect(await resultsOf(ann)).toEqual(only(pinSetEvent));
    expect([bob.payloads, stage.pace.open]).toEqual([[], 1]);
  });

  it('are told also when they join late, in the middle of a poll', async () => {
    const { respond, answer } = onCue();
    await using stage = await startPinSetStage(inTurn(reply(404), respond), {
      PACE_POLL_SECONDS: '1',
    });
    await using early = await transport.join(stage.origin, as('ann'));
    await stage.pace.received(2);
    await using late = await transport.join(stage.origin, as('ann'));
    answer(200);
    expect(await Promise.all([early, late].map(resultsOf))).toEqual([
      only(pinSetEvent),
      only(pinSetEvent),
    ]);
    expect(stage.pace.requests).toHaveLength(2);
  });

  it('start a new poll when they join after the end', async () => {
    await using stage = await startPinSetStage(reply(200));
    for (const count of [1, 2, 3]) {
      await using subscription = await transport.join(stage.origin, as('ann'));
      expect(await resultsOf(subscription)).toEqual(only(pinSetEvent));
      expect([stage.pace.requests.length, stage.pace.open]).toEqual([count, 0]);
    }
  });

  it('change nothing for the others when they leave first', async () => {
    const { respond, answer } = onCue();
    await using stage = await startPinSetStage(respond);
    await using first = await transport.join(stage.origin, as('ann'));
    await using overOther = await overSse.join(stage.origin, as('ann'));
    await using another = await overWebSocket.join(stage.origin, as('ann'));
    first.leave();
    // Whatever the leaving did has been done when somebody who came later is taken in.
    await using after = await transport.join(stage.origin, as('ann'));
    expect([stage.pace.requests.length, stage.pace.open]).toEqual([1, 1]);
    answer(200);
    expect(await Promise.all([overOther, another, after].map(resultsOf))).toEqual(
      Array.from({ length: 3 }, () => only(pinSetEvent)),
    );
    expect([first.payloads, stage.pace.requests.length]).toEqual([[], 1]);
  });
});

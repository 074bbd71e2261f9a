import { describe, expect, it } from 'vitest';
import { AccountPinsDocument, PinSetDocument } from '../generated/graphql.ts';
import { as, startPinSetStage } from '../support/pin-set.ts';
import { openWs } from '../support/raw-websocket.ts';
import { reply, type Respond } from '../support/upstream.ts';

const query = PinSetDocument.toString();
const subscribe = { id: '1', type: 'subscribe', payload: { query } };
const complete = { id: '1', type: 'complete' };

/** Answers the newest request when the test says so. */
function newestOnCue(): { readonly respond: Respond; readonly answer: () => void } {
  let answer = (): void => undefined;
  return {
    respond: (response, request) => (answer = () => reply(200)(response, request)),
    answer: () => answer(),
  };
}

describe('An id that its client has completed', () => {
  it('can be used for a new subscription, once the old one has ended', async () => {
    const { respond, answer } = newestOnCue();
    await using stage = await startPinSetStage(respond);
    await using connection = await openWs(stage.origin);
    await connection.init(as('ann'));
    connection.send(subscribe);
    await stage.pace.received(1);
    connection.send(complete);
    await stage.pace.requests[0]?.aborted;
    connection.send(subscribe);
    await stage.pace.received(2);
    answer();
    expect(JSON.parse(await connection.received('next', '1'))).toMatchObject({
      payload: { data: { pinSet: { __typename: 'PinSetEvent' } } },
    });
    await connection.received('complete', '1');
  });

  it.each([
    ['subscription', PinSetDocument.toString()],
    ['query', AccountPinsDocument.toString()],
  ])('can be used at once: the end of the old %s is not the new one’s', async (_what, old) => {
    const { respond, answer } = newestOnCue();
    await using stage = await startPinSetStage(respond, { PACE_TIMEOUT_MS: '60000' });
    await using connection = await openWs(stage.origin);
    await connection.init(as('ann'));
    connection.send({ id: '1', type: 'subscribe', payload: { query: old } });
    await stage.pace.received(1);
    // In one packet, so that the gateway has the second before it has worked off the first.
    connection.inOnePacket(() => {
      connection.send(complete);
      connection.send(subscribe);
    });
    await stage.pace.requests[0]?.aborted;
    await connection.settled();
    expect(connection.messages.filter((text) => text.includes('"id":"1"'))).toEqual([]);
    await stage.pace.received(2);
    answer();
    expect(JSON.parse(await connection.received('next', '1'))).toMatchObject({
      payload: { data: { pinSet: { __typename: 'PinSetEvent' } } },
    });
    await connection.received('complete', '1');
  });
});

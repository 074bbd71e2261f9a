import { describe, expect, it } from 'vitest';
import { AccountPinsDocument, GenerateOtpDocument, PinSetDocument } from '../generated/graphql.ts';
import { connectWs } from '../support/client.ts';
import { startGateway } from '../support/gateway.ts';
import { as, only, pinSetEvent, resultsOf, startPinSetStage } from '../support/pin-set.ts';
import { openWs, payloadOf } from '../support/raw-websocket.ts';
import { reply, silence, startUpstream, type Respond } from '../support/upstream.ts';

describe('Over WebSocket', () => {
  it('a query has one result, then it is complete', async () => {
    await using stage = await startPinSetStage(reply(404));
    await using client = connectWs(stage.origin, as('ann'));
    const results = await resultsOf(client.subscribe(AccountPinsDocument, { providers: ['PACE'] }));
    const pin = {
      __typename: 'Pin',
      provider: 'PACE',
      type: 'USER',
      status: 'UNSET',
      requirement: null,
      actionRequired: false,
      lock: null,
    };
    expect(results).toEqual([{ data: { account: { pins: [pin] } } }]);
    expect(stage.pace.requests.map(({ url }) => url)).toEqual(['/user/pin']);
  });

  it('a mutation has one result, then it is complete', async () => {
    const message = { transactionId: 't-1', status: 'SUCCEEDED', result: { otp: '012345' } };
    await using pims = await startUpstream(reply(200, message));
    await using gateway = await startGateway({ PIMS_URL: pims.url });
    await using client = connectWs(gateway.origin, { 'X-PIMS-Authorization': 'Bearer car' });
    const variables = { input: { pinCode: '0042' } };
    expect(await resultsOf(client.subscribe(GenerateOtpDocument, variables))).toEqual([
      {
        data: {
          generateOtp: {
            __typename: 'Otp',
            provider: 'PIMS',
            value: '012345',
            transactionId: 't-1',
          },
        },
      },
    ]);
    expect(pims.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer car']);
  });

  it('many operations run side by side on one socket', async () => {
    let answer = (): void => undefined;
    const respond: Respond = (response, request) => {
      if (request.url === '/user/pin') reply(404)(response, request);
      else answer = () => reply(200)(response, request);
    };
    await using stage = await startPinSetStage(respond);
    await using client = connectWs(stage.origin, as('ann'));
    const waits = [1, 2, 3].map(() => client.subscribe(PinSetDocument, {}));
    const queries = [1, 2, 3].map(() => client.subscribe(AccountPinsDocument, {}));
    for (const query of queries) expect(await query.completed).toHaveLength(1);
    await stage.pace.received(2); // the poll, and a query
    answer();
    for (const wait of waits) expect(await resultsOf(wait)).toEqual(only(pinSetEvent));
  });

  it.each([
    ['completes it', 'complete'],
    ['closes the socket', 'close'],
    ['is cut off', 'terminate'],
  ] as const)('a query ends its upstream request when the client %s', async (_what, way) => {
    await using stage = await startPinSetStage(silence, { PACE_TIMEOUT_MS: '60000' });
    await using connection = await openWs(stage.origin);
    await connection.init(as('ann'));
    const payload = { query: AccountPinsDocument.toString() };
    connection.send({ id: '1', type: 'subscribe', payload });
    await stage.pace.received(1);
    if (way === 'complete') connection.send({ id: '1', type: 'complete' });
    else connection.socket[way]();
    await stage.pace.requests[0]?.aborted;
    expect([stage.pace.requests.length, stage.pace.open]).toEqual([1, 0]);
    if (way !== 'complete') return;
    await connection.settled();
    expect(connection.messages.filter((text) => text.includes('"id":"1"'))).toEqual([]);
  });
});

describe('What a client sends in connection_init', () => {
  it('may be in any case and wins over the headers of the upgrade', async () => {
    await using stage = await startPinSetStage(reply(200));
    await using connection = await openWs(stage.origin, {
      headers: as('upgrade', { 'x-request-id': 'of-the-upgrade' }),
    });
    await connection.init({ 'X-Pace-Authorization': 'Bearer init', 'X-REQUEST-ID': 'of-the-init' });
    const payload = { query: AccountPinsDocument.toString() };
    connection.send({ id: '1', type: 'subscribe', payload });
    expect(payloadOf(await connection.received('next', '1'))).toContain('"status":"SET"');
    const sent = stage.pace.requests.map(({ headers }) => ({ ...headers }));
    expect(sent).toMatchObject([{ authorization: 'Bearer init', 'x-request-id': 'of-the-init' }]);
  });

  it('is completed by the headers of the upgrade', async () => {
    await using stage = await startPinSetStage(reply(200));
    await using connection = await openWs(stage.origin, {
      headers: as('upgrade', { 'x-request-id': 'of-the-upgrade' }),
    });
    await connection.init({ 'nv-tenant-id': 'tenant' });
    const payload = { query: AccountPinsDocument.toString() };
    connection.send({ id: '1', type: 'subscribe', payload });
    await connection.received('next', '1');
    const sent = stage.pace.requests.map(({ headers }) => ({ ...headers }));
    expect(sent).toMatchObject([
      { authorization: 'Bearer upgrade', 'x-request-id': 'of-the-upgrade' },
    ]);
  });
});

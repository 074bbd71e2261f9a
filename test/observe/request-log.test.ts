import { describe, expect, it } from 'vitest';
import {
  AccountPinsDocument,
  GenerateOtpDocument,
  PinSetDocument,
  ProvidersDocument,
} from '../generated/graphql.ts';
import { connectWs, post, subscribeSse } from '../support/client.ts';
import { openWs } from '../support/raw-websocket.ts';
import { reply } from '../support/upstream.ts';
import { line, logOf, names, overHttp, overWebSocket, requestsIn } from './scene.ts';

describe('the log has one line for', () => {
  it('a query, with how each provider did', async () => {
    const lines = await logOf(async ({ origin, adm, pace }) => {
      adm.respond = reply(401);
      pace.respond = reply(200);
      await post(origin, AccountPinsDocument, {}, names);
    });
    expect(requestsIn(lines)).toEqual([
      line({
        ...overHttp,
        operationType: 'query',
        operationName: 'AccountPins',
        outcome: 'OK',
        providers: { ADM: 'CREDENTIAL_REJECTED', PACE: 'OK' },
      }),
    ]);
  });

  it('a query over WebSocket', async () => {
    const lines = await logOf(async ({ origin }) => {
      await using ws = connectWs(origin, names);
      await ws.subscribe(ProvidersDocument, {}).completed;
    });
    expect(requestsIn(lines)).toEqual([
      line({
        ...overWebSocket,
        operationType: 'query',
        operationName: 'Providers',
        outcome: 'OK',
        providers: {},
      }),
    ]);
  });

  it('an anonymous operation', async () => {
    const lines = await logOf(async ({ origin }) => {
      await post(origin, '{ __typename }', {}, names);
    });
    expect(requestsIn(lines)).toEqual([
      line({
        ...overHttp,
        operationType: 'query',
        operationName: null,
        outcome: 'OK',
        providers: {},
      }),
    ]);
  });

  it('a mutation, with how PIMS did', async () => {
    const lines = await logOf(async ({ origin, pims }) => {
      const label = 'inwebo: access refused';
      pims.respond = reply(200, {
        transactionId: 't',
        status: 'FAILED',
        error: { code: 2308, label },
      });
      await post(origin, GenerateOtpDocument, { input: { pinCode: '1234' } }, names);
    });
    expect(requestsIn(lines)).toEqual([
      line({
        ...overHttp,
        operationType: 'mutation',
        operationName: 'GenerateOtp',
        outcome: 'OK',
        providers: { PIMS: 'ACCESS_REFUSED' },
      }),
    ]);
  });

  it('each of many operations on one socket', async () => {
    const lines = await logOf(async ({ origin }) => {
      await using ws = connectWs(origin, names);
      for (let i = 0; i < 5; i++) await ws.subscribe(ProvidersDocument, {}).completed;
    });
    expect(requestsIn(lines)).toHaveLength(5);
  });

  const subscribed = {
    operationType: 'subscription',
    operationName: 'PinSet',
    outcome: 'OK',
    providers: { PACE: 'OK' },
  };

  it('a subscription over SSE, when it ends', async () => {
    const lines = await logOf(async ({ origin, pace }) => {
      pace.respond = reply(200);
      await subscribeSse(origin, PinSetDocument, {}, names).completed;
    });
    expect(requestsIn(lines)).toEqual([line({ ...overHttp, ...subscribed })]);
  });

  it('a subscription over WebSocket, when it ends', async () => {
    const lines = await logOf(async ({ origin, pace }) => {
      pace.respond = reply(200);
      await using ws = connectWs(origin, names);
      await ws.subscribe(PinSetDocument, {}).completed;
    });
    expect(requestsIn(lines)).toEqual([line({ ...overWebSocket, ...subscribed })]);
  });

  it('a subscription that the gateway ends because it drains', async () => {
    const ends: Promise<unknown>[] = [];
    const lines = await logOf(async ({ origin, pace }) => {
      ends.push(subscribeSse(origin, PinSetDocument, {}, names).completed);
      await pace.received(1);
    });
    await Promise.all(ends);
    expect(requestsIn(lines)).toEqual([line({ ...overHttp, ...subscribed, providers: {} })]);
  });

  it('a client that leaves a subscription over SSE', async () => {
    const lines = await logOf(async ({ origin, pace }) => {
      const subscription = subscribeSse(origin, PinSetDocument, {}, names);
      await pace.received(1);
      subscription.leave();
      await pace.requests[0]?.aborted;
    });
    expect(requestsIn(lines)).toEqual([
      line({ ...overHttp, ...subscribed, outcome: 'LEFT', providers: {} }),
    ]);
  });

  it.each(['complete', 'close'])('a client that leaves over WebSocket by %s', async (way) => {
    const lines = await logOf(async ({ origin, pace }) => {
      await using socket = await openWs(origin);
      await socket.init(names);
      const payload = { query: PinSetDocument.toString() };
      socket.send({ id: '1', type: 'subscribe', payload });
      await pace.received(1);
      if (way === 'complete') socket.send({ id: '1', type: 'complete' });
      else socket.socket.close();
      await pace.requests[0]?.aborted;
    });
    expect(requestsIn(lines)).toEqual([
      line({ ...overWebSocket, ...subscribed, outcome: 'LEFT', providers: {} }),
    ]);
  });

  it('a client that leaves a query', async () => {
    const lines = await logOf(async ({ origin, adm }) => {
      const controller = new AbortController();
      const only = { providers: ['ADM' as const] };
      const left = post(origin, AccountPinsDocument, only, names, controller.signal);
      await adm.received(1);
      controller.abort();
      await expect(left).rejects.toThrow('aborted');
      await adm.requests[0]?.aborted;
    });
    expect(requestsIn(lines)).toEqual([
      expect.objectContaining({ operationName: 'AccountPins', outcome: 'LEFT' }),
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { PinSetDocument } from '../generated/graphql.ts';
import { subscribeSse } from '../support/client.ts';
import { startGateway } from '../support/gateway.ts';
import { sendJson, sendRaw } from '../support/raw-http.ts';
import { silence, startUpstream } from '../support/upstream.ts';

const health = async (origin: string, path: string) => {
  const { status, headers, body } = await sendRaw(origin, path);
  return { status, body, cacheControl: headers['cache-control'] };
};

describe('the health of the gateway', () => {
  it('is told to anyone who asks, and is never cached', async () => {
    await using gateway = await startGateway({ ADM_URL: 'http://127.0.0.1:9' });
    const cacheControl = 'no-store';
    expect(await health(gateway.origin, '/health/live')).toEqual({
      status: 200,
      body: 'live\n',
      cacheControl,
    });
    expect(await health(gateway.origin, '/health/ready?verbose')).toEqual({
      status: 200,
      body: 'ready\n',
      cacheControl,
    });
    expect((await health(gateway.origin, '/health/other')).status).toBe(404);
  });

  it('does not depend on a provider, and asks none', async () => {
    await using adm = await startUpstream(silence);
    await using gateway = await startGateway({ ADM_URL: adm.url });
    expect((await health(gateway.origin, '/health/ready')).status).toBe(200);
    expect(adm.requests).toEqual([]);
  });

  it('is live but not ready while the gateway drains, which takes nothing new then', async () => {
    await using adm = await startUpstream(silence);
    await using gateway = await startGateway({ ADM_URL: adm.url, DRAIN_SECONDS: '60' });
    const query = '{ account { pins { ... on Pin { type } ... on Error { code } } } }';
    const underWay = sendJson(gateway.origin, { query }, { 'x-adm-authorization': 'Bearer a' });
    await adm.received(1);
    const closing = gateway.gateway.close();

    expect(await health(gateway.origin, '/health/live')).toMatchObject({ status: 200 });
    expect(await health(gateway.origin, '/health/ready')).toEqual({
      status: 503,
      body: 'draining\n',
      cacheControl: 'no-store',
    });
    const refused = await sendJson(gateway.origin, { query: '{ __typename }' });
    expect(refused).toMatchObject({
      status: 503,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        connection: 'close',
        'retry-after': expect.stringMatching(/^\d+$/) as string,
      },
      body: '{"errors":[{"message":"This gateway is shutting down.","extensions":{"code":"DRAINING"}}]}',
    });

    // What was under way is finished all the same.
    expect(await underWay).toMatchObject({
      status: 200,
      body: '{"data":{"account":{"pins":[{"code":"TIMEOUT"}]}}}',
    });
    await closing;
    await expect(sendRaw(gateway.origin, '/health/live')).rejects.toThrow('ECONNREFUSED');
  });

  it('turns when a signal to shut down has told a subscriber', async () => {
    await using pace = await startUpstream(silence);
    await using gateway = await startGateway({ PACE_URL: pace.url });
    const names = { 'x-pace-authorization': 'Bearer a' };
    await using subscription = subscribeSse(gateway.origin, PinSetDocument, {}, names);
    await pace.received(1);
    const closing = gateway.gateway.close();
    expect((await subscription.completed).map((payload) => JSON.parse(payload) as unknown)).toEqual(
      [{ data: { pinSet: expect.objectContaining({ code: 'DRAINING' }) as unknown } }],
    );
    await closing;
  });
});

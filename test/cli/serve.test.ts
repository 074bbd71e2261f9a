import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { PinSetDocument } from '../generated/graphql.ts';
import { linesOf, originOf, runCli, startCli } from '../support/cli.ts';
import { connectWs, parsePayload, post, subscribeSse } from '../support/client.ts';
import { sendRaw } from '../support/raw-http.ts';
import { reply, silence, startUpstream } from '../support/upstream.ts';

const ADM_URL = 'http://127.0.0.1:9';

/** A port that something else listens on. */
async function takePort(): Promise<{ port: number } & AsyncDisposable> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

describe('pin-gateway serve with wrong settings', () => {
  it('lists them all, listens nowhere, and ends with 2', async () => {
    // If it began with anything, it would meet the port that is taken, and end with 1.
    await using taken = await takePort();
    const end = await runCli(['serve'], {
      PORT: String(taken.port),
      ADM_URL: 'https://user:s3cret-canary@adm.example',
      DRAIN_SECONDS: 'soon',
      LOG_LEVEL: 'loud',
    });
    expect(end).toEqual({
      status: 2,
      stdout: '',
      stderr: [
        'pin-gateway serve: the settings are wrong.',
        '  ADM_URL: has to be an http or https address without credentials, query or fragment',
        '  DRAIN_SECONDS: has to be a whole number from 0 to 86400',
        '  LOG_LEVEL: has to be one of fatal, error, warn, info, debug, trace, silent',
        '',
      ].join('\n'),
    });
  });

  it('says that an address is missing', async () => {
    expect(await runCli(['serve'])).toEqual({
      status: 2,
      stdout: '',
      stderr:
        'pin-gateway serve: the settings are wrong.\n' +
        '  ADM_URL, PACE_URL, PIMS_URL: at least one of them has to be set\n',
    });
  });
});

describe('pin-gateway serve', () => {
  it('logs where it listens, answers there, and writes nothing to standard error', async () => {
    await using adm = await startUpstream(reply(200, { totalRecords: 0, resourceSet: [] }));
    const few = { MAX_CONNECTIONS: '10' }; // every machine has as many descriptors
    await using gateway = startCli(['serve'], { PORT: '0', ADM_URL: adm.url, ...few });
    const origin = await originOf(gateway);
    const names = { 'x-adm-authorization': 'Bearer a' };
    const { body } = await post(origin, '{ account { pins { __typename } } }', {}, names);
    expect(body).toEqual({ data: { account: { pins: [] } } });

    gateway.kill('SIGTERM');
    const { status, stdout, stderr } = await gateway.ended;
    const port = Number(new URL(origin).port);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(linesOf(stdout)).toEqual([
      expect.objectContaining({
        msg: 'listening',
        host: '127.0.0.1',
        port,
        url: `${origin}/graphql`,
      }),
      expect.objectContaining({ msg: 'request', outcome: 'OK', providers: { ADM: 'OK' } }),
      expect.objectContaining({ msg: 'draining', drainSeconds: 20 }),
      expect.objectContaining({ msg: 'closed' }),
    ]);
  });

  it('says so when its port is taken, and ends with 1', async () => {
    await using taken = await takePort();
    const { port } = taken;
    expect(await runCli(['serve'], { PORT: String(port), ADM_URL })).toEqual({
      status: 1,
      stdout: '',
      stderr:
        `pin-gateway serve: can't listen at HOST 127.0.0.1, PORT ${port}: ` +
        `listen EADDRINUSE: address already in use 127.0.0.1:${port}\n`,
    });
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'tells silent subscribers on %s, and ends with 0',
    async (signal) => {
      await using pace = await startUpstream(silence);
      await using gateway = startCli(['serve'], { PORT: '0', PACE_URL: pace.url });
      const origin = await originOf(gateway);
      await using sse = subscribeSse(origin, PinSetDocument, {}, { 'x-pace-authorization': 'a' });
      await using ws = connectWs(origin, { 'x-pace-authorization': 'b' });
      const overWs = ws.subscribe(PinSetDocument, {});
      await pace.received(2);

      gateway.kill(signal);
      const payloads = [...(await sse.completed), ...(await overWs.completed)];
      const told = {
        data: {
          pinSet: {
            __typename: 'GatewayDrainingError',
            message: expect.stringMatching(/./) as string,
            code: 'DRAINING',
            retryAfterSeconds: expect.any(Number) as number,
          },
        },
      };
      expect(payloads.map((payload) => parsePayload(payload))).toEqual([told, told]);
      expect((await ws.closed).code).toBe(1001);
      expect(await gateway.ended).toMatchObject({ status: 0, stderr: '' });
    },
  );

  it('finishes what is under way when the signal comes', async () => {
    const asked = Promise.withResolvers<() => void>();
    await using adm = await startUpstream((response) => {
      asked.resolve(() => response.end('{"totalRecords":0,"resourceSet":[]}'));
    });
    await using gateway = startCli(['serve'], { PORT: '0', ADM_URL: adm.url });
    const origin = await originOf(gateway);
    const names = { 'x-adm-authorization': 'Bearer a' };
    const underWay = post(origin, '{ account { pins { __typename } } }', {}, names);
    const answer = await asked.promise;
    gateway.kill('SIGTERM');
    await gateway.printed(/"msg":"draining"/);
    expect((await sendRaw(origin, '/health/ready')).status).toBe(503);
    answer();
    expect(await underWay).toMatchObject({
      status: 200,
      body: { data: { account: { pins: [] } } },
    });
    expect(await gateway.ended).toMatchObject({ status: 0, stderr: '' });
  });

  it('cuts what is not done after DRAIN_SECONDS, and still ends with 0', async () => {
    await using adm = await startUpstream(silence);
    const settings = { PORT: '0', ADM_URL: adm.url, ADM_TIMEOUT_MS: '300000', DRAIN_SECONDS: '0' };
    await using gateway = startCli(['serve'], settings);
    const origin = await originOf(gateway);
    const names = { 'x-adm-authorization': 'Bearer a' };
    const underWay = post(origin, '{ account { pins { __typename } } }', {}, names);
    const cut = expect(underWay).rejects.toThrow();
    await adm.received(1);
    gateway.kill('SIGTERM');
    expect(await gateway.ended).toMatchObject({ status: 0, stderr: '' });
    await cut;
  });
});

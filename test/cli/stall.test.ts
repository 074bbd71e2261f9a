import { once } from 'node:events';
import { WebSocket } from 'ws';
import { describe, expect, it } from 'vitest';
import { PinSetDocument } from '../generated/graphql.ts';
import { onUsr2, originOf, startCli } from '../support/cli.ts';
import { parsePayload, post, subscribeSse } from '../support/client.ts';
import { pinSetEvent } from '../support/pin-set.ts';
import { sendRaw } from '../support/raw-http.ts';
import { openWs, payloadOf } from '../support/raw-websocket.ts';
import { reply, startUpstream } from '../support/upstream.ts';

const stallMs = 3_000;

/** Nothing else runs meanwhile: no timer, no socket. */
const stallCode =
  `process.stdout.write('stalling\\n'); ` +
  `Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${stallMs})`;
const stall = onUsr2(stallCode);

const query = '{ account { pins(providers: [ADM]) { __typename ... on ProviderError { code } } } }';
const names = { 'x-adm-authorization': 'Bearer a', 'x-pace-authorization': 'Bearer b' };

describe('A gateway whose event loop stands still for seconds', () => {
  it('keeps its subscribers, and answers what has come meanwhile', async () => {
    await using adm = await startUpstream(reply(200, { totalRecords: 0, resourceSet: [] }));
    const polled = Promise.withResolvers<() => void>();
    await using pace = await startUpstream((response, request) => {
      polled.resolve(() => reply(200)(response, request));
    });
    const settings = { PORT: '0', ADM_URL: adm.url, PACE_URL: pace.url, PACE_POLL_SECONDS: '25' };
    await using gateway = startCli(['serve'], { ...settings, ...stall });
    const origin = await originOf(gateway);
    await using sse = subscribeSse(origin, PinSetDocument, {}, names);
    await sse.opened;
    await using webSocket = await openWs(origin);
    await webSocket.init(names);
    const payload = { query: PinSetDocument.toString() };
    webSocket.send({ id: '1', type: 'subscribe', payload });
    await webSocket.settled();
    const setPin = await polled.promise;

    gateway.kill('SIGUSR2');
    await gateway.printed(/stalling/);
    const [health, { body }] = await Promise.all([
      sendRaw(origin, '/health/ready'),
      post(origin, query, {}, names),
    ]);
    expect([health.status, body]).toEqual([200, { data: { account: { pins: [] } } }]);

    setPin();
    const event = { data: { pinSet: pinSetEvent } };
    expect((await sse.completed).map((text) => parsePayload(text))).toEqual([event]);
    const next = await webSocket.received('next', '1');
    expect(JSON.parse(payloadOf(next))).toEqual(event);
    expect(pace.requests).toHaveLength(1);
  });

  it('takes the answer that a provider gave in time', async () => {
    const asked = Promise.withResolvers<() => void>();
    await using adm = await startUpstream((response, request) => {
      const answer = reply(200, { totalRecords: 0, resourceSet: [] });
      asked.resolve(() => answer(response, request));
    });
    const settings = { PORT: '0', ADM_URL: adm.url, ADM_TIMEOUT_MS: '2000' };
    await using gateway = startCli(['serve'], { ...settings, ...stall });
    const origin = await originOf(gateway);
    const underWay = post(origin, query, {}, names);
    const answer = await asked.promise;
    gateway.kill('SIGUSR2');
    await gateway.printed(/stalling/);
    answer();
    expect((await underWay).body).toEqual({ data: { account: { pins: [] } } });
    expect(adm.requests).toHaveLength(1);
  });

  it('hears of the pong that came while it stood still', async () => {
    // With a second between two pings a stall of three is as one of 45 seconds.
    const faster =
      'const real = setInterval; globalThis.setInterval = (run, ms) => real(run, ms / 15);';
    const settings = { PORT: '0', ADM_URL: 'http://127.0.0.1:9' };
    await using gateway = startCli(['serve'], { ...settings, ...onUsr2(stallCode, faster) });
    const origin = await originOf(gateway);
    await using webSocket = await openWs(origin, { autoPong: false });
    await webSocket.init();
    await once(webSocket.socket, 'ping');
    gateway.kill('SIGUSR2');
    await gateway.printed(/stalling/);
    webSocket.socket.pong();
    await webSocket.settled();
    webSocket.socket.pong();
    await once(webSocket.socket, 'ping');
    expect(webSocket.socket.readyState).toBe(WebSocket.OPEN);
  });
});

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
const stall = onUsr2(
  `process.stdout.write('stalling\\n'); ` +
    `Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${stallMs})`,
);

const query = '{ account { pins(providers: [ADM]) { __typename } } }';
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
});

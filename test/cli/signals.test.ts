import { describe, expect, it } from 'vitest';
import { PinSetDocument } from '../generated/graphql.ts';
import { linesOf, originOf, runCli, startCli } from '../support/cli.ts';
import { connectWs, parsePayload, post, subscribeSse } from '../support/client.ts';
import { pinSetEvent } from '../support/pin-set.ts';
import { sendRaw } from '../support/raw-http.ts';
import { reply, silence, startUpstream, type Respond } from '../support/upstream.ts';

const query = '{ account { pins(providers: [ADM]) { __typename ... on Pin { type status } } } }';

const item = { pinType: 'Adult', status: 'SET', extendedStatus: 'OPTIONAL', lockTimeRemaining: 0 };
const admAnswer = reply(200, { totalRecords: 1, resourceSet: [item] });
const whole = {
  data: { account: { pins: [{ __typename: 'Pin', type: 'Adult', status: 'SET' }] } },
};
const refusal = {
  errors: [{ message: 'This gateway is shutting down.', extensions: { code: 'DRAINING' } }],
};

const loops = 20;
const subscribers = 150;

describe('SIGTERM under load', () => {
  it('loses no request that was accepted, refuses what is new, and tells every subscriber', async () => {
    // What ADM has seen the gateway had accepted. One of those is answered last of all.
    const last = Promise.withResolvers<() => void>();
    const accepted = new Set<string>();
    const respond: Respond = (response, request) => {
      const user = request.headers.authorization ?? '';
      accepted.add(user);
      const answer = () => admAnswer(response, request);
      if (user === 'last') last.resolve(answer);
      else setTimeout(answer, 20);
    };
    await using adm = await startUpstream(respond);
    await using pace = await startUpstream(silence);
    const settings = { PORT: '0', ADM_URL: adm.url, PACE_URL: pace.url, ADM_TIMEOUT_MS: '20000' };
    await using gateway = startCli(['serve'], settings);
    const origin = await originOf(gateway);

    await using stack = new AsyncDisposableStack();
    const waiting = Array.from({ length: subscribers }, (_, index) => {
      const names = { 'x-pace-authorization': `subscriber ${index % 100}` };
      return index % 2 === 0
        ? stack.use(subscribeSse(origin, PinSetDocument, {}, names))
        : stack.use(stack.use(connectWs(origin, names)).subscribe(PinSetDocument, {}));
    });
    await pace.received(100);

    const answers = new Map<string, unknown>();
    const ask = async (user: string): Promise<'more' | 'closed'> => {
      try {
        const { status, body } = await post(origin, query, {}, { 'x-adm-authorization': user });
        answers.set(user, { status, body });
        return 'more';
      } catch {
        return 'closed'; // refused, or its connection ended before it was read
      }
    };
    const underWay = ask('last');
    const answerLast = await last.promise;
    const refused = Promise.withResolvers<undefined>();
    const load = Array.from({ length: loops }, async (_, loop) => {
      for (let turn = 0; (await ask(`user ${loop}-${turn}`)) === 'more'; turn++) {
        if (!accepted.has(`user ${loop}-${turn}`)) refused.resolve(undefined);
      }
    });
    await adm.received(200);
    gateway.kill('SIGTERM');
    await refused.promise;
    expect((await sendRaw(origin, '/health/ready')).status).toBe(503);
    answerLast();

    expect(await gateway.ended).toMatchObject({ status: 0, stderr: '' });
    await Promise.all([underWay, ...load]);
    const [ofAccepted, ofOthers] = [new Set<string>(), new Set<string>()];
    for (const user of accepted) ofAccepted.add(JSON.stringify(answers.get(user)));
    for (const [user, answer] of answers) {
      if (!accepted.has(user)) ofOthers.add(JSON.stringify(answer));
    }
    expect(accepted.size).toBeGreaterThanOrEqual(200);
    expect([...ofAccepted]).toEqual([JSON.stringify({ status: 200, body: whole })]);
    expect([...ofOthers]).toEqual([JSON.stringify({ status: 503, body: refusal })]);

    const told = (await Promise.all(waiting.map(({ completed }) => completed))).flat();
    expect(told).toHaveLength(subscribers);
    for (const payload of told) {
      expect(parsePayload(payload)).toMatchObject({
        data: { pinSet: { __typename: 'GatewayDrainingError' } },
      });
    }
  });

  it('sent again, after a second, cuts what is under way, and ends the process with 1', async () => {
    await using adm = await startUpstream(silence);
    const settings = { PORT: '0', ADM_URL: adm.url, ADM_TIMEOUT_MS: '60000', DRAIN_SECONDS: '60' };
    await using gateway = startCli(['serve'], settings);
    const origin = await originOf(gateway);
    const cut = expect(post(origin, query, {}, { 'x-adm-authorization': 'a' })).rejects.toThrow();
    await adm.received(1);
    const impatient = setInterval(() => gateway.kill('SIGTERM'), 300);
    const { status, stdout, stderr } = await gateway.ended;
    clearInterval(impatient);
    await cut;
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    const lines = linesOf(stdout);
    expect(lines.slice(lines.findIndex(({ msg }) => msg === 'draining'))).toEqual([
      expect.objectContaining({ level: 30, msg: 'draining' }),
      expect.objectContaining({ level: 40, signal: 'SIGTERM', msg: 'what is under way is cut' }),
      expect.objectContaining({ level: 30, outcome: 'CUT', msg: 'request' }),
      expect.objectContaining({ level: 30, msg: 'closed' }),
    ]);
  });
});

describe('SIGTERM before there is anything to close', () => {
  it.each(['serve', 'start', 'simulate'])('ends %s as asked', async (command) => {
    const preload = new URL('../support/signal-when-heard.ts', import.meta.url).href;
    const settings = { PORT: '0', ADM_URL: 'http://127.0.0.1:1' };
    const end = await runCli([command], { ...settings, NODE_OPTIONS: `--import=${preload}` });
    expect(end).toMatchObject({ status: 0, stderr: '' });
  });
});

describe('SIGKILL', () => {
  it('leaves nothing behind: the port is free, and who subscribes again gets the event', async () => {
    await using pace = await startUpstream(silence);
    const names = { 'x-pace-authorization': 'Bearer ann' };
    const settings = { PACE_URL: pace.url };
    const first = startCli(['serve'], { ...settings, PORT: '0' });
    const origin = await originOf(first);
    const lost = [
      subscribeSse(origin, PinSetDocument, {}, names).completed,
      connectWs(origin, names).subscribe(PinSetDocument, {}).completed,
    ].map((completed) => expect(completed).rejects.toBeDefined());
    await pace.received(1);
    first.kill('SIGKILL');
    expect(await first.ended).toMatchObject({ status: null, stderr: '' });
    await Promise.all(lost);
    await pace.requests[0]?.aborted;

    // The poll of those who came back is answered when both of them wait for it.
    const poll = Promise.withResolvers<() => void>();
    pace.respond = (response, request) => poll.resolve(() => reply(200)(response, request));
    await using second = startCli(['serve'], { ...settings, PORT: new URL(origin).port });
    expect(await originOf(second)).toBe(origin);
    await using sse = subscribeSse(origin, PinSetDocument, {}, names);
    await sse.opened;
    await using webSocket = connectWs(origin, names);
    const overWebSocket = webSocket.subscribe(PinSetDocument, {});
    await webSocket.subscribe('{ __typename }', {}).completed;
    const setPin = await poll.promise;
    setPin();
    const told = [...(await sse.completed), ...(await overWebSocket.completed)];
    expect(told.map((payload) => parsePayload(payload))).toEqual([
      { data: { pinSet: pinSetEvent } },
      { data: { pinSet: pinSetEvent } },
    ]);
    expect(pace.requests).toHaveLength(2);
  });
});

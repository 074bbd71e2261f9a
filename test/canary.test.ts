import { describe, expect, it } from 'vitest';
import { AccountPinsDocument, GenerateOtpDocument, PinSetDocument } from './generated/graphql.ts';
import { askOver, type RawOperation } from './support/ask.ts';
import { canaries, canaryNames, echo, echoFailure, reset, traces } from './support/canaries.ts';
import { originOf, startCli } from './support/cli.ts';
import { subscribeSse } from './support/client.ts';
import { graphqlPathWith, sendRaw, type RawRequest } from './support/raw-http.ts';
import { openWs } from './support/raw-websocket.ts';
import { inTurn, reply, silence, startUpstream, type Respond } from './support/upstream.ts';

const pins: RawOperation = { query: AccountPinsDocument.toString() };
const pinSet: RawOperation = { query: PinSetDocument.toString() };
const otpWith = (pinCode: unknown): RawOperation => ({
  query: GenerateOtpDocument.toString(),
  variables: { input: { pinCode } },
});
const otp = otpWith(canaries.pin);
const otpLiteral = (value: string): RawOperation => ({
  query: `mutation { generateOtp(input: { pinCode: ${value} }) { __typename } }`,
});

/** Operations with a PIN, or something else of the client's, in the wrong place. */
const mistakes: RawOperation[] = [
  otpWith(Number(canaries.number)),
  otpWith([canaries.pin]),
  otpWith(canaries.pin.repeat(9)),
  { query: GenerateOtpDocument.toString(), variables: { input: canaries.pin } },
  { query: AccountPinsDocument.toString(), variables: { providers: [canaries.variable] } },
  { query: PinSetDocument.toString(), variables: { timeoutSeconds: canaries.variable } },
  { query: '{ __typename }', variables: { unused: canaries.variable } },
  { query: '{ __typename }', extensions: { odd: canaries.variable } },
  { query: 'query A { __typename }', operationName: canaries.word },
  otpLiteral(canaries.number),
  otpLiteral(canaries.zero),
  otpLiteral(canaries.word),
  otpLiteral(`"${canaries.pin}`),
  otpLiteral(`'${canaries.pin}'`),
  { query: `{ account "${canaries.pin}" }` },
  { query: `{ account """${canaries.pin}""" }` },
  { query: `{ account ${canaries.number} }` },
  { query: `{ __typename @skip(if: "${canaries.variable}") }` },
];

const json = { ...canaryNames, 'content-type': 'application/json' };

/** Requests that are no operation. */
const requests: [path: string, request: RawRequest][] = [
  ['/graphql', { method: 'POST', headers: json, body: `{"variables":{"pin":"${canaries.pin}"` }],
  ['/graphql', { method: 'POST', headers: json, body: `{"pin":${canaries.zero}}` }],
  ['/graphql', { method: 'POST', headers: json, body: `["${canaries.pin}"]` }],
  [
    '/graphql',
    {
      method: 'POST',
      headers: { ...canaryNames, 'content-type': canaries.foreign },
      body: canaries.pin,
    },
  ],
  [
    graphqlPathWith({ query: '{ __typename }', variables: `{"p":"${canaries.pin}` }),
    { headers: canaryNames },
  ],
  [graphqlPathWith({ query: `{ account "${canaries.pin}" }` }), { headers: canaryNames }],
  [`/graphql?pin=${canaries.pin}`, { headers: { ...canaryNames, accept: 'text/html' } }],
  [`/graphiql/${canaries.pin}.js`, { headers: canaryNames }],
  [`/${canaries.pin}`, { headers: canaryNames }],
  ['/health/ready', { headers: canaryNames }],
];

/** Messages that are no graphql-transport-ws, each sent on a socket of its own. */
const oddMessages: (object | string)[] = [
  `{"type":"${canaries.pin}"`,
  canaries.pin,
  { type: canaries.pin },
  { id: '1', type: 'subscribe', payload: { query: canaries.number, variables: canaries.pin } },
  { id: '1', type: 'subscribe', payload: canaries.pin },
  { type: 'connection_init', payload: canaries.pin },
  { id: canaries.pin, type: canaries.pin },
];

/** Payloads of connection_init that have something odd where a header's value is due. */
const oddPayloads: Record<string, unknown>[] = [
  { 'x-adm-authorization': [canaries.adm] },
  { 'x-pace-authorization': { value: canaries.pace } },
  { authorization: `${canaries.plain}\r\nx-injected: 1` },
  { 'nv-tenant-id': Number(canaries.number) },
  { 'X-PIMS-Authorization': `${canaries.pims}\u0000` },
  { 'x-request-id': `${canaries.foreign} ` },
  { [canaries.foreign]: canaries.foreign },
];

const succeeded: Respond = reply(200, {
  transactionId: 'the exchange',
  status: 'SUCCEEDED',
  result: { otp: canaries.otp },
});

const pimsCodes = [
  2000, 2001, 2006, 2101, 2102, 2202, 2308, 2309, 2310, 2311, 2312, 2313, 2314, 2316, 2317, 9999,
];

/** What an upstream may do wrong, an OTP in the wrong place among it. */
const upsets: Respond[] = [
  echo,
  reset,
  silence,
  ...[301, 400, 403, 404, 408, 418, 429, 500, 501, 503].map(
    (status): Respond =>
      (response, request) => {
        reply(status, `${request.headers.authorization ?? ''} ${request.body}`)(response, request);
      },
  ),
  reply(200, `<html>${canaries.otp}`),
  reply(200, { status: 'SUCCEEDED', result: { otp: [canaries.otp] } }),
  reply(200, { status: 'FAILED', error: { code: canaries.otp, label: canaries.otp } }),
];

const tracesIn = (text: string): string[] => traces.filter((trace) => text.includes(trace));

describe('a secret', () => {
  it('is nowhere but where it is due, whatever happens', { timeout: 60_000 }, async () => {
    await using adm = await startUpstream(silence);
    await using pace = await startUpstream(silence);
    await using pims = await startUpstream(silence);
    await using gateway = startCli(['serve'], {
      ...{ PORT: '0', LOG_LEVEL: 'trace' },
      ...{ OTP_ATTEMPTS_PER_MINUTE: '1000', OTP_ATTEMPTS_PER_MINUTE_PER_ADDRESS: '1000' },
      ...{ ADM_URL: adm.url, PACE_URL: pace.url, PIMS_URL: pims.url },
      ...{ ADM_TIMEOUT_MS: '200', PACE_TIMEOUT_MS: '200', PIMS_TIMEOUT_MS: '200' },
      ...{ PACE_POLL_SECONDS: '1', PIN_SET_GIVE_UP_SECONDS: '1' },
    });
    const origin = await originOf(gateway);
    const answers: string[] = [];
    const note = (answer: unknown): unknown => answers.push(JSON.stringify(answer));
    const askEverywhere = async (operation: RawOperation): Promise<void> => {
      for (const ask of Object.values(askOver)) note(await ask(origin, operation, canaryNames));
    };

    // The one place where the password is due.
    pims.respond = succeeded;
    for (const ask of Object.values(askOver)) {
      expect(await ask(origin, otp, canaryNames)).toMatchObject({
        data: { generateOtp: { __typename: 'Otp', value: canaries.otp } },
      });
    }

    for (const upset of upsets) {
      adm.respond = pace.respond = pims.respond = upset;
      await askEverywhere(otp);
      await askEverywhere(pins);
    }
    for (const code of pimsCodes) {
      pims.respond = echoFailure(code);
      await askEverywhere(otp);
    }
    for (const upset of [echo, inTurn(reset, reply(200))]) {
      pace.respond = upset;
      note(await askOver.SSE(origin, pinSet, canaryNames));
      pace.respond = upset;
      note(await askOver.WebSocket(origin, pinSet, canaryNames));
    }

    for (const mistake of mistakes) await askEverywhere(mistake);
    for (const [path, request] of requests) note(await sendRaw(origin, path, request));
    for (const message of oddMessages) {
      await using socket = await openWs(origin, { headers: canaryNames });
      if (typeof message === 'string' || !('payload' in message) || 'id' in message) {
        await socket.init();
      }
      socket.send(message);
      socket.send({ type: 'ping' });
      await Promise.race([socket.closed, socket.received('pong').catch(() => undefined)]);
      socket.socket.close();
      note([await socket.closed, ...socket.messages]);
    }
    for (const payload of oddPayloads) {
      await using socket = await openWs(origin, { headers: canaryNames });
      socket.send({ type: 'connection_init', payload });
      await Promise.race([socket.closed, socket.received('connection_ack').catch(() => undefined)]);
      socket.socket.close();
      note([await socket.closed, ...socket.messages]);
    }

    pace.respond = silence;
    const polls = pace.requests.length;
    const waiting = subscribeSse(origin, PinSetDocument, {}, canaryNames);
    await pace.received(polls + 1);
    gateway.kill('SIGTERM');
    note(await waiting.completed);
    const { status, stdout, stderr } = await gateway.ended;

    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('"outcome":"REFUSED"');
    expect(tracesIn(stdout)).toEqual([]);
    expect(answers.filter((answer) => tracesIn(answer).length > 0)).toEqual([]);

    // Each provider got its own credential, PIMS the PIN, and nobody anything else.
    const due = { adm: [canaries.adm], pace: [canaries.pace], pims: [canaries.pims, canaries.pin] };
    for (const [name, upstream] of Object.entries({ adm, pace, pims })) {
      const got = upstream.requests.map(({ url, rawHeaders, body }) => [url, ...rawHeaders, body]);
      expect(new Set(tracesIn(JSON.stringify(got)))).toEqual(
        new Set(tracesIn(due[name as keyof typeof due].join())),
      );
    }
  });
});

import { describe, expect, it } from 'vitest';
import { PinSetDocument } from '../generated/graphql.ts';
import { openWs, payloadOf } from '../support/raw-websocket.ts';
import { as, overSse, startPinSetStage, type PinSetVariables } from '../support/pin-set.ts';
import { inTurn, reply, type Respond } from '../support/upstream.ts';

/** Subscribes over both, waits until both are taken in, and resolves with what each was sent. */
async function bytesOverBoth(
  origin: string,
  headers: Record<string, string>,
  variables: PinSetVariables = {},
  onJoined: () => void = () => undefined,
): Promise<{ readonly sse: readonly string[]; readonly webSocket: readonly string[] }> {
  await using connection = await openWs(origin);
  await connection.init(headers);
  const payload = { query: PinSetDocument.toString(), variables };
  connection.send({ id: 'pin', type: 'subscribe', payload });
  await connection.settled();
  await using subscription = await overSse.join(origin, headers, variables);
  onJoined();
  await connection.received('complete', 'pin');
  const messages = connection.messages.filter((text) => text.startsWith('{"id":"pin","type":"n'));
  return { sse: await subscription.completed, webSocket: messages.map(payloadOf) };
}

/** Holds the first answer until both subscribers wait for it. */
function once(respond: Respond): { readonly respond: Respond; readonly answer: () => void } {
  let answer = (): void => undefined;
  return {
    respond: (response, request) => (answer = () => respond(response, request)),
    answer: () => answer(),
  };
}

const words = {
  errors: [
    {
      id: 'e-1',
      code: 'missing-linked-identity',
      title: 'Ünlinked “identity”',
      detail: '</script>\n',
    },
  ],
};

describe('The bytes of the result are the same over SSE and WebSocket', () => {
  it.each([
    ['a PIN that is set', reply(200)],
    ['an error with the words of the provider', reply(401, words)],
    ['an error without words', reply(403)],
    ['an answer outside of the contract', reply(202)],
    ['an input error', reply(422)],
  ])('for %s', async (_what, respond) => {
    const script = once(respond);
    await using stage = await startPinSetStage(script.respond);
    const { sse, webSocket } = await bytesOverBoth(stage.origin, as('ann'), {}, script.answer);
    expect(sse).toEqual([expect.stringMatching(/^\{"data":\{"pinSet":\{"__typename":"/)]);
    expect(webSocket).toEqual(sse);
    expect(stage.pace.requests).toHaveLength(1);
  });

  it('for giving up', async () => {
    const busy = reply(429, '', { 'retry-after': '5' });
    await using stage = await startPinSetStage(inTurn(reply(404), busy), {
      PIN_SET_GIVE_UP_SECONDS: '1',
    });
    const { sse, webSocket } = await bytesOverBoth(stage.origin, as('ann'));
    expect(sse).toEqual([expect.stringContaining('"retryAfterSeconds":5')]);
    expect(webSocket).toEqual(sse);
  });

  it.each([
    ['no credential', {}, {}],
    ['PinStillUnset', as('ann'), { timeoutSeconds: 1 }],
    ['a timeoutSeconds out of range', as('ann'), { timeoutSeconds: 0 }],
  ])('for %s', async (_what, headers, variables) => {
    await using stage = await startPinSetStage(() => undefined);
    const { sse, webSocket } = await bytesOverBoth(stage.origin, headers, variables);
    expect(sse).toEqual([expect.stringMatching(/^\{"data":\{"pinSet":\{"__typename":"/)]);
    expect(webSocket).toEqual(sse);
  });
});

/** The `errors` that a document or its variables get over SSE. */
async function errorsOverSse(origin: string, payload: object): Promise<string> {
  const response = await fetch(`${origin}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify(payload),
  });
  return /"errors":(\[.*\])\}$/m.exec(await response.text())?.[1] ?? '';
}

/** The same over WebSocket: the payload of `error`, or in that of `next` once it has begun. */
async function errorsOverWebSocket(origin: string, payload: object): Promise<string> {
  await using connection = await openWs(origin);
  await connection.init();
  connection.send({ id: '1', type: 'subscribe', payload });
  const message = await Promise.race([
    connection.received('error', '1'),
    connection.received('next', '1'),
  ]);
  return /"(?:payload|errors)":(\[.*\])\}+$/.exec(message)?.[1] ?? '';
}

describe('The errors of GraphQL itself are the same over SSE and WebSocket', () => {
  const query = PinSetDocument.toString();
  it.each([
    ['a syntax error', { query: 'subscription {' }],
    ['an unknown field', { query: 'subscription { pinUnset { __typename } }' }],
    [
      'two root fields',
      { query: 'subscription { a: pinSet { __typename } b: pinSet { __typename } }' },
    ],
    ['a variable of the wrong type', { query, variables: { timeoutSeconds: 'soon' } }],
    ['a number that is no Int', { query, variables: { timeoutSeconds: 2 ** 31 } }],
  ])('for %s', async (_what, payload) => {
    await using stage = await startPinSetStage(reply(200));
    const sse = await errorsOverSse(stage.origin, payload);
    expect(sse).toMatch(/^\[\{"message":"/);
    expect(await errorsOverWebSocket(stage.origin, payload)).toBe(sse);
    expect(stage.pace.requests).toEqual([]);
  });
});

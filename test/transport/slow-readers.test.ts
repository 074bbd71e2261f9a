import { describe, expect, it } from 'vitest';
import { PinSetDocument } from '../generated/graphql.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { as, only, pinSetEvent, resultsOf, startPinSetStage, overSse } from '../support/pin-set.ts';
import { openConnection, postOf } from '../support/raw-connection.ts';
import { openWs } from '../support/raw-websocket.ts';
import { reply, type Respond } from '../support/upstream.ts';

const ADM_URL = 'http://127.0.0.1:1';
const verbose = { MAX_QUERY_BYTES: '1000000' };
const impatient = { ...verbose, SEND_TIMEOUT_MS: '500', MAX_MESSAGES_PER_SECOND: '100000' };

/** An answer of 40 kB to nothing but a name; four hundred of them fill every buffer between us. */
const alias = 'a'.repeat(40_000);
const flood = 400;
const query = `{ ${alias}: __typename }`;

describe('A client that does not read', () => {
  it.each([
    ['its answers', postOf({ query })],
    [
      'its events',
      postOf(
        { query: `subscription { ${alias}: pinSet { __typename } }` },
        'accept: text/event-stream',
      ),
    ],
  ])('%s over HTTP is cut, alone', async (_what, request) => {
    await using stage = await startPinSetStage(reply(200), impatient);
    await using witness = await openWs(stage.origin);
    await witness.init();
    await using connection = await openConnection(stage.origin);
    connection.pause();
    for (let index = 0; index < flood; index++) connection.write(request);
    await cut(stage.gateway);
    await witness.settled();
    expect(stage.gateway.log().match(/client cut/g)).toHaveLength(1);
  });

  it('its messages over WebSocket for too long is cut, alone', async () => {
    await using gateway = await startGateway({ ADM_URL, ...impatient });
    await using witness = await openWs(gateway.origin);
    await witness.init();
    await using connection = await openWs(gateway.origin);
    await connection.init();
    connection.socket.pause();
    for (let id = 0; id < flood; id++) {
      connection.send({ id: String(id), type: 'subscribe', payload: { query } });
    }
    await cut(gateway);
    await witness.settled();
    connection.socket.resume();
    expect((await connection.closed).code).toBe(1006);
    expect(gateway.log().match(/client cut/g)).toHaveLength(1);
  });

  it('too many bytes over WebSocket is cut, alone, and at once', async () => {
    const answers: (() => void)[] = [];
    const respond: Respond = (response, request) =>
      answers.push(() => reply(200)(response, request));
    await using stage = await startPinSetStage(respond, verbose);
    await using witness = await overSse.join(stage.origin, as('bob'));
    await using connection = await openWs(stage.origin);
    await connection.init(as('ann'));
    // Events that nobody asks for again: reading no more from the client does not keep them back.
    const event = `subscription { ${alias.repeat(8)}: pinSet { __typename } }`;
    for (let id = 0; id < 99; id++) {
      connection.send({ id: String(id), type: 'subscribe', payload: { query: event } });
    }
    await connection.settled();
    connection.socket.pause();
    expect(stage.gateway.gateway.subscribers()).toBe(100);
    for (const answer of answers) answer();
    expect(await resultsOf(witness)).toEqual(only(pinSetEvent));
    connection.socket.resume();
    expect((await connection.closed).code).toBe(1006);
  });
});

it('An SSE stream with nothing to say is not taken for one that is not read', async () => {
  let answer = (): void => undefined;
  const respond: Respond = (response, request) => (answer = () => reply(200)(response, request));
  await using stage = await startPinSetStage(respond, impatient);
  await using connection = await openConnection(stage.origin);
  const credential = 'x-pace-authorization: Bearer ann';
  const subscription = { query: PinSetDocument.toString() };
  connection.write(postOf(subscription, credential, 'accept: text/event-stream'));
  await stage.pace.received(1);
  await new Promise((resolve) => setTimeout(resolve, 1_200)); // twice the time, and more
  answer();
  await connection.received(/event: complete/);
});

/** Resolves when the gateway has logged that it has cut a client. */
async function cut(gateway: TestGateway): Promise<void> {
  while (!gateway.log().includes('client cut'))
    await new Promise((resolve) => setTimeout(resolve, 20));
}

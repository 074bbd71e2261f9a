import { describe, expect, it } from 'vitest';
import type { PinResult } from '../../src/providers/provider.ts';
import { Secret } from '../../src/secret.ts';
import { GenerateOtpDocument, PinSetDocument } from '../generated/graphql.ts';
import { set as pinThatIsSet } from '../hub/fake-poll.ts';
import { makeKnown } from '../support/hot.ts';
import { as, eachTransport, only, pinSetEvent, resultsOf } from '../support/pin-set.ts';
import { openConnection, postOf, type RawConnection } from '../support/raw-connection.ts';
import { graphqlPathWith, sendJson, sendRaw } from '../support/raw-http.ts';
import { openWs } from '../support/raw-websocket.ts';
import { startStubbed, type Behaviour, type StubbedServer } from '../support/stub-services.ts';

/** So long every one-time password keeps the event loop from everything else. */
const blockMs = 60;

/** What it takes to begin is a turn of the event loop of 50 ms. */
const settings = { MAX_EVENT_LOOP_DELAY_MS: '50', MAX_BUSY_OPERATIONS: '1000' };

function block(): void {
  const until = performance.now() + blockMs;
  while (performance.now() < until);
}

const behaviour: Behaviour = {
  readPins: () => Promise.resolve([]),
  waitForPin: () => new Promise(() => undefined),
  generateOtp() {
    block();
    return Promise.resolve({
      kind: 'Otp',
      provider: 'PIMS',
      value: new Secret('1'),
      transactionId: 't',
    });
  },
};

const otp = {
  query: GenerateOtpDocument.toString(),
  variables: { input: { pinCode: '1234' } },
};
const known = { query: '{ __typename }' };
const pins = postOf({ query: '{ account { pins(providers: [ADM]) { __typename } } }' });
const refusal = {
  message: 'This gateway has too much to do. Try again later.',
  extensions: { code: 'OVERLOADED' },
};
const refusalHeaders = {
  'retry-after': '1',
  'content-type': 'application/json; charset=utf-8',
  'cache-control': 'no-store',
  'x-request-id': expect.stringMatching(/./) as string,
};

/** Keeps a gateway so busy that it sheds load, until told to stop. */
async function overload({ origin }: StubbedServer): Promise<() => Promise<readonly number[]>> {
  let isOver = false;
  const statuses: number[] = [];
  const client = async (): Promise<void> => {
    while (!isOver) statuses.push((await sendJson(origin, otp)).status);
  };
  const clients = Array.from({ length: 6 }, client);
  while (!statuses.includes(503)) await sendRaw(origin, '/health/live');
  return async () => {
    isOver = true;
    await Promise.all(clients);
    return statuses;
  };
}

const ready = async ({ origin }: StubbedServer): Promise<string> => {
  const { status, body } = await sendRaw(origin, '/health/ready');
  return `${status} ${body.trim()}`;
};

describe('A gateway with more to do than it can', () => {
  it('serves some, refuses the others with 503 and Retry-After, and says that it is not ready', async () => {
    await using server = await startStubbed(behaviour, undefined, settings);
    expect(await ready(server)).toBe('200 ready');
    const stop = await overload(server);
    expect(await ready(server)).toBe('503 overloaded');
    expect((await sendRaw(server.origin, '/health/live')).status).toBe(200);
    let refused;
    while (refused?.status !== 503) refused = await sendJson(server.origin, known);
    expect(JSON.parse(refused.body)).toEqual({ errors: [refusal] });
    expect(refused.headers).toMatchObject(refusalHeaders);
    const path = graphqlPathWith(known);
    while ((await sendRaw(server.origin, path)).status !== 503); // a query string is no way around
    await using connection = await openConnection(server.origin);
    for (let index = 0; index < 10; index++) connection.write(postOf(known));
    await connection.received(/ 503 .* (?:200|503) /s); // it stays open
    while ((await sendJson(server.origin, otp)).status !== 200); // it serves what it can
    const statuses = await stop();
    expect(new Set(statuses)).toEqual(new Set([200, 503]));
  });

  it('is as before when it is over, and has told the log once of each', async () => {
    await using server = await startStubbed(behaviour, undefined, settings);
    const stop = await overload(server);
    await stop();
    const stoppedAt = performance.now();
    while ((await ready(server)) !== '200 ready');
    expect(performance.now() - stoppedAt).toBeLessThan(5_000);
    expect((await sendJson(server.origin, otp)).status).toBe(200);
    const lines = server.logLines().filter(({ msg }) => String(msg).startsWith('load shedding'));
    expect(lines).toEqual([
      expect.objectContaining({ level: 40, msg: 'load shedding begins' }),
      expect.objectContaining({ level: 40, msg: 'load shedding ends' }),
    ]);
  });

  it('leaves open sockets and subscriptions alone, and refuses new ones', async () => {
    await using server = await startStubbed(behaviour, undefined, settings);
    await using connection = await openWs(server.origin);
    await connection.init(as('ann'));
    const payload = { query: PinSetDocument.toString() };
    connection.send({ id: 'before', type: 'subscribe', payload });
    await connection.settled();
    const stop = await overload(server);
    const errors = (): readonly string[] =>
      connection.messages.filter((text) => text.includes('"error"'));
    for (let id = 0; errors().length === 0; id++) {
      connection.send({ id: `query ${id}`, type: 'subscribe', payload: known });
      connection.send({ type: 'ping', payload: { id } });
      await connection.received('pong');
      await sendRaw(server.origin, '/health/live');
    }
    expect(JSON.parse(errors()[0] ?? '')).toMatchObject({ type: 'error', payload: [refusal] });
    let upgrade;
    while (upgrade !== 'Unexpected server response: 503') {
      upgrade = await openWs(server.origin).then(
        (socket) => socket[Symbol.asyncDispose](),
        (error: unknown) => (error as Error).message,
      );
    }
    await stop();
    while ((await ready(server)) !== '200 ready');
    await connection.settled();
    expect(connection.messages.filter((text) => text.includes('"before"'))).toEqual([]);
  });

  it.each(eachTransport)(
    'lets the event of an open subscription through over %s',
    async (_name, transport) => {
      const isSet = Promise.withResolvers<PinResult>();
      const waitForPin = () => isSet.promise;
      await using server = await startStubbed({ ...behaviour, waitForPin }, undefined, settings);
      await using subscription = await transport.join(server.origin, as('ann'));
      const stop = await overload(server);
      expect(subscription.payloads).toEqual([]);
      isSet.resolve(pinThatIsSet);
      expect(await resultsOf(subscription)).toEqual(only(pinSetEvent));
      expect(await ready(server)).toBe('503 overloaded');
      await stop();
    },
  );

  it('refuses a new subscription over SSE with 503 and Retry-After, as everything new', async () => {
    await using server = await startStubbed(behaviour, undefined, settings);
    const stop = await overload(server);
    // A wait of no time ends at once.
    const query = 'subscription { pinSet(timeoutSeconds: 0) { __typename } }';
    let refused;
    while (refused?.status !== 503) {
      refused = await sendJson(server.origin, { query }, { accept: 'text/event-stream' });
    }
    expect(JSON.parse(refused.body)).toEqual({ errors: [refusal] });
    expect(refused.headers).toMatchObject(refusalHeaders);
    await stop();
  });

  it.each([
    ['many operations', { ...settings, MAX_BUSY_OPERATIONS: '2' }, 12],
    ['the turn alone', settings, 30],
  ])(
    'finds out by %s while so many are ready that the turn does not end',
    async (_by, how, most) => {
      const clients = 40;
      let readPins: Behaviour['readPins'] = behaviour.readPins;
      const stub: Behaviour = { ...behaviour, readPins: (...call) => readPins(...call) };
      await using server = await startStubbed(stub, undefined, how);
      await makeKnown(server.origin, pins);
      await using stack = new AsyncDisposableStack();
      const connections: RawConnection[] = [];
      for (let count = 0; count < clients; count++) {
        connections.push(stack.use(await openConnection(server.origin)));
      }

      // All that is asked for at once waits until the turn is over.
      const turn = Promise.withResolvers<undefined>();
      let begun = 0;
      readPins = async () => {
        if (begun++ === 0) setImmediate(() => turn.resolve(undefined));
        block();
        await turn.promise;
        return [];
      };
      for (const connection of connections) connection.write(pins);
      await turn.promise;
      expect(begun).toBeGreaterThan(4);
      await Promise.all(connections.map((connection) => connection.received(/HTTP/)));
      const statuses = connections.map((connection) => connection.text().slice(9, 12));
      expect(statuses.filter((status) => status === '200')).toHaveLength(begun);
      expect(statuses.filter((status) => status === '503')).toHaveLength(clients - begun);
      expect(begun).toBeLessThan(most);
    },
  );

  it('does not take one stall after the other for it', async () => {
    await using server = await startStubbed(behaviour, undefined, settings);
    for (let turn = 0; turn < 3; turn++) await sendJson(server.origin, otp);
    expect(await ready(server)).toBe('200 ready');
  });
});

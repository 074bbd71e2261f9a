import { describe, expect, it } from 'vitest';
import { AccountPinsDocument, GenerateOtpDocument } from '../generated/graphql.ts';
import { connectWs, post, type Subscription } from '../support/client.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { reply, silence, startUpstream, type ScriptedUpstream } from '../support/upstream.ts';
import { credentials } from './harness.ts';

interface Silent extends AsyncDisposable {
  readonly gateway: TestGateway;
  readonly origin: string;
  readonly upstreams: readonly ScriptedUpstream[];
}

/** A gateway whose ADM and PACE, or whose PIMS, have a request and do not answer it. */
async function startSilent(...names: readonly ('ADM' | 'PACE' | 'PIMS')[]): Promise<Silent> {
  const upstreams = await Promise.all(names.map(() => startUpstream(silence)));
  const gateway = await startGateway({
    ...Object.fromEntries(names.map((name, index) => [`${name}_URL`, upstreams[index]?.url])),
    ...Object.fromEntries(names.map((name) => [`${name}_TIMEOUT_MS`, '60000'])),
  });
  return {
    gateway,
    origin: gateway.origin,
    upstreams,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      await Promise.all(upstreams.map((upstream) => upstream[Symbol.asyncDispose]()));
    },
  };
}

const received = ({ upstreams }: Silent, count = 1): Promise<unknown> =>
  Promise.all(upstreams.map((upstream) => upstream.received(count)));

/** Each upstream's one request was aborted within a second after `since`. */
async function abortedWithinASecond({ upstreams }: Silent, since: number): Promise<void> {
  for (const { requests } of upstreams) {
    const abortedAt = (await requests[0]?.aborted) ?? Infinity;
    expect(abortedAt - since).toBeLessThan(1000);
  }
  expect(upstreams.map(({ requests }) => requests.length)).toEqual(upstreams.map(() => 1));
}

const operations: readonly [
  name: string,
  providers: readonly ('ADM' | 'PACE' | 'PIMS')[],
  document: string,
  variables: object,
][] = [
  ['the status query', ['ADM', 'PACE'], AccountPinsDocument.toString(), {}],
  ['generateOtp', ['PIMS'], GenerateOtpDocument.toString(), { input: { pinCode: '1234' } }],
];

describe.each(operations)('A client that leaves %s', (_name, providers, document, variables) => {
  it('by closing its HTTP connection ends the upstream requests at once', async () => {
    await using silent = await startSilent(...providers);
    const controller = new AbortController();
    const answer = post(silent.origin, document, variables, credentials, controller.signal);
    await received(silent);
    const since = performance.now();
    controller.abort();
    await expect(answer).rejects.toThrow();
    await abortedWithinASecond(silent, since);
  });

  it.each<[string, (client: ReturnType<typeof connectWs>, running: Subscription) => Promise<void>]>(
    [
      [
        'completing it over WebSocket',
        (_client, running) => {
          running.leave();
          return Promise.resolve();
        },
      ],
      ['closing its WebSocket', async (client) => (await client.socket()).close(1000)],
      ['breaking its WebSocket off', async (client) => (await client.socket()).terminate()],
    ],
  )('by %s ends the upstream requests at once', async (_how, leave) => {
    await using silent = await startSilent(...providers);
    await using client = connectWs(silent.origin, credentials);
    await using running = client.subscribe(document, variables);
    await received(silent);
    const since = performance.now();
    await leave(client, running);
    await abortedWithinASecond(silent, since);
    expect(running.payloads).toEqual([]);
  });
});

describe('A client that stays', () => {
  it('is answered over the same WebSocket after it has left another operation', async () => {
    await using silent = await startSilent('ADM', 'PACE');
    await using client = connectWs(silent.origin, credentials);
    await using left = client.subscribe(AccountPinsDocument, { providers: ['PACE'] });
    await using other = client.subscribe(AccountPinsDocument, { providers: ['ADM'] });
    await received(silent);
    const [adm, pace] = silent.upstreams;
    left.leave();
    await pace?.requests[0]?.aborted;
    expect([adm?.open, pace?.open]).toEqual([1, 0]);

    if (pace) pace.respond = reply(200);
    await using third = client.subscribe(AccountPinsDocument, { providers: ['PACE'] });
    expect(await third.completed).toHaveLength(1);
    expect(other.payloads).toEqual([]);
    expect([adm?.open, pace?.open]).toEqual([1, 0]);
  });
});

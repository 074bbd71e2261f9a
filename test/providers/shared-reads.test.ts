import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Cancellation, type Signal } from '../../src/cancellation.ts';
import type { Pin } from '../../src/pins.ts';
import type { PinResult } from '../../src/providers/provider.ts';
import { shareReads } from '../../src/providers/share-reads.ts';
import { Secret } from '../../src/secret.ts';
import {
  AccountPinsDocument,
  ProvidersDocument,
  type AccountPinsQuery,
} from '../generated/graphql.ts';
import { connectWs, parsePayload } from '../support/client.ts';
import { reply, silence } from '../support/upstream.ts';
import { pinEntry } from './entries.ts';
import { askOtp, askPins, startWith } from './harness.ts';

const user = (name: string): Record<string, string> => ({
  'x-adm-authorization': `Bearer ${name}`,
  'x-pace-authorization': `Bearer ${name}`,
  'x-pims-authorization': `Bearer ${name}`,
});

const pinsIn = ([payload = '']: readonly string[]): unknown =>
  parsePayload<AccountPinsQuery>(payload).data?.account.pins;

const set = [pinEntry('PACE', 'USER', 'SET')];

describe('Status queries with the same credential', () => {
  it('are one request upstream while it is under way, and another one after it', async () => {
    const answers: (() => void)[] = [];
    await using pace = await startWith('PACE', (...args) => {
      answers.push(() => reply(200)(...args));
    });
    await using client = connectWs(pace.origin, user('a'));
    await using first = client.subscribe(AccountPinsDocument, { providers: ['PACE'] });
    await using second = client.subscribe(AccountPinsDocument, { providers: ['PACE'] });
    await using marker = client.subscribe(ProvidersDocument, {});
    await marker.completed; // the gateway has taken in what was sent before it
    const other = askPins(pace.origin, ['PACE'], user('b'));
    await pace.upstream.received(2);
    for (const answer of answers) answer();
    expect(pinsIn(await first.completed)).toEqual(set);
    expect(pinsIn(await second.completed)).toEqual(set);
    expect(await other).toEqual(set);
    expect(pace.upstream.requests).toHaveLength(2);

    pace.upstream.respond = reply(404);
    expect(await askPins(pace.origin, ['PACE'], user('a'))).toEqual([
      pinEntry('PACE', 'USER', 'UNSET'),
    ]);
    expect(pace.upstream.requests).toHaveLength(3);
  });

  it('go on for the others when one leaves, and end with the last of them', async () => {
    await using pace = await startWith('PACE', silence, { PACE_TIMEOUT_MS: '60000' });
    await using client = connectWs(pace.origin, user('a'));
    await using first = client.subscribe(AccountPinsDocument, { providers: ['PACE'] });
    await using second = client.subscribe(AccountPinsDocument, { providers: ['PACE'] });
    await pace.upstream.received(1);
    first.leave();
    await using marker = client.subscribe(ProvidersDocument, {});
    await marker.completed; // the gateway has taken in what was sent before it
    expect(pace.upstream.open).toBe(1);

    second.leave();
    await pace.upstream.requests[0]?.aborted;
    expect(pace.upstream.requests).toHaveLength(1);
  });

  it('are never one for different tenants', async () => {
    await using adm = await startWith('ADM', silence, { ADM_TIMEOUT_MS: '300' });
    await Promise.all(
      ['x', 'y'].map((tenant) =>
        askPins(adm.origin, ['ADM'], { ...user('a'), 'nv-tenant-id': tenant }),
      ),
    );
    expect(adm.upstream.requests.map(({ headers }) => headers['nv-tenant-id']).sort()).toEqual([
      'x',
      'y',
    ]);
  });
});

it('One-time passwords are never shared', async () => {
  const otp = { status: 'SUCCEEDED', result: { otp: '804213' } };
  await using pims = await startWith('PIMS', reply(200, otp));
  await Promise.all([1, 2, 3].map(() => askOtp(pims.origin, '1234', user('a'))));
  expect(pims.upstream.requests).toHaveLength(3);
});

describe('Whoever reads, in whatever order they come, are answered and leave', () => {
  const credential = fc.constantFrom('a', 'b', 'a|', '');
  const tenant = fc.constantFrom(null, 'x', '|x', '');
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant('read'), credential, tenant }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('answer'), which: fc.nat(9) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('leave'), which: fc.nat(9) }) },
  );
  interface Asked {
    readonly owner: string;
    readonly signal: Signal;
    isAnswered: boolean;
    readonly answer: () => void;
  }
  type Step =
    | { do: 'read'; credential: string; tenant: string | null }
    | { do: 'answer' | 'leave'; which: number };

  it('gets the PINs of nobody else, and asks alone for no one', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const asked: Asked[] = [];
        const provider = shareReads({
          name: 'PACE',
          configured: true,
          availability: () => 'AVAILABLE',
          readPins: ({ credentials, tenantId }, signal) =>
            new Promise<readonly PinResult[]>((resolve) => {
              const owner = JSON.stringify([credentials.PACE?.reveal(), tenantId]);
              const one: Asked = {
                owner,
                signal,
                isAnswered: false,
                answer() {
                  one.isAnswered = true;
                  resolve([pinOf(owner)]);
                },
              };
              asked.push(one);
            }),
          [Symbol.asyncDispose]: () => Promise.resolve(),
        });
        const readers: {
          owner: string;
          cancellation: Cancellation;
          left: boolean;
          got: unknown;
        }[] = [];

        for (const step of steps as Step[]) {
          if (step.do === 'read') {
            const owner = JSON.stringify([step.credential, step.tenant]);
            const reader = { owner, cancellation: new Cancellation(), left: false, got: null };
            readers.push(reader);
            const caller = {
              credentials: { PACE: new Secret(step.credential) },
              tenantId: step.tenant,
              requestId: '',
              addressFingerprint: () => null,
            };
            const results = provider.readPins(caller, reader.cancellation);
            void results.then((got) => Object.assign(reader, { got }));
          } else if (step.do === 'answer') asked[step.which]?.answer();
          else {
            const reader = readers[step.which];
            reader?.cancellation.abort();
            if (reader) reader.left = true;
          }
          await Promise.resolve();
        }

        // A request goes on exactly as long as somebody waits for it.
        const staying = new Set(readers.filter(({ left }) => !left).map(({ owner }) => owner));
        for (const { owner, signal, isAnswered } of asked) {
          if (!isAnswered && !staying.has(owner)) expect(signal.aborted).toBe(true);
        }
        for (const { answer } of asked) answer();
        await Promise.resolve().then(() => undefined);
        for (const { owner, left, got } of readers) {
          // One that left before the answer gets an error, which nobody looks at.
          if (left) expect([[pinOf(owner)], [anError]]).toContainEqual(got);
          else expect(got).toEqual([pinOf(owner)]);
        }
        for (const owner of staying) {
          expect(asked.some((one) => one.owner === owner && !one.signal.aborted)).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });

  const anError: unknown = expect.objectContaining({ kind: 'UnavailableError' });

  const pinOf = (owner: string): Pin => ({
    kind: 'Pin',
    provider: 'PACE',
    type: owner,
    status: 'SET',
    requirement: null,
    lock: null,
  });
});

import { describe, expect, it } from 'vitest';
import type { AccountPinsQuery, PinProvider } from '../generated/graphql.ts';
import { post } from '../support/client.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { refusingUrl } from '../support/raw-upstream.ts';
import {
  reply,
  silence,
  startUpstream,
  type Respond,
  type ScriptedUpstream,
} from '../support/upstream.ts';
import { contract } from './contract.ts';
import { entryOf, pinEntry } from './entries.ts';
import { askPins, credentials } from './harness.ts';

const admReply = reply(200, {
  totalRecords: 2,
  resourceSet: [
    { pinType: 'Parental', status: 'SET', extendedStatus: 'OPTIONAL' },
    { pinType: 'Adult', status: 'UNSET', extendedStatus: 'MANDATORY' },
  ],
});
const admPins = [
  pinEntry('ADM', 'Parental', 'SET', 'OPTIONAL'),
  pinEntry('ADM', 'Adult', 'UNSET', 'MANDATORY'),
];
const paceReply = reply(404);
const pacePins = [pinEntry('PACE', 'USER', 'UNSET')];
const pimsPins = [entryOf('PIMS', contract['not supported'])];

interface Both extends AsyncDisposable {
  readonly origin: string;
  readonly adm: ScriptedUpstream;
  readonly pace: ScriptedUpstream;
}

/** A gateway in front of ADM and PACE. */
async function startBoth(admDoes: Respond, paceDoes: Respond): Promise<Both> {
  const adm = await startUpstream(admDoes);
  const pace = await startUpstream(paceDoes);
  const gateway: TestGateway = await startGateway({
    ADM_URL: adm.url,
    PACE_URL: pace.url,
    ADM_TIMEOUT_MS: '1000',
    PACE_TIMEOUT_MS: '1000',
  });
  return {
    origin: gateway.origin,
    adm,
    pace,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      await adm[Symbol.asyncDispose]();
      await pace[Symbol.asyncDispose]();
    },
  };
}

describe('account.pins', () => {
  it('asks the providers side by side', async () => {
    const admHolds = Promise.withResolvers<undefined>();
    const paceHolds = Promise.withResolvers<undefined>();
    await using both = await startBoth(
      (response, request) => void admHolds.promise.then(() => admReply(response, request)),
      (response, request) => void paceHolds.promise.then(() => paceReply(response, request)),
    );
    const pins = askPins(both.origin);
    await Promise.all([both.adm.received(1), both.pace.received(1)]);
    expect([both.adm.open, both.pace.open]).toEqual([1, 1]);
    paceHolds.resolve(undefined);
    admHolds.resolve(undefined);
    expect(await pins).toEqual([...admPins, ...pacePins]);
  });

  it.each<[string, PinProvider[] | null | undefined, unknown[], [adm: number, pace: number]]>([
    ['is not there', undefined, [...admPins, ...pacePins], [1, 1]],
    ['is null', null, [...admPins, ...pacePins], [1, 1]],
    ['is empty', [], [], [0, 0]],
    ['is ADM', ['ADM'], admPins, [1, 0]],
    ['is PACE', ['PACE'], pacePins, [0, 1]],
    ['is ADM, PACE', ['ADM', 'PACE'], [...admPins, ...pacePins], [1, 1]],
    ['is PACE, ADM', ['PACE', 'ADM'], [...pacePins, ...admPins], [1, 1]],
    ['is PIMS', ['PIMS'], pimsPins, [0, 0]],
    ['is PACE, PIMS, ADM', ['PACE', 'PIMS', 'ADM'], [...pacePins, ...pimsPins, ...admPins], [1, 1]],
    ['names ADM twice', ['ADM', 'ADM'], admPins, [1, 0]],
    ['repeats itself', ['PACE', 'ADM', 'PACE', 'ADM'], [...pacePins, ...admPins], [1, 1]],
  ])('has its order, and nothing else, when the argument %s', async (_how, names, pins, asked) => {
    await using both = await startBoth(admReply, paceReply);
    expect(await askPins(both.origin, names)).toEqual(pins);
    expect([both.adm.requests.length, both.pace.requests.length]).toEqual(asked);
  });

  it.each<[PinProvider, string, unknown[]]>([
    ['ADM', 'ADM_URL', admPins],
    ['PACE', 'PACE_URL', pacePins],
  ])('asks %s alone by default where no other has an address', async (name, setting, pins) => {
    await using upstream = await startUpstream(name === 'ADM' ? admReply : paceReply);
    await using gateway = await startGateway({ [setting]: upstream.url });
    expect(await askPins(gateway.origin)).toEqual(pins);
  });

  it('has nothing by default where only PIMS has an address', async () => {
    await using gateway = await startGateway({ PIMS_URL: refusingUrl });
    expect(await askPins(gateway.origin)).toEqual([]);
  });

  it.each<[string, Respond, Respond, unknown[]]>([
    [
      'ADM is silent',
      silence,
      paceReply,
      [entryOf('ADM', contract['deadline passed']), ...pacePins],
    ],
    [
      'PACE is silent',
      admReply,
      silence,
      [...admPins, entryOf('PACE', contract['deadline passed'])],
    ],
    [
      'ADM fails',
      reply(500),
      paceReply,
      [entryOf('ADM', contract['HTTP 5xx'], { upstream: { httpStatus: 500 } }), ...pacePins],
    ],
    [
      'PACE fails',
      admReply,
      reply(403),
      [...admPins, entryOf('PACE', contract['PACE HTTP 403'], { upstream: { httpStatus: 403 } })],
    ],
    [
      'both fail',
      reply(404),
      reply(429, '', { 'retry-after': '9' }),
      [
        entryOf('ADM', contract['ADM HTTP 404'], { upstream: { httpStatus: 404 } }),
        entryOf('PACE', contract['HTTP 429'], {
          retryAfterSeconds: 9,
          upstream: { httpStatus: 429 },
        }),
      ],
    ],
  ])('has what the other tells when %s', async (_what, admDoes, paceDoes, pins) => {
    await using both = await startBoth(admDoes, paceDoes);
    expect(await askPins(both.origin)).toEqual(pins);
  });

  it('asks nobody for account itself', async () => {
    await using both = await startBoth(admReply, paceReply);
    const { body } = await post(both.origin, '{ account { __typename } }', {}, credentials);
    expect(body).toEqual({ data: { account: { __typename: 'Account' } } });
    expect([both.adm.requests, both.pace.requests]).toEqual([[], []]);
  });
});

describe('One operation', () => {
  it('asks each provider once, whatever its aliases and fragments', async () => {
    await using both = await startBoth(admReply, paceReply);
    const query = `
      query Everything {
        account { pins { ...Kind } again: pins { ...Kind } ...More }
        other: account { pins(providers: [PACE, ADM]) { ...Kind } pace: pins(providers: PACE) { ...Kind } }
        ... on Query { third: account { adm: pins(providers: [ADM, ADM]) { ...Kind } } }
      }
      fragment More on Account { onceMore: pins(providers: null) { ...Kind } }
      fragment Kind on PinResult { __typename ... on Pin { type } }
    `;
    const { body } = await post(both.origin, query, {}, credentials);
    const adm = [
      { __typename: 'Pin', type: 'Parental' },
      { __typename: 'Pin', type: 'Adult' },
    ];
    const pace = [{ __typename: 'Pin', type: 'USER' }];
    const all = [...adm, ...pace];
    expect(body).toEqual({
      data: {
        account: { pins: all, again: all, onceMore: all },
        other: { pins: [...pace, ...adm], pace },
        third: { adm },
      },
    });
    expect([both.adm.requests.length, both.pace.requests.length]).toEqual([1, 1]);
  });

  it('asks a provider that fails no more often than one that does not', async () => {
    await using both = await startBoth(reply(500), reply(401));
    const query = '{ account { a: pins { __typename } b: pins { __typename } } }';
    type Pins = AccountPinsQuery['account']['pins'];
    const { body } = await post<{ account: { a: Pins; b: Pins } }, object>(
      both.origin,
      query,
      {},
      credentials,
    );
    const pins = [{ __typename: 'UnavailableError' }, { __typename: 'AuthenticationError' }];
    expect(body).toEqual({ data: { account: { a: pins, b: pins } } });
    expect([both.adm.requests.length, both.pace.requests.length]).toEqual([1, 1]);
  });

  it('shares nothing with the next one', async () => {
    await using both = await startBoth(admReply, paceReply);
    await askPins(both.origin);
    both.pace.respond = reply(200);
    expect(await askPins(both.origin)).toEqual([...admPins, pinEntry('PACE', 'USER', 'SET')]);
    expect([both.adm.requests.length, both.pace.requests.length]).toEqual([2, 2]);
  });
});

import { describe, expect, it } from 'vitest';
import {
  as,
  only,
  paceEntry,
  pinSetEvent,
  resultsOf,
  startPinSetStage,
  eachTransport,
  wordless,
} from '../support/pin-set.ts';
import { inTurn, reply, type Respond } from '../support/upstream.ts';

const problem = (code: string) => ({
  errors: [{ id: 'e-1', status: '401', code, title: 'Title', detail: 'Detail' }],
});

const final = { remedy: 'CONTACT_SUPPORT', retryable: false };
const refusal = (kind: string, code: string, message: string, status: number, more = {}) =>
  paceEntry(kind, code, message, { ...final, ...wordless(status), ...more });
const badRequest = (status: number) =>
  refusal('InputError', 'BAD_REQUEST', 'PACE refused the request.', status, { parameter: null });
const unexpected = (status: number) =>
  refusal(
    'UnexpectedResponseError',
    'UNEXPECTED_RESPONSE',
    status < 300
      ? 'PACE answered something that its contract does not allow.'
      : 'PACE gave no final answer.',
    status,
  );

const linkedIdentity = paceEntry(
  'LinkedIdentityError',
  'LINKED_IDENTITY_MISSING',
  'The user has not linked the third-party identity that PACE needs.',
  {
    remedy: 'LINK_IDENTITY',
    retryable: false,
    upstream: {
      httpStatus: 401,
      code: 'missing-linked-identity',
      title: 'Title',
      detail: 'Detail',
      id: 'e-1',
    },
  },
);
const rejected = refusal(
  'AuthenticationError',
  'CREDENTIAL_REJECTED',
  'PACE rejected the credential.',
  401,
  { remedy: 'SIGN_IN' },
);
const forbidden = refusal(
  'AuthorizationError',
  'FORBIDDEN',
  'PACE does not allow this credential to do so.',
  403,
);

/** What PACE answers to the first poll, and the one result that every subscriber gets of it. */
const answers: readonly [string, Respond, object][] = [
  ['200, the PIN is set', reply(200), pinSetEvent],
  ['200 with a body, which says no more', reply(200, { data: null }), pinSetEvent],
  ['401', reply(401), rejected],
  ['401 with a body that is no JSON', reply(401, '<html>'), rejected],
  ['401 missing-linked-identity', reply(401, problem('missing-linked-identity')), linkedIdentity],
  ['403', reply(403), forbidden],
  ['400', reply(400), badRequest(400)],
  ['402', reply(402), badRequest(402)],
  ['410', reply(410), badRequest(410)],
  ['422', reply(422), badRequest(422)],
  ['204', reply(204), unexpected(204)],
  ['202', reply(202), unexpected(202)],
  ['301', reply(301, '', { location: '/elsewhere' }), unexpected(301)],
  ['304', reply(304), unexpected(304)],
];

describe.each(eachTransport)('A subscriber over %s', (_name, transport) => {
  it.each(answers)('is told at once, and then completed, after %s', async (_what, first, entry) => {
    await using stage = await startPinSetStage(inTurn(first, reply(200)));
    await using subscription = await transport.join(stage.origin, as('ann'));
    expect(await resultsOf(subscription)).toEqual(only(entry));
    expect([stage.pace.requests.length, stage.pace.open]).toEqual([1, 0]);
  });

  it('is told of a set PIN that was cut off as little as of one that is not set', async () => {
    const cutOff: Respond = (response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => response.destroy());
    };
    await using stage = await startPinSetStage(inTurn(cutOff, reply(200)));
    await using subscription = await transport.join(stage.origin, as('ann'));
    expect(await resultsOf(subscription)).toEqual(only(unexpected(200)));
    expect(stage.pace.requests).toHaveLength(1);
  });

  it('is told what all the others are told', async () => {
    await using stage = await startPinSetStage(inTurn(reply(404), reply(403)));
    await using first = await transport.join(stage.origin, as('ann'));
    await using second = await transport.join(stage.origin, as('ann'));
    expect(await Promise.all([first, second].map(resultsOf))).toEqual([
      only(forbidden),
      only(forbidden),
    ]);
    expect(stage.pace.requests).toHaveLength(2);
  });
});

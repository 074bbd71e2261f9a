import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AccountPinsDocument, PinSetDocument } from '../generated/graphql.ts';
import { as, startPinSetStage, type PinSetStage } from '../support/pin-set.ts';
import { graphqlPathWith, sendRaw, type RawRequest } from '../support/raw-http.ts';
import { reply } from '../support/upstream.ts';

let stage: PinSetStage;
beforeAll(async () => (stage = await startPinSetStage(reply(200))));
afterAll(() => stage[Symbol.asyncDispose]());

const post = (body: unknown, headers: Record<string, string> = {}): RawRequest => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...as('ann'), ...headers },
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

const pins = { query: AccountPinsDocument.toString() };
const pinSet = { query: PinSetDocument.toString() };
const eventStream = { accept: 'text/event-stream' };

/** One of each kind of answer. Repeated ones take the short way, past Yoga, from the second on. */
const answers: [what: string, status: number, path: string, request: RawRequest][] = [
  ['data', 200, '/graphql', post(pins)],
  ['data, asked for again', 200, '/graphql', post(pins)],
  ['data, asked for by GET', 200, graphqlPathWith(pins), { headers: as('ann') }],
  ['an event', 200, '/graphql', post(pinSet, eventStream)],
  ['an event, asked for again', 200, '/graphql', post(pinSet, eventStream)],
  ['a query as an event', 200, '/graphql', post(pins, eventStream)],
  ['a refused subscription', 200, '/graphql', post({ query: 'subscription { x }' }, eventStream)],
  ['an invalid query', 200, '/graphql', post({ query: '{ nothing }' })],
  [
    'an invalid query, by the newer rules',
    400,
    '/graphql',
    post({ query: '{ nothing }' }, { accept: 'application/graphql-response+json' }),
  ],
  ['a body that is no JSON', 400, '/graphql', post('{')],
  ['a body that is too long', 413, '/graphql', post(`"${'x'.repeat(1_100_000)}"`)],
  ['another kind of body', 415, '/graphql', post('x', { 'content-type': 'text/plain' })],
  ['a mutation by GET', 405, graphqlPathWith({ query: 'mutation { x }' }), {}],
  ['another method', 405, '/graphql', { method: 'DELETE' }],
  [
    'no query at all',
    400,
    '/graphql',
    { headers: { accept: 'application/graphql-response+json' } },
  ],
  ['a preflight from nowhere', 405, '/graphql', { method: 'OPTIONS' }],
  ['a Host that is none', 400, '/graphql', { headers: { host: 'a b' } }],
];

describe('Cache-Control: no-store', () => {
  it.each(answers)('goes with %s (%i)', async (_what, status, path, request) => {
    const answer = await sendRaw(stage.origin, path, request);
    expect([answer.status, answer.headers['cache-control']]).toEqual([status, 'no-store']);
  });

  it('goes with the refusal of a gateway that drains (503)', async () => {
    const held = Promise.withResolvers<() => void>();
    await using draining = await startPinSetStage((response, request) =>
      held.resolve(() => reply(200)(response, request)),
    );
    const underWay = sendRaw(draining.origin, '/graphql', post(pins));
    const answer = await held.promise;
    const closed = draining.gateway.gateway.close();
    const refused = await sendRaw(draining.origin, '/graphql', post(pins));
    expect([refused.status, refused.headers['cache-control']]).toEqual([503, 'no-store']);
    answer();
    expect((await underWay).headers['cache-control']).toBe('no-store');
    await closed;
  });
});

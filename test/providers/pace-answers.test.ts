import { describe, expect, it } from 'vitest';
import type { Respond } from '../support/upstream.ts';
import { inTurn, reply } from '../support/upstream.ts';
import { pinEntry } from './entries.ts';
import { askPins, askPinSet, startWith } from './harness.ts';

/** A 404 whose body breaks off. */
const brokenNotFound: Respond = (response) => {
  response.writeHead(404, { 'content-length': '100' });
  response.write('{', () => response.socket?.destroy());
};

/** The ways in which PACE says "not set". */
const notSet: readonly (readonly [string, Respond])[] = [
  ['without a body', reply(404)],
  ['with the errors of its document', reply(404, { errors: [{ status: '404', title: 'Gone' }] })],
  [
    'with errors that belong to another status',
    reply(404, { errors: [{ code: 'missing-linked-identity' }] }),
  ],
  ['with HTML', reply(404, '<h1>Not found</h1>')],
  ['with half of its JSON', reply(404, '{"errors":[')],
  ['with a body that breaks off', brokenNotFound],
  ['with a body over 1 MiB', reply(404, 'x'.repeat(1024 * 1024 + 1))],
];

const seen = {
  __typename: 'PinSetEvent',
  provider: 'PACE',
  type: 'USER',
  observedAt: expect.toSatisfy(
    (instant: string) =>
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(instant) &&
      Math.abs(Date.parse(instant) - Date.now()) < 10_000,
    'an instant of just now',
  ) as unknown,
};

describe('The user PIN at PACE', () => {
  it('is SET after a 200', async () => {
    await using pace = await startWith('PACE', reply(200));
    expect(await askPins(pace.origin, ['PACE'])).toEqual([pinEntry('PACE', 'USER', 'SET')]);
    expect(pace.upstream.requests).toHaveLength(1);
  });

  it.each(notSet)('is UNSET after a 404 %s', async (_how, respond) => {
    await using pace = await startWith('PACE', respond);
    expect(await askPins(pace.origin, ['PACE'])).toEqual([pinEntry('PACE', 'USER', 'UNSET')]);
    expect(pace.upstream.requests).toHaveLength(1);
  });
});

describe('pinSet', () => {
  it('tells at once when the first answer is a 200', async () => {
    await using pace = await startWith('PACE', reply(200));
    expect(await askPinSet(pace.origin)).toEqual(seen);
    expect(pace.upstream.requests).toHaveLength(1);
  });

  it.concurrent.each([
    ...notSet.map(([how, respond]) => [`a 404 ${how}`, respond] as const),
    ['a 408, as from the other long polls of PACE', reply(408)] as const,
    ['a 408 with words', reply(408, { errors: [{ title: 'Timeout' }] })] as const,
  ])('goes on after %s, and tells when the PIN is set', async (_how, respond) => {
    await using pace = await startWith('PACE', inTurn(respond, reply(200)));
    expect(await askPinSet(pace.origin)).toEqual(seen);
    expect(pace.upstream.requests).toHaveLength(2);
  });

  it.each([201, 202, 204, 206])('never takes a %i for a PIN that is set', async (status) => {
    await using pace = await startWith('PACE', reply(status));
    expect(await askPinSet(pace.origin)).toMatchObject({
      __typename: 'UnexpectedResponseError',
      upstream: { httpStatus: status },
    });
    expect(await askPins(pace.origin)).toMatchObject([{ __typename: 'UnexpectedResponseError' }]);
  });
});

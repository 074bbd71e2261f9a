import { describe, expect, it } from 'vitest';
import { PinSetDocument } from '../generated/graphql.ts';
import { as, startPinSetStage } from '../support/pin-set.ts';
import { openWs } from '../support/raw-websocket.ts';
import { reply, type Respond } from '../support/upstream.ts';

const unknownOperation = {
  message: 'Could not determine what operation to execute.',
  extensions: { code: 'OPERATION_RESOLUTION_FAILURE' },
};

const query = PinSetDocument.toString();

/** What is wrong, what is sent, and what comes back for it. */
const mistakes = [
  [
    'a syntax error',
    { query: 'subscription {' },
    {
      type: 'error',
      payload: [
        {
          message: 'Syntax Error: Expected Name, found <EOF>.',
          locations: [{ line: 1, column: 15 }],
          extensions: { code: 'GRAPHQL_PARSE_FAILED' },
        },
      ],
    },
  ],
  [
    'a validation error',
    { query: '{ nothing }' },
    {
      type: 'error',
      payload: [
        {
          message: 'Cannot query field "nothing" on type "Query".',
          locations: [{ line: 1, column: 3 }],
          extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
        },
      ],
    },
  ],
  [
    'every one of several validation errors',
    { query: '{ nothing less }' },
    {
      type: 'error',
      payload: ['nothing', 'less'].map((field, i) => ({
        message: `Cannot query field "${field}" on type "Query".`,
        locations: [{ line: 1, column: [3, 11][i] }],
        extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
      })),
    },
  ],
  [
    'an unknown operation name',
    { query, operationName: 'Other' },
    { type: 'error', payload: [unknownOperation] },
  ],
  [
    'several operations and no name',
    { query: 'query A { __typename } query B { __typename }' },
    { type: 'error', payload: [unknownOperation] },
  ],
  [
    'a variable of the wrong type',
    { query, variables: { timeoutSeconds: '1' } },
    {
      type: 'next',
      payload: {
        errors: [
          {
            message:
              'Variable "$timeoutSeconds" got an invalid value: Int cannot represent non-integer value.',
            locations: [{ line: 2, column: 25 }],
            extensions: { code: 'BAD_USER_INPUT' },
          },
        ],
      },
    },
  ],
] as const;

describe('On a WebSocket', () => {
  it.each(mistakes)(
    '%s is told to the operation; the socket and its other subscriptions live on',
    async (_what, payload, expected) => {
      let answer = (): void => undefined;
      const respond: Respond = (response, request) =>
        (answer = () => reply(200)(response, request));
      await using stage = await startPinSetStage(respond);
      await using connection = await openWs(stage.origin);
      await connection.init(as('ann'));
      connection.send({ id: 'good', type: 'subscribe', payload: { query } });
      await stage.pace.received(1);

      connection.send({ id: 'bad', type: 'subscribe', payload });
      const message = JSON.parse(await connection.received(expected.type, 'bad')) as unknown;
      expect(message).toEqual({ id: 'bad', ...expected });
      expect(stage.pace.open).toBe(1);

      // The id is free again.
      const again = { query: '{ __typename }' };
      connection.send({ id: 'bad', type: 'subscribe', payload: again });
      await connection.received('complete', 'bad');
      answer();
      expect(JSON.parse(await connection.received('next', 'good'))).toMatchObject({
        payload: { data: { pinSet: { __typename: 'PinSetEvent' } } },
      });
      await connection.received('complete', 'good');
      expect(connection.socket.readyState).toBe(connection.socket.OPEN);
    },
  );
});

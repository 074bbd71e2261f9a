import { reply } from '../support/upstream.ts';
import {
  admPins,
  mappingCase,
  mappingCases,
  pacePins,
  pacePinSet,
  statusCases,
  type MappingCase,
  type Reading,
} from './mapping-case.ts';
import {
  answering,
  closedAtOnce,
  damagedFailure,
  handshakeHangs,
  heralded,
  interim,
  lost,
  notHttp,
  silent,
  stalledBody,
  truncatedBody,
  unconnected,
  unreadableBody,
} from './situations.ts';

/** Short, for the cases that wait for the deadline to pass. */
const shortDeadline = { ADM_TIMEOUT_MS: '300', PACE_TIMEOUT_MS: '300' };

const redirects = [300, 301, 302, 303, 304, 307, 308];

/** What every request that only reads has in common. */
const readCases = (reading: Reading): MappingCase[] => [
  ...statusCases(reading, 'HTTP 429', [429]),
  ...statusCases(reading, 'HTTP 4xx', [402, 405, 409, 410, 418, 422, 451, 499]),
  ...statusCases(reading, 'HTTP 5xx', [500, 502, 503, 504, 599]),
  ...statusCases(reading, 'HTTP 1xx or 3xx', redirects),
  ...mappingCases(reading, 'HTTP 1xx or 3xx', interim),
  ...statusCases(reading, 'broken contract', [201, 202, 203, 204, 205, 206, 299, 600, 999]),
  ...mappingCases(reading, 'broken contract', [...notHttp, ...unreadableBody, ...truncatedBody]),
  ...mappingCases(reading, reading.provider === 'ADM' ? 'ADM HTTP 403' : 'PACE HTTP 403', heralded),
  ...mappingCases(reading, 'HTTP 5xx', damagedFailure(500)),
  ...mappingCases(reading, 'HTTP 4xx', damagedFailure(422)),
  ...mappingCases(reading, 'connection failed', [...unconnected, closedAtOnce, ...lost]),
];

/** What waits for the deadline. */
const deadlineCases = (reading: Reading): MappingCase[] =>
  mappingCases(reading, 'deadline passed', [...silent, handshakeHangs], shortDeadline);

/** The deadline passes in the middle of an answer whose status is known. */
const stalledCases = (reading: Reading): MappingCase[] =>
  mappingCases(reading, 'deadline passed', [stalledBody], shortDeadline);

/** ADM through `account.pins`. */
export const admCases: readonly MappingCase[] = [
  ...statusCases(admPins, 'ADM HTTP 400', [400]),
  ...statusCases(admPins, 'ADM HTTP 401', [401]),
  ...statusCases(admPins, 'ADM HTTP 403', [403]),
  ...statusCases(admPins, 'ADM HTTP 404', [404]),
  ...statusCases(admPins, 'HTTP 4xx', [408]),
  ...statusCases(admPins, 'HTTP 5xx', [501]),
  ...mappingCases(admPins, 'ADM HTTP 401', damagedFailure(401)),
  ...mappingCases(admPins, 'broken contract', [
    ['a 200 has no body', answering(reply(200)), 200],
    ['a 200 is not JSON', answering(reply(200, '<html>Sign in</html>')), 200],
    ['a 200 is half of its JSON', answering(reply(200, '{"totalRecords":1,"resour')), 200],
  ]),
  ...readCases(admPins),
  ...deadlineCases(admPins),
  ...stalledCases(admPins),
];

const unlinked = {
  id: 'cbgmhslmp1o9or9kh1p0',
  title: 'Missing linked identity for authorized access',
  detail: 'Linked identity is needed to access this resource',
  status: '401',
  code: 'missing-linked-identity',
};
const unlinkedWords = {
  code: unlinked.code,
  title: unlinked.title,
  detail: unlinked.detail,
  id: unlinked.id,
};
const generic = {
  id: 'd0gm',
  status: '501',
  code: '1000',
  title: 'Generic error',
  detail: 'Something',
};
const genericWords = { code: '1000', title: 'Generic error', detail: 'Something', id: 'd0gm' };

/** What PACE's own document says of its failures, and its JSON:API bodies. */
const paceCases = (reading: Reading): MappingCase[] => {
  const saying = (
    cause: Parameters<typeof mappingCase>[1],
    name: string,
    status: number,
    body: unknown,
    words: Readonly<Record<string, string>> = {},
  ): MappingCase =>
    mappingCase(reading, cause, name, answering(reply(status, body)), {
      upstream: { httpStatus: status, ...words },
    });
  const linkedIdentity = 'PACE HTTP 401 missing-linked-identity';
  return [
    saying(
      linkedIdentity,
      'a 401 says missing-linked-identity',
      401,
      { errors: [unlinked] },
      unlinkedWords,
    ),
    saying(
      linkedIdentity,
      'a 401 says missing-linked-identity after other errors',
      401,
      { errors: [null, 'x', generic, {}, unlinked] },
      unlinkedWords,
    ),
    saying(
      linkedIdentity,
      'a 401 says nothing but missing-linked-identity',
      401,
      {
        errors: [{ code: unlinked.code }],
      },
      { code: unlinked.code },
    ),
    ...statusCases(reading, 'PACE HTTP 401', [401]),
    ...mappingCases(reading, 'PACE HTTP 401', damagedFailure(401)),
    saying('PACE HTTP 401', 'a 401 says something else', 401, { errors: [generic] }, genericWords),
    saying(
      'PACE HTTP 401',
      'a 401 has the code in the wrong place',
      401,
      {
        errors: [{ ...generic, meta: { code: unlinked.code } }],
      },
      genericWords,
    ),
    saying('PACE HTTP 401', 'a 401 has errors that are no list', 401, { errors: unlinked }),
    saying('PACE HTTP 403', 'a 403 has words', 403, { errors: [generic] }, genericWords),
    saying('PACE HTTP 403', 'a 403 says missing-linked-identity', 403, { errors: [unlinked] }, {
      ...unlinkedWords,
      httpStatus: 403,
    } as unknown as Record<string, string>),
    ...statusCases(reading, 'PACE HTTP 403', [403]),
    saying('PACE HTTP 501', 'a 501 has words', 501, { errors: [generic] }, genericWords),
    ...mappingCases(reading, 'PACE HTTP 501', damagedFailure(501)),
    ...statusCases(reading, 'HTTP 4xx', [400]),
    mappingCase(
      reading,
      'HTTP 4xx',
      'a 400 names the parameter',
      answering(reply(400, { errors: [{ ...generic, source: { parameter: 'timeout' } }] })),
      { parameter: 'timeout', upstream: { httpStatus: 400, ...genericWords } },
    ),
  ];
};

/** PACE through `account.pins`. */
export const pacePinsCases: readonly MappingCase[] = [
  ...paceCases(pacePins),
  ...readCases(pacePins),
  ...statusCases(pacePins, 'HTTP 4xx', [408]),
  ...deadlineCases(pacePins),
  ...stalledCases(pacePins),
];

/** PACE through `pinSet`. */
export const pacePinSetCases: readonly MappingCase[] = [
  ...paceCases(pacePinSet),
  ...readCases(pacePinSet),
  ...deadlineCases(pacePinSet),
  ...stalledCases(pacePinSet),
];

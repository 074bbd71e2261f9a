import { reply } from '../support/upstream.ts';
import type { Cause } from './contract.ts';
import {
  mappingCase,
  mappingCases,
  pimsOtp,
  statusCases,
  type MappingCase,
} from './mapping-case.ts';
import {
  answering,
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

const transactionId = '953cfefb-bc72';

/** A FAILED message, as the document has it: HTTP 200, the code a number. */
const failed = (cause: Cause, code: number, label: string, parameter?: string): MappingCase =>
  mappingCase(
    pimsOtp,
    cause,
    `the message has code ${code}, "${label}"`,
    answering(reply(200, { transactionId, status: 'FAILED', error: { code, label } })),
    {
      upstream: { httpStatus: 200, code: String(code), title: label.trim(), id: transactionId },
      ...(parameter !== undefined && { parameter }),
    },
  );

/** The 15 codes of the document with its labels. */
export const documentedCodes: readonly MappingCase[] = [
  failed('PIMS 2000', 2000, 'Unknown error'),
  failed('PIMS 2001', 2001, 'Facade not initialized'),
  failed('PIMS 2006', 2006, 'Core not well configured'),
  failed('PIMS 2101', 2101, 'Missing [PARAMETER] parameter'),
  failed('PIMS 2102', 2102, 'Invalid [PARAMETER] parameter'),
  failed('PIMS 2202', 2202, 'Network problem : No internet'),
  failed('PIMS 2308', 2308, 'inwebo: access refused'),
  failed('PIMS 2309', 2309, 'inwebo: version error'),
  failed('PIMS 2310', 2310, 'inwebo: account is blocked '),
  failed('PIMS 2311', 2311, 'inwebo: internal state not correct'),
  failed('PIMS 2312', 2312, 'inwebo: device is disabled or unknown'),
  failed(
    'PIMS 2313',
    2313,
    'inwebo: User must activate inWebo helium or inWebo Desktop Token before achieving this operation',
  ),
  failed('PIMS 2314', 2314, 'inwebo: No service is available'),
  failed(
    'PIMS 2316',
    2316,
    'inwebo: the operation succeeded but it required a post-synchronization which failed',
  ),
  failed(
    'PIMS 2317',
    2317,
    'inwebo: forbidden operation (due to activated state/blocked state/upgradable state)',
  ),
];

/** The codes 2101 and 2102 name a parameter where the document has a placeholder. */
const namedParameters: readonly MappingCase[] = [
  failed('PIMS 2101', 2101, 'Missing pinCode parameter', 'pinCode'),
  failed('PIMS 2101', 2101, 'Missing [action] parameter', 'action'),
  failed('PIMS 2102', 2102, 'Invalid pinCode parameter', 'pinCode'),
  failed('PIMS 2102', 2102, 'Something else entirely'),
];

const undocumentedCodes: readonly MappingCase[] = [
  failed('PIMS other code', 2315, 'inwebo: a code that the document skips'),
  failed('PIMS other code', 0, 'zero'),
  failed('PIMS other code', -1, 'negative'),
  failed('PIMS other code', 401, 'not an HTTP status'),
  failed('PIMS other code', 9_007_199_254_740_991, 'large'),
];

/** Long enough for a connection, short enough to wait for. */
const shortDeadline = { PIMS_TIMEOUT_MS: '300' };

/** PIMS through `generateOtp`: what matters without an answer is whether it may have seen the request. */
export const pimsCases: readonly MappingCase[] = [
  ...documentedCodes,
  ...namedParameters,
  ...undocumentedCodes,
  ...statusCases(pimsOtp, 'PIMS HTTP 401', [401]),
  ...statusCases(pimsOtp, 'PIMS HTTP 403', [403]),
  ...mappingCases(pimsOtp, 'PIMS HTTP 401', damagedFailure(401)),
  ...statusCases(pimsOtp, 'HTTP 429', [429]),
  ...statusCases(pimsOtp, 'HTTP 4xx', [400, 402, 404, 405, 408, 409, 410, 418, 422, 451, 499]),
  ...mappingCases(pimsOtp, 'HTTP 4xx', damagedFailure(404)),
  ...statusCases(pimsOtp, 'HTTP 5xx', [500, 501, 502, 503, 504, 599]),
  ...mappingCases(pimsOtp, 'HTTP 5xx', damagedFailure(503)),
  ...statusCases(pimsOtp, 'HTTP 1xx or 3xx', [300, 301, 302, 303, 304, 307, 308]),
  ...mappingCases(pimsOtp, 'HTTP 1xx or 3xx', interim),
  ...mappingCases(pimsOtp, 'PIMS HTTP 403', heralded),
  ...statusCases(pimsOtp, 'broken contract', [201, 202, 203, 204, 205, 206, 299, 600, 999]),
  ...mappingCases(pimsOtp, 'broken contract', [...unreadableBody, ...truncatedBody]),
  ...mappingCases(pimsOtp, 'failed before sent', unconnected),
  ...mappingCases(pimsOtp, 'failed before sent', [handshakeHangs], shortDeadline),
  ...mappingCases(pimsOtp, 'outcome unknown', [...lost, ...notHttp]),
  ...mappingCases(pimsOtp, 'outcome unknown', [...silent, stalledBody], shortDeadline),
];

import { providerError } from '../../error-mapping.ts';
import type { HttpClient } from '../http.ts';
import { parseJson } from '../json.ts';
import { causeOfFailedWrite, detailsOf, isOk } from '../outcome.ts';
import type { PimsTransport } from './transport.ts';

/**
 * The HTTP bridge to the PIMS core: the message goes as the body of a POST, and every answer of the
 * core, success or failure, comes back as the body of a 200.
 *
 * @param http the bridge's connections, which are disposed of with the transport
 * @param deadlineMs the whole time for one answer
 */
export const createHttpBridge = (http: HttpClient, deadlineMs: number): PimsTransport => ({
  async get({ api, parameters, credential, requestId }, signal) {
    const outcome = await http.exchange(
      {
        method: 'POST',
        path: '/pims/get',
        headers: {
          accept: 'application/json',
          'content-type': 'application/json',
          authorization: credential.reveal(),
          'x-request-id': requestId,
        },
        body: JSON.stringify({ api, parameters }),
        deadlineMs,
      },
      signal,
    );
    const message = outcome.kind === 'answer' ? parseJson(outcome.body) : undefined;
    if (isOk(outcome)) return { kind: 'message', message, httpStatus: outcome.status };
    const cause = causeOfFailedWrite('PIMS', outcome);
    return { kind: 'failure', error: providerError('PIMS', cause, detailsOf(outcome)), message };
  },
  [Symbol.asyncDispose]: () => http[Symbol.asyncDispose](),
});

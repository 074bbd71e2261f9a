import type { ServerResponse } from 'node:http';

/**
 * The headers of every answer to an operation, as a list of names and values in turn: given to Node with
 * the head, it spares the checks and the copies that headers take which are set one by one.
 */
export const commonHeaders = (requestId: string): string[] => [
  ...['x-request-id', requestId],
  ...['cache-control', 'no-store'],
  ...['x-accel-buffering', 'no'], // or nginx would hold events back
];

/** Sets them on a response whose head somebody else writes. */
export function setCommonHeaders(response: ServerResponse, requestId: string): void {
  const headers = commonHeaders(requestId);
  for (let index = 0; index < headers.length; index += 2) {
    response.setHeader(headers[index] ?? '', headers[index + 1] ?? '');
  }
}

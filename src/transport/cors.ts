import type { IncomingMessage, ServerResponse } from 'node:http';
import cors from 'cors';

/**
 * Lets pages of the allowed origins read the answers.
 *
 * @returns true when the request was a preflight, and has been answered
 */
export type Cors = (
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
) => boolean;

/** Makes it for the given origins. Of any other origin, and without one, it says nothing. */
export function createCors(origins: readonly string[]): Cors {
  const grant = cors({
    origin: true, // the one that asks: it has been found on the list
    methods: 'GET, POST',
    exposedHeaders: ['x-request-id', 'retry-after'],
  });
  return (request, response, requestId) => {
    if (origins.length === 0) return false;
    response.setHeader('x-request-id', requestId);
    response.setHeader('vary', 'Origin');
    const { origin } = request.headers;
    if (origin === undefined || !origins.includes(origin)) return false;
    let isAnswered = true;
    grant(request, response, () => (isAnswered = false));
    return isAnswered;
  };
}

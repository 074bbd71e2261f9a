import type { ServerResponse } from 'node:http';

/** Why the gateway takes nothing more on, as a client is told over every transport. */
export interface Refusal {
  readonly message: string;
  readonly extensions: { readonly code: string };
}

/** What a new query or mutation is told while the gateway shuts down. */
export const drainingRefusal: Refusal = {
  message: 'This gateway is shutting down.',
  extensions: { code: 'DRAINING' },
};

/** What is told whatever is new while there is more to do than the gateway can. */
export const overloadRefusal: Refusal = {
  message: 'This gateway has too much to do. Try again later.',
  extensions: { code: 'OVERLOADED' },
};

/** What is told a connection that is one too many. */
export const connectionRefusal: Refusal = {
  message: 'This gateway has too many connections. Try again later.',
  extensions: { code: 'OVERLOADED' },
};

/** What is told an operation that is one too many on its WebSocket. */
export const operationRefusal = (maxOperations: number): Refusal => ({
  message: `No more than ${maxOperations} operations may run at once on one connection.`,
  extensions: { code: 'TOO_MANY_OPERATIONS' },
});

/** How long a client that is refused should wait before it tries again, or another gateway. */
export const retryAfterSeconds = 1;
export const retryAfter = ['retry-after', String(retryAfterSeconds)] as const;

/** Answers a request with 503. */
export type Refuse = (response: ServerResponse, requestId: string) => void;

/**
 * Makes what answers with 503. All but the request's id is made once: a refusal has to be cheap when
 * it is needed, and Node is quickest with a flat list of headers and a string in one byte.
 */
export function createRefuse(refusal: Refusal, connection?: 'close'): Refuse {
  const { head, body } = refusalAnswer(refusal);
  if (connection) head.push('connection', connection);
  return (response, requestId) => {
    response.writeHead(503, [...head, 'x-request-id', requestId]);
    response.end(body, 'latin1');
  };
}

/** The answer that refuses, but for the request's id: names and values of its headers in turn, and the body. */
export function refusalAnswer(refusal: Refusal): {
  readonly head: string[];
  readonly body: string;
} {
  const body = JSON.stringify({ errors: [refusal] });
  const head = [
    ...['content-type', 'application/json; charset=utf-8'],
    ...['content-length', String(Buffer.byteLength(body))],
    ...['cache-control', 'no-store'],
    ...retryAfter,
  ];
  return { head, body };
}

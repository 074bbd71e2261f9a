import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { openConnection, type RawConnection } from './raw-connection.ts';

/** Counts the requests that Node's HTTP server is given, on whichever path they came. */
export interface NodeRequests extends Disposable {
  readonly count: number;
}

/** Counts those of the server at this origin, which is in this process. */
export function countNodeRequests(origin: string): NodeRequests {
  const port = Number(new URL(origin).port);
  let count = 0;
  const onRequest = (message: unknown): void => {
    const { request } = message as { readonly request: IncomingMessage };
    if (request.socket.localPort === port) count++;
  };
  subscribe('http.server.request.start', onRequest);
  return {
    get count() {
      return count;
    },
    [Symbol.dispose]: () => void unsubscribe('http.server.request.start', onRequest),
  };
}

/** Sends a request, and gives the whole answer, as latin-1. */
export function ask(connection: RawConnection, request: string | Buffer): Promise<string> {
  const start = connection.text().length;
  connection.write(request);
  return answerAt(connection, start);
}

/** The whole answer that begins with this character of all that comes. */
export async function answerAt(connection: RawConnection, start: number): Promise<string> {
  for (;;) {
    const text = connection.text().slice(start);
    const answer = wholeAnswer(text);
    if (answer !== null) return answer;
    await connection.received(new RegExp(`^[^]{${start + text.length + 1}}`));
  }
}

function wholeAnswer(text: string): string | null {
  const [head] = /^[^]*?\r\n\r\n/.exec(text) ?? [];
  if (head === undefined) return null;
  const [, length] = /^content-length: (\d+)\r$/im.exec(head) ?? [];
  const lastChunk = '\r\n0\r\n\r\n'; // it may come right behind the head
  const end =
    length === undefined
      ? text.indexOf(lastChunk, head.length - 2) + lastChunk.length
      : head.length + Number(length);
  return end > head.length && end <= text.length ? text.slice(0, end) : null;
}

/** Asks a query, each time on a new connection, until Node's server is not asked any more. */
export async function makeKnown(origin: string, request: string): Promise<void> {
  using requests = countNodeRequests(origin);
  for (;;) {
    const before = requests.count;
    await using connection = await openConnection(origin);
    await ask(connection, request);
    if (requests.count === before) return;
  }
}

/** Without what differs from second to second, and from id to id where the gateway gives them. */
export const comparable = (answers: string): string =>
  answers
    .replaceAll(/^Date: .*\r\n/gm, '')
    .replaceAll(/^x-request-id: [0-9a-f]{8}-[0-9a-f-]{27}\r\n/gm, 'x-request-id: new\r\n');

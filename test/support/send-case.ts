import { ask, comparable } from './hot.ts';
import { plain, type Case } from './http-cases.ts';
import { openConnection } from './raw-connection.ts';

/** Sends a request, and gives all that comes back but the date, as latin-1. */
export type SendCase = (origin: string, request: Case) => Promise<string>;

function bytesOf(
  { head = plain, target, body, spoil = (text) => text }: Case,
  connection: 'close' | 'keep-alive',
): Buffer {
  const bytes = Buffer.from(body);
  const lines = [
    target ?? 'POST /graphql HTTP/1.1',
    'host: gateway.example',
    'x-request-id: same',
    `connection: ${connection}`,
    ...head,
    ...(head.some((line) => /^(?:content-length|transfer-encoding):/i.test(line))
      ? []
      : [`content-length: ${bytes.length}`]),
  ];
  return Buffer.concat([Buffer.from(spoil(`${lines.join('\r\n')}\r\n\r\n`), 'latin1'), bytes]);
}

/** Over a connection that is to be closed behind the answer: for Node's server. */
export const toBeClosed: SendCase = async (origin, request) => {
  await using connection = await openConnection(origin);
  connection.write(bytesOf(request, 'close'));
  // A stream of events keeps it open all the same.
  const end = connection.received(/\r\n0\r\n\r\n$/).catch(() => undefined);
  await Promise.race([connection.closed, end]);
  return comparable(connection.text());
};

/** In one piece over a connection that stays open: what may be answered right on it. */
export const toStayOpen: SendCase = async (origin, request) => {
  await using connection = await openConnection(origin);
  const answer = ask(connection, bytesOf(request, 'keep-alive'));
  // Some requests make the gateway close it all the same.
  return comparable(await Promise.race([connection.closed, answer]));
};

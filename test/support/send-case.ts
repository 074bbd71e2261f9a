import { once } from 'node:events';
import { connect } from 'node:net';
import { ask, comparable } from './hot.ts';
import { plain, type Case } from './http-cases.ts';
import { openConnection } from './raw-connection.ts';

/** Sends a request, and gives all that comes back but the date, as latin-1. */
export type SendCase = (origin: string, request: Case) => Promise<string>;

/** The head with the empty line that ends it, and the body. */
function bytesOf(
  { head = plain, target, body }: Case,
  connection: string,
): { readonly head: string; readonly body: Buffer } {
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
  return { head: `${lines.join('\r\n')}\r\n\r\n`, body: bytes };
}

const lastChunk = '\r\n0\r\n\r\n';

/** The head and then the body, over a connection that is closed behind the answer: for Node's server. */
export const inTwoPieces: SendCase = async (origin, request) => {
  const { head, body } = bytesOf(request, 'close');
  const socket = connect(Number(new URL(origin).port));
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    if (chunk.toString().endsWith(lastChunk)) socket.destroy(); // a stream of events keeps it alive
  });
  socket.write(head);
  socket.write(body);
  await once(socket, 'close');
  return comparable(Buffer.concat(chunks).toString('latin1'));
};

/** All at once, over a connection that stays open: what may be answered right on it. */
export const inOnePiece: SendCase = async (origin, request) => {
  const { head, body } = bytesOf(request, 'keep-alive');
  await using connection = await openConnection(origin);
  const answer = ask(connection, Buffer.concat([Buffer.from(head, 'latin1'), body]));
  // Some requests make the gateway close it all the same.
  return comparable(await Promise.race([connection.closed, answer]));
};

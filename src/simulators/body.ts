import type { IncomingMessage } from 'node:http';
import { refuse } from './problem.ts';

/** The largest request body that is read, in bytes; beyond it the answer is 413. */
const bodyLimitBytes = 64 * 1024;

/** Reads a request body as JSON; refuses with 400 or 413. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    // The rest is read and dropped: to close on a client that still writes would cost it the answer.
    if (sizeBytes <= bodyLimitBytes) chunks.push(chunk);
  }
  if (sizeBytes > bodyLimitBytes) refuse(413, `The body is larger than ${bodyLimitBytes} bytes.`);
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    // The parser's own message quotes the body, which may hold a PIN.
    return refuse(400, 'The body is not JSON.');
  }
}

import type { ServerResponse } from 'node:http';
import { formatError } from './format-error.ts';
import type { ResultStream } from './result-stream.ts';

/** Sends the results of subscriptions as server-sent events. */
export type SendEvents = (response: ServerResponse, results: ResultStream) => Promise<void>;

/** As often as Yoga sends one. */
const pingIntervalMs = 12_000;

const head = {
  'Content-Type': 'text/event-stream',
  Connection: 'keep-alive',
  'Content-Encoding': 'none',
};

/**
 * Makes a sender. What it sends is what Yoga sends; but it has one timer for all of its streams, and
 * no Request, Response or ReadableStream for each.
 */
export function createEventStreams(): SendEvents {
  const open = new Set<ServerResponse>();
  const ping = (response: ServerResponse): void => {
    if (!response.writableNeedDrain) response.write(':\n\n');
  };
  setInterval(() => open.forEach(ping), pingIntervalMs).unref();

  return async (response, results) => {
    open.add(response);
    response.once('close', () => open.delete(response));
    response.writeHead(200, head);
    response.write(':\n\n'); // some browsers take a response for opened only when it says something
    for await (const { errors, ...result } of results) {
      const data = errors ? { ...result, errors: errors.map(formatError) } : result;
      response.write(`event: next\ndata: ${JSON.stringify(data)}\n\n`);
    }
    open.delete(response);
    response.end('event: complete\ndata:\n\n');
  };
}

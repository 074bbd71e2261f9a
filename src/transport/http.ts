import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Cancellation } from '../cancellation.ts';
import { createContext } from '../schema/context.ts';
import { readCaller } from './caller.ts';
import { addressFingerprint } from './client-address.ts';
import { createFastPath } from './fast-path.ts';
import { OperationRecord } from './operation-record.ts';
import type { TransportOptions } from './transport.ts';
import { UnansweredRequests } from './unanswered-requests.ts';

/** Answers GraphQL over HTTP and SSE. */
export interface HttpTransport {
  handle(request: IncomingMessage, response: ServerResponse, requestId: string): void;
  /** Whether a request of this connection has no whole answer yet. */
  isAnswering(socket: Socket): boolean;
  /** Resolves when every request has been answered in full. */
  idle(): Promise<void>;
  /** Gives up on every request that is still unanswered. */
  abort(): void;
}

/** Makes the transport. */
export function createHttpTransport(options: TransportOptions): HttpTransport {
  const { services, forwardsTo, trustedProxies, loadShedding, log } = options;
  const answer = createFastPath(options);
  const open = new Set<Cancellation>();
  const unanswered = new UnansweredRequests();
  let onIdle: (() => void) | null = null;

  return {
    handle(request, response, requestId) {
      const cancellation = new Cancellation();
      open.add(cancellation);
      // It can't throw here: Node's parser lets through only what may stand in a header.
      const caller = readCaller(
        (name) => request.headers[name],
        forwardsTo,
        requestId,
        () => addressFingerprint(request, trustedProxies),
      );
      const record = new OperationRecord(log, loadShedding, 'http', requestId);
      unanswered.add(request, response, () => {
        const hasLeft = !response.writableFinished;
        if (hasLeft) cancellation.abort();
        // A preflight asks whether there may be an operation; it is none.
        if (request.method === 'OPTIONS') record.unload();
        else record.end(hasLeft, response.headersSent ? response.statusCode : undefined);
        open.delete(cancellation);
        if (open.size === 0) onIdle?.();
      });
      const context = createContext(services, {
        caller,
        signal: cancellation,
        report: record.report,
        record,
        method: request.method ?? null,
      });
      void answer(request, response, context);
    },
    isAnswering: (socket) => unanswered.has(socket),
    async idle() {
      if (open.size > 0) await new Promise<void>((resolve) => (onIdle = resolve));
    },
    abort() {
      for (const cancellation of open) cancellation.abort();
    },
  };
}

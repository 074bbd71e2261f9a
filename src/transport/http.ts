import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Cancellation } from '../cancellation.ts';
import { createContext } from '../schema/context.ts';
import { readCaller } from './caller.ts';
import { addressFingerprint } from './client-address.ts';
import { createFastPath, type KnownQuery } from './fast-path.ts';
import type { HotRequest } from './hot-request.ts';
import { OperationRecord } from './operation-record.ts';
import type { PipelineContext } from './pipeline-context.ts';
import type { TransportOptions } from './transport.ts';
import { UnansweredRequests } from './unanswered-requests.ts';

/** Answers GraphQL over HTTP and SSE. */
export interface HttpTransport {
  handle(request: IncomingMessage, response: ServerResponse, requestId: string): void;
  /** Whether a request of this connection has no whole answer yet. */
  isAnswering(socket: Socket): boolean;
  /** The same of a request that has come whole. */
  isOwing(socket: Socket): boolean;
  /** The query of a request that needs nothing of Node's server; null for all that do. */
  find(request: HotRequest): KnownQuery | null;
  /** Begins what {@link find} has found. */
  begin(request: HotRequest, socket: Socket, requestId: string): HttpOperation;
  /** Resolves when every request has been answered in full. */
  idle(): Promise<void>;
  /** Gives up on every request that is still unanswered. */
  cut(): void;
}

/** An operation from its request to the end of its answer. */
export interface HttpOperation {
  readonly context: PipelineContext;
  /**
   * Writes the line of the log, and stops what is under way if the client has left.
   *
   * @param status of the answer, where one has begun
   */
  end(hasLeft: boolean, status: number | undefined): void;
  /** Forgets it, because the same request begins anew. */
  drop(): void;
}

/** Makes the transport. */
export function createHttpTransport(options: TransportOptions): HttpTransport {
  const { services, forwardsTo, trustedProxies, loadShedding, log } = options;
  const { answer, find } = createFastPath(options);
  const open = new Map<Cancellation, OperationRecord>();
  const unanswered = new UnansweredRequests();
  let onIdle: (() => void) | null = null;

  function begin(
    headers: IncomingMessage['headers'],
    socket: Socket,
    method: string | null,
    requestId: string,
  ): HttpOperation {
    const cancellation = new Cancellation();
    // It can't throw here: HTTP's parsers let through only what may stand in a header.
    const caller = readCaller(
      (name) => headers[name],
      forwardsTo,
      requestId,
      () => addressFingerprint({ socket, headers }, trustedProxies),
    );
    const record = new OperationRecord(log, loadShedding, 'http', requestId);
    const { report } = record;
    open.set(cancellation, record);
    const close = (): void => {
      open.delete(cancellation);
      if (open.size === 0) onIdle?.();
    };
    const context = createContext(services, {
      caller,
      signal: cancellation,
      report,
      record,
      method,
    });
    return {
      context,
      end(hasLeft, status) {
        if (hasLeft) cancellation.abort();
        // A preflight asks whether there may be an operation; it is none.
        if (method === 'OPTIONS') record.unload();
        else record.end(hasLeft, status);
        close();
      },
      drop() {
        record.unload();
        close();
      },
    };
  }

  return {
    handle(request, response, requestId) {
      const { headers, socket, method = null } = request;
      const operation = begin(headers, socket, method, requestId);
      unanswered.add(request, response, () => {
        operation.end(
          !response.writableFinished,
          response.headersSent ? response.statusCode : undefined,
        );
      });
      void answer(request, response, operation.context);
    },
    isAnswering: (socket) => unanswered.has(socket),
    isOwing: (socket) => unanswered.hasWhole(socket),
    find,
    begin: ({ headers }, socket, requestId) => begin(headers, socket, 'POST', requestId),
    async idle() {
      if (open.size > 0) await new Promise<void>((resolve) => (onIdle = resolve));
    },
    cut() {
      for (const [cancellation, record] of open) {
        record.cut();
        cancellation.abort();
      }
    },
  };
}

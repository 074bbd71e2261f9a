import type { IncomingHttpHeaders } from 'node:http';
import { GraphQLError, OperationTypeNode, type subscribe as graphqlSubscribe } from 'graphql';
import { CloseCode, makeServer, type ConnectionInitMessage, type Server } from 'graphql-ws';
import type { Caller } from '../caller.ts';
import { Cancellation } from '../cancellation.ts';
import { createContext } from '../schema/context.ts';
import { InvalidFieldError, readCaller, type Lookup } from './caller.ts';
import { formatError } from './format-error.ts';
import { maskError } from './mask-error.ts';
import { OperationRecord } from './operation-record.ts';
import { prepareOperation } from './prepare-operation.ts';
import { drainingRefusal, operationRefusal, overloadRefusal, type Refusal } from './refusals.ts';
import { requestIdFrom } from './request-id.ts';
import type { TransportOptions } from './transport.ts';
import { unwrap } from './use-bare-streams.ts';
import type { WebSocketConnection } from './websocket-connection.ts';

type Params = ConnectionInitMessage['payload'];

/** How long a client may take to send its `connection_init`. */
const initTimeoutMs = 3_000;

/** What graphql-ws hands back to every hook of its. */
export interface Extra {
  readonly connection: WebSocketConnection;
  /** What the upgrade said; null once it has been read, for it is large and there are thousands. */
  headers: IncomingHttpHeaders | null;
  readonly addressFingerprint: Caller['addressFingerprint'];
}

/** The protocol, with the pipeline behind it. */
export function createProtocol(options: TransportOptions): Server<Extra> {
  const { pipeline, services, forwardsTo, clientLimits, loadShedding, log, logBug } = options;
  const { maxOperationsPerSocket } = clientLimits;
  const { execute, subscribe } = pipeline.getEnveloped();
  const operationsRefused = operationRefusal(maxOperationsPerSocket);

  return makeServer<Params, Extra>({
    connectionInitWaitTimeout: initTimeoutMs,
    execute,
    subscribe: async (args) => unwrap(await subscribe(args)) as ReturnType<typeof graphqlSubscribe>,
    onConnect(context) {
      const { connection, headers, addressFingerprint } = context.extra;
      const given = sentNames(context.connectionParams);
      context.extra.headers = null;
      // Nor do the credentials stay beside the caller's, in the open, as long as the socket lives.
      Object.assign(context, { connectionParams: undefined });
      const requestId = requestIdFrom(given.get('x-request-id'), () => connection.requestId);
      const lookup: Lookup = (name) => given.get(name) ?? headers?.[name];
      try {
        connection.caller = readCaller(lookup, forwardsTo, requestId, addressFingerprint);
        // The upgrade has been answered with its own id: another one is answered here.
        return requestId === connection.requestId || { 'x-request-id': requestId };
      } catch (error) {
        if (!(error instanceof InvalidFieldError)) throw error;
        connection.socket.close(CloseCode.BadRequest, error.message);
        return false;
      }
    },
    onSubscribe({ extra: { connection } }, id, payload) {
      const { caller } = connection;
      if (caller === null) throw new Error('graphql-ws subscribes before it connects');
      if (connection.operations >= maxOperationsPerSocket) return [refuse(operationsRefused)];
      if (!connection.isDraining && !loadShedding.admits()) return [refuse(overloadRefusal)];
      const cancellation = new Cancellation();
      const record = new OperationRecord(log, loadShedding, 'websocket', caller.requestId);
      connection.begin({ id, cancellation, record });
      const context = createContext(services, {
        caller,
        signal: cancellation,
        report: record.report,
        record,
        method: null,
      });
      try {
        const prepared = prepareOperation(pipeline, context, payload);
        if (prepared.kind === 'invalid') return prepared.errors;
        // Subscriptions have an answer of their own for that; the hub gives it.
        const isRefused = connection.isDraining && prepared.type !== OperationTypeNode.SUBSCRIPTION;
        return isRefused ? [refuse(drainingRefusal)] : prepared.args;
      } catch (error) {
        logBug(error, caller.requestId);
        return [maskError(error)];
      }
    },
    onNext: (_context, _id, _payload, _args, { data, errors }) =>
      errors && { ...(data !== undefined && { data }), errors: errors.map(formatError) },
    // graphql-ws wraps what a stream throws; the masked error is within.
    onError: (_context, _id, _payload, errors) =>
      errors.map((error) =>
        formatError(error.originalError instanceof GraphQLError ? error.originalError : error),
      ),
  });
}

const refuse = (refusal: Refusal): GraphQLError => new GraphQLError(refusal.message, refusal);

/**
 * The payload of `connection_init`, whose names may be in any case. A value of null or of blanks alone
 * counts as not sent, as it does in a header: what the upgrade said stays.
 */
const sentNames = (params: Params = {}): Map<string, unknown> =>
  new Map(
    Object.entries(params)
      .filter(([, value]) => value !== null && !isBlank(value))
      .map(([name, value]) => [name.toLowerCase(), value]),
  );

const isBlank = (value: unknown): boolean => typeof value === 'string' && /^[\t ]*$/.test(value);

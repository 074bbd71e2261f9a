import type { IncomingHttpHeaders } from 'node:http';
import { GraphQLError, OperationTypeNode, type subscribe as graphqlSubscribe } from 'graphql';
import { CloseCode, makeServer, type ConnectionInitMessage, type Server } from 'graphql-ws';
import type { Caller } from '../caller.ts';
import { Cancellation } from '../cancellation.ts';
import { createContext } from '../schema/context.ts';
import { InvalidFieldError, readCaller, type Lookup } from './caller.ts';
import { drainingRefusal } from './draining.ts';
import { formatError } from './format-error.ts';
import { maskError } from './mask-error.ts';
import { OperationRecord } from './operation-record.ts';
import { prepareOperation } from './prepare-operation.ts';
import { requestIdFrom } from './request-id.ts';
import type { TransportOptions } from './transport.ts';
import { unwrap } from './use-bare-streams.ts';
import type { WebSocketConnection } from './websocket-connection.ts';

type Params = ConnectionInitMessage['payload'];

/** What graphql-ws hands back to every hook of its. */
export interface Extra {
  readonly connection: WebSocketConnection;
  /** What the upgrade said; null once it has been read, for it is large and there are thousands. */
  headers: IncomingHttpHeaders | null;
  readonly addressFingerprint: Caller['addressFingerprint'];
}

/** The protocol, with the pipeline behind it. */
export function createProtocol(options: TransportOptions): Server<Extra> {
  const { pipeline, services, forwardsTo, log, logBug } = options;
  const { execute, subscribe } = pipeline.getEnveloped();

  return makeServer<Params, Extra>({
    execute,
    subscribe: async (args) => unwrap(await subscribe(args)) as ReturnType<typeof graphqlSubscribe>,
    onConnect(context) {
      const { connection, headers, addressFingerprint } = context.extra;
      const given = inLowerCase(context.connectionParams);
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
      const cancellation = new Cancellation();
      const record = new OperationRecord(log, 'websocket', caller.requestId);
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
        if ('length' in prepared) return prepared;
        // Subscriptions have an answer of their own for that; the hub gives it.
        const isRefused = connection.isDraining && prepared.type !== OperationTypeNode.SUBSCRIPTION;
        return isRefused
          ? [new GraphQLError(drainingRefusal.message, drainingRefusal)]
          : prepared.args;
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

/** The payload of `connection_init`, whose names may be in any case. */
const inLowerCase = (params: Params = {}): Map<string, unknown> =>
  new Map(Object.entries(params).map(([name, value]) => [name.toLowerCase(), value]));

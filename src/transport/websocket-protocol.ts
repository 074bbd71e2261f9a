import type { IncomingMessage } from 'node:http';
import type {
  ExecutionArgs,
  GraphQLError,
  GraphQLFormattedError,
  GraphQLSchema,
  parse,
  validate,
} from 'graphql';
import {
  CloseCode,
  makeServer,
  type ConnectionInitMessage,
  type Server,
  type SubscribePayload,
} from 'graphql-ws';
import { createContext } from '../schema/context.ts';
import { InvalidFieldError, readCaller, type Lookup } from './caller.ts';
import type { GraphqlPipeline } from './graphql-pipeline.ts';
import { maskError } from './mask-error.ts';
import { OperationRecord } from './operation-record.ts';
import type { PipelineContext } from './pipeline-context.ts';
import { requestIdFrom } from './request-id.ts';
import type { TransportOptions } from './transport.ts';
import type { WebSocketConnection } from './websocket-connection.ts';

type Params = ConnectionInitMessage['payload'];

/** What graphql-ws hands back to every hook of its. */
export interface Extra {
  readonly connection: WebSocketConnection;
  readonly request: IncomingMessage;
}

/** The protocol, with the pipeline behind it. */
export function createProtocol(options: TransportOptions): Server<Extra> {
  const { pipeline, services, forwardsTo, log } = options;
  const { execute, subscribe } = pipeline.getEnveloped();

  return makeServer<Params, Extra>({
    execute,
    subscribe,
    onConnect({ connectionParams, extra: { connection, request } }) {
      const lookup = lookupIn(connectionParams, request);
      const requestId = requestIdFrom(lookup('x-request-id') ?? connection.requestId);
      try {
        connection.caller = readCaller(lookup, forwardsTo, requestId);
        return true;
      } catch (error) {
        if (!(error instanceof InvalidFieldError)) throw error;
        connection.socket.close(CloseCode.BadRequest, error.message);
        return false;
      }
    },
    onSubscribe({ extra: { connection } }, id, payload) {
      const { caller } = connection;
      if (caller === null) throw new Error('graphql-ws subscribes before it connects');
      const controller = new AbortController();
      const record = new OperationRecord(log, 'websocket', caller.requestId);
      connection.begin(payload, { id, controller, record });
      const { signal } = controller;
      const context = createContext(services, { caller, signal, report: record.report });
      return prepare(pipeline, { ...context, record, method: null }, payload);
    },
    onNext: (_context, _id, _payload, _args, { data, errors }) =>
      errors && { ...(data !== undefined && { data }), errors: errors.map(formatError) },
    onError({ extra: { connection } }, _id, payload, errors) {
      connection.end(payload);
      return errors.map(formatError);
    },
    onComplete: ({ extra: { connection } }, _id, payload) => connection.end(payload),
  });
}

/** Parses and validates; what is wrong with the document is the operation's error, not the socket's. */
function prepare(
  pipeline: GraphqlPipeline,
  context: PipelineContext,
  { query, operationName = null, variables: variableValues = null }: SubscribePayload,
): ExecutionArgs | readonly GraphQLError[] {
  const enveloped: Enveloped = pipeline.getEnveloped(context);
  const { schema, parse, validate } = enveloped;
  try {
    const document = parse(query);
    const errors = validate(schema, document);
    if (errors.length > 0) return errors;
    return { schema, document, contextValue: context, operationName, variableValues };
  } catch (error) {
    return [maskError(error)];
  }
}

/** The part of Yoga's pipeline that prepares an operation. Yoga itself leaves its types open. */
interface Enveloped {
  readonly schema: GraphQLSchema;
  readonly parse: typeof parse;
  readonly validate: typeof validate;
}

/** Looks in `connection_init`, whose names may be in any case, and then in the upgrade's headers. */
function lookupIn(params: Params, request: IncomingMessage): Lookup {
  const given = new Map(
    Object.entries(params ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  );
  return (name) => given.get(name) ?? request.headers[name];
}

/** An error as the client gets it. Yoga's hints to its HTTP side are no part of it. */
function formatError(error: GraphQLError): GraphQLFormattedError {
  const { extensions, ...formatted } = error.toJSON();
  const rest = Object.entries(extensions ?? {}).filter(([name]) => !isInternal.has(name));
  return rest.length > 0 ? { ...formatted, extensions: Object.fromEntries(rest) } : formatted;
}

const isInternal = new Set(['http', 'unexpected']);

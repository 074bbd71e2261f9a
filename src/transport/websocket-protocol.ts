import type { IncomingMessage } from 'node:http';
import {
  getOperationAST,
  GraphQLError,
  OperationTypeNode,
  type ExecutionArgs,
  type GraphQLFormattedError,
  type GraphQLSchema,
  type parse,
  type validate,
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
import { drainingRefusal } from './draining.ts';
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
  const { pipeline, services, forwardsTo, log, logBug } = options;
  const { execute, subscribe } = pipeline.getEnveloped();

  return makeServer<Params, Extra>({
    execute,
    subscribe,
    onConnect({ connectionParams, extra: { connection, request } }) {
      const given = inLowerCase(connectionParams);
      const requestId = requestIdFrom(given.get('x-request-id'), () => connection.requestId);
      const lookup: Lookup = (name) => given.get(name) ?? request.headers[name];
      try {
        connection.caller = readCaller(lookup, forwardsTo, requestId);
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
      const controller = new AbortController();
      const record = new OperationRecord(log, 'websocket', caller.requestId);
      connection.begin({ id, controller, record });
      const { signal } = controller;
      const context = createContext(services, { caller, signal, report: record.report });
      try {
        const prepared = prepare(pipeline, { ...context, record, method: null }, payload);
        // Subscriptions have an answer of their own for that; the hub gives it.
        const isRefused = connection.isDraining && !isSubscription(prepared);
        return isRefused ? [new GraphQLError(drainingRefusal.message, drainingRefusal)] : prepared;
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

/** Parses, which throws what is wrong with the document, and validates. */
function prepare(
  pipeline: GraphqlPipeline,
  context: PipelineContext,
  { query, operationName = null, variables: variableValues = null }: SubscribePayload,
): ExecutionArgs | readonly GraphQLError[] {
  const enveloped: Enveloped = pipeline.getEnveloped(context);
  const { schema, parse, validate } = enveloped;
  const document = parse(query);
  const errors = validate(schema, document);
  if (errors.length > 0) return errors.map(maskError);
  if (!getOperationAST(document, operationName)) return [unknownOperation()];
  return { schema, document, contextValue: context, operationName, variableValues };
}

const isSubscription = (prepared: ExecutionArgs | readonly GraphQLError[]): boolean =>
  'document' in prepared &&
  getOperationAST(prepared.document, prepared.operationName)?.operation ===
    OperationTypeNode.SUBSCRIPTION;

/** The same as over HTTP, where it is Yoga's. */
const unknownOperation = (): GraphQLError =>
  new GraphQLError('Could not determine what operation to execute.', {
    extensions: { code: 'OPERATION_RESOLUTION_FAILURE' },
  });

/** The part of Yoga's pipeline that prepares an operation. Yoga itself leaves its types open. */
interface Enveloped {
  readonly schema: GraphQLSchema;
  readonly parse: typeof parse;
  readonly validate: typeof validate;
}

/** The payload of `connection_init`, whose names may be in any case. */
const inLowerCase = (params: Params = {}): Map<string, unknown> =>
  new Map(Object.entries(params).map(([name, value]) => [name.toLowerCase(), value]));

/** An error as the client gets it. Yoga's hints to its HTTP side are no part of it. */
function formatError(error: GraphQLError): GraphQLFormattedError {
  const { extensions, ...formatted } = error.toJSON();
  const rest = Object.entries(extensions ?? {}).filter(([name]) => !isInternal.has(name));
  return rest.length > 0 ? { ...formatted, extensions: Object.fromEntries(rest) } : formatted;
}

const isInternal = new Set(['http', 'unexpected']);

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { GraphQLError, OperationTypeNode, type DocumentNode, type ExecutionResult } from 'graphql';
import { LRUCache } from 'lru-cache';
import { commonHeaders, setCommonHeaders } from './common-headers.ts';
import type { CompiledQuery } from './compiled-queries.ts';
import { createEventStreams } from './event-streams.ts';
import { graphqlPath } from './graphql-path.ts';
import type { HotRequest } from './hot-request.ts';
import type { PipelineContext } from './pipeline-context.ts';
import { prepareOperation } from './prepare-operation.ts';
import { readBody } from './read-body.ts';
import { parseParams, type RequestParams } from './request-params.ts';
import { ResultStream } from './result-stream.ts';
import type { TransportOptions } from './transport.ts';
import { unwrap } from './use-bare-streams.ts';

/** Answers a request of GraphQL over HTTP. */
export type HttpAnswerer = (
  request: IncomingMessage,
  response: ServerResponse,
  context: PipelineContext,
) => Promise<void>;

/** A query that has been answered before, and is now asked again. */
export interface KnownQuery {
  /** The type of its answer. */
  readonly type: string;
  /**
   * Executes it. Null: the result is not just data, and so Yoga's to answer.
   *
   * @param socket on which the same request then begins anew
   */
  run(context: PipelineContext, socket: Socket): Promise<string | null>;
  /** Logs the bugs of a run on this connection, unless the same request has begun anew. */
  logBugs(socket: Socket): void;
}

/** The ways beside Yoga. */
export interface FastPath {
  readonly answer: HttpAnswerer;
  /** Null for everything but a query that has been compiled. */
  readonly find: (request: HotRequest) => KnownQuery | null;
}

/**
 * Puts a short way in front of Yoga for what almost every request is: a small POST of JSON, for JSON,
 * with a query that Yoga has parsed, validated and executed before. It leads from socket to socket:
 * the Request, the Response and the streams that Yoga makes of them cost several times as much as the
 * rest of the work.
 *
 * Server-sent events of subscriptions take it for the same reason: their streams last.
 *
 * It has no rules of its own. Whatever is unusual about a request or its result is Yoga's to answer;
 * what is written here is data without errors, labelled as Yoga labelled the answer before, and the
 * events of a subscription that has begun.
 */
export function createFastPath(options: TransportOptions): FastPath {
  const { pipeline, documents, queries, limits, logBug } = options;
  /** A longer body is Yoga's, so that what is checked there need not be checked here. */
  const maxBodyBytes = Math.min(limits.maxRequestBytes, limits.maxVariablesBytes);
  /** The type of a JSON answer to each Accept header, as Yoga chose it. */
  const types = new LRUCache<string, string>({ max: 100 });
  /** What went wrong on a connection with a request that is to begin anew. */
  const failures = new WeakMap<Socket, { errors: readonly GraphQLError[]; requestId: string }>();
  const takeFailure = (socket: Socket) => {
    const failure = failures.get(socket);
    if (failure) failures.delete(socket);
    return failure;
  };

  const askYoga: HttpAnswerer = async (request, response, context) => {
    setCommonHeaders(response, context.caller.requestId);
    await pipeline(request, response, context);
    const type = response.getHeader('content-type');
    const isLabelled = response.statusCode === 200 && isJsonType(type);
    if (isLabelled && isUsual(request, maxBodyBytes)) types.set(acceptOf(request), type);
  };

  const { subscribe } = pipeline.getEnveloped();
  const sendEvents = createEventStreams();

  const answer: HttpAnswerer = async (request, response, context) => {
    const before = takeFailure(request.socket)?.errors ?? [];
    const now = (await answerOnce(request, response, context)) ?? [];
    // Errors that came again are Yoga's to tell; a bug that did not would go unnoticed.
    const { record, caller } = context;
    if (!record.hasErrors) for (const error of [...before, ...now]) logBug(error, caller.requestId);
  };

  /** @returns what went wrong on the way, before Yoga was asked */
  const answerOnce = async (
    request: IncomingMessage,
    response: ServerResponse,
    context: PipelineContext,
  ): Promise<ExecutionResult['errors']> => {
    const accept = acceptOf(request);
    const type = accept === eventStream ? eventStream : types.get(accept);
    if (type === undefined || !isUsual(request, maxBodyBytes)) {
      await askYoga(request, response, context);
      return;
    }

    const body = await readBody(request);
    if (body === null) return;
    const params = parseParams(body.toString());
    const document = params && documents.get(params.query);
    let result: ExecutionResult | null = null;
    if (document) {
      if (type === eventStream) {
        const results = await openStream(params, context);
        if (results !== null) {
          setCommonHeaders(response, context.caller.requestId);
          await sendEvents(response, results);
          return;
        }
      } else {
        const query = queryFor(document, params);
        result = query && (await runQuery(query, params.variables, context));
        const text = result && writeData(result);
        if (text !== null) {
          send(response, type, text, context.caller.requestId);
          return;
        }
      }
    }
    // What has been read upstream for a result is still in the context, and not asked for twice.
    await askYoga(withBody(request, body), response, context);
    return result?.errors;
  };

  function find({ headers, body }: HotRequest): KnownQuery | null {
    const type = types.get(headers['accept'] ?? '');
    if (type === undefined || !isUsualContent(headers, maxBodyBytes)) return null;
    const params = parseParams(body);
    const document = params && documents.get(params.query);
    if (!document) return null;
    const query = queryFor(document, params);
    if (query === null) return null;
    return {
      type,
      async run(context, socket) {
        const result = await runQuery(query, params.variables, context);
        const { errors } = result;
        if (errors) failures.set(socket, { errors, requestId: context.caller.requestId });
        return writeData(result);
      },
      logBugs(socket) {
        const failure = takeFailure(socket);
        for (const error of failure?.errors ?? []) logBug(error, failure?.requestId);
      },
    };
  }

  /** Null where it has not been compiled, or is not the operation that is asked for. */
  function queryFor(
    document: DocumentNode,
    { operationName }: RequestParams,
  ): CompiledQuery | null {
    const query = queries.get(document);
    return query && (operationName === null || operationName === query.name) ? query : null;
  }

  /** Null for everything but a subscription that begins without an error. */
  async function openStream(
    params: RequestParams,
    context: PipelineContext,
  ): Promise<ResultStream | null> {
    const operation = prepareOperation(pipeline, context, params);
    if (operation.kind === 'invalid' || operation.type !== OperationTypeNode.SUBSCRIPTION)
      return null;
    try {
      const results = unwrap(await subscribe(operation.args));
      return results instanceof ResultStream ? results : null;
    } catch {
      return null;
    }
  }

  return { answer, find };
}

async function runQuery(
  query: CompiledQuery,
  variables: RequestParams['variables'],
  context: PipelineContext,
): Promise<ExecutionResult> {
  context.record.name('query', query.name);
  try {
    return await query.run(context, variables);
  } catch (error) {
    return { errors: [asGraphQLError(error)] };
  }
}

/** As JSON; null for a result that is not just data. */
const writeData = (result: ExecutionResult): string | null =>
  result.data && !result.errors ? JSON.stringify(result) : null;

/** What is thrown by the compiled code itself, and by no resolver, is a bug as well. */
const asGraphQLError = (error: unknown): GraphQLError =>
  new GraphQLError('The compiled query failed.', {
    originalError: error instanceof Error ? error : null,
  });

function send(response: ServerResponse, type: string, text: string, requestId: string): void {
  if (response.destroyed) return;
  const length = Buffer.byteLength(text);
  const body = ['Content-Type', type, 'content-length', String(length)];
  if (response.getHeaderNames().length > 0) {
    setCommonHeaders(response, requestId); // or those that are set already would come in another order
    response.writeHead(200, body);
  } else response.writeHead(200, [...commonHeaders(requestId), ...body]);
  response.end(text, length === text.length ? 'latin1' : 'utf8'); // where they agree, it is the quicker
}

/** The request with its body where Yoga looks for one that has been read already. */
const withBody = (request: IncomingMessage, body: Buffer): IncomingMessage =>
  Object.assign(request, { body });

const eventStream = 'text/event-stream';

/** No client has a longer one. */
const maxAcceptCharacters = 256;

const acceptOf = ({ headers }: IncomingMessage): string => headers.accept ?? '';

const isJsonType = (type: unknown): type is string =>
  typeof type === 'string' && /^application\/(?:graphql-response\+)?json;/.test(type);

/** Tells from its head whether a request is one of those that nearly all are. */
function isUsual({ method, url, headers }: IncomingMessage, maxBodyBytes: number): boolean {
  return (
    method === 'POST' &&
    url === graphqlPath &&
    headers['content-encoding'] === undefined &&
    (headers.accept?.length ?? 0) <= maxAcceptCharacters &&
    isUsualContent(headers, maxBodyBytes)
  );
}

const isUsualContent = (
  headers: Readonly<Record<string, string | string[] | undefined>>,
  maxBodyBytes: number,
): boolean =>
  (headers['content-type'] === 'application/json' ||
    headers['content-type'] === 'application/json; charset=utf-8') &&
  headers['content-length'] !== undefined &&
  Number(headers['content-length']) <= maxBodyBytes;

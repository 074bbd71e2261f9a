import type { IncomingMessage, ServerResponse } from 'node:http';
import { OperationTypeNode, type ExecutionResult } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Documents } from './documents.ts';
import { createEventStreams } from './event-streams.ts';
import { graphqlPath } from './graphql-path.ts';
import type { GraphqlPipeline } from './graphql-pipeline.ts';
import type { PipelineContext } from './pipeline-context.ts';
import {
  prepareOperation,
  type OperationParams,
  type PreparedOperation,
} from './prepare-operation.ts';
import { readBody } from './read-body.ts';
import { ResultStream } from './result-stream.ts';
import { unwrap } from './use-bare-streams.ts';

/** Answers requests of GraphQL over HTTP. */
export type HttpAnswerer = (
  request: IncomingMessage,
  response: ServerResponse,
  context: PipelineContext,
) => Promise<void>;

/**
 * Puts a short way in front of Yoga for what almost every request is: a small POST of JSON, for JSON,
 * with a document that has been seen before. It leads through the same pipeline, with the same
 * plugins, but from socket to socket: the Request, the Response and the streams that Yoga makes of
 * them cost several times as much as the rest of the work.
 *
 * It has no rules of its own. Whatever is unusual about a request or its result is Yoga's to answer;
 * all that is written here is an answer without errors, labelled as Yoga labelled the one before.
 */
export function createFastPath(pipeline: GraphqlPipeline, documents: Documents): HttpAnswerer {
  /** The type of a JSON answer to each Accept header, as Yoga chose it. */
  const types = new LRUCache<string, string>({ max: 100 });

  const askYoga: HttpAnswerer = async (request, response, context) => {
    await pipeline(request, response, context);
    const type = response.getHeader('content-type');
    if (response.statusCode === 200 && isJsonType(type)) types.set(acceptOf(request), type);
  };

  const { execute, subscribe } = pipeline.getEnveloped();
  const subscribeTo = async ({ args }: PreparedOperation): Promise<unknown> =>
    unwrap(await subscribe(args));
  const sendEvents = createEventStreams();
  const run = async ({ args }: PreparedOperation): Promise<ExecutionResult> =>
    (await execute(args)) as ExecutionResult; // nothing in the schema is delivered in parts

  return async (request, response, context) => {
    const type = isUsual(request) ? types.get(acceptOf(request)) : undefined;
    const wantsEvents = acceptOf(request) === eventStream && isUsual(request);
    if (type === undefined && !wantsEvents) return askYoga(request, response, context);

    const body = await readBody(request);
    if (body === null) return;
    const readRequest = Object.assign(request, { body }); // where Yoga looks for what has been read

    const params = parseParams(body);
    const isKnown = params !== null && documents.get(params.query) !== undefined;
    const operation = isKnown ? prepareOperation(pipeline, context, params) : null;
    if (operation === null || 'length' in operation) {
      return askYoga(readRequest, response, context);
    }
    if (wantsEvents && operation.type === SUBSCRIPTION) {
      // What goes wrong before there is a stream is Yoga's to tell.
      const results = await subscribeTo(operation).catch(() => null);
      if (!(results instanceof ResultStream)) return askYoga(readRequest, response, context);
      return sendEvents(response, results);
    }
    if (type === undefined || operation.type === SUBSCRIPTION) {
      return askYoga(readRequest, response, context);
    }

    const outcome = run(operation);
    const result = await outcome.catch(() => null);
    if (result === null || result.errors !== undefined) {
      return askYoga(readRequest, response, { ...context, outcome });
    }
    if (response.destroyed) return;
    const text = JSON.stringify(result);
    response.writeHead(200, { 'Content-Type': type, 'content-length': Buffer.byteLength(text) });
    response.end(text);
  };
}

const { SUBSCRIPTION } = OperationTypeNode;

const eventStream = 'text/event-stream';

/** A longer body is not worth a second way; nor a longer Accept, which no client has. */
const maxBodyBytes = 64 * 1024;
const maxAcceptCharacters = 256;

const acceptOf = ({ headers }: IncomingMessage): string => headers.accept ?? '';

const isJsonType = (type: unknown): type is string =>
  typeof type === 'string' && /^application\/(?:graphql-response\+)?json;/.test(type);

/** Tells from its head whether a request is one of those that nearly all are. */
function isUsual({ method, url, headers }: IncomingMessage): boolean {
  return (
    method === 'POST' &&
    url === graphqlPath &&
    (headers['content-type'] === 'application/json' ||
      headers['content-type'] === 'application/json; charset=utf-8') &&
    headers['content-encoding'] === undefined &&
    headers['content-length'] !== undefined &&
    Number(headers['content-length']) <= maxBodyBytes &&
    (headers.accept?.length ?? 0) <= maxAcceptCharacters
  );
}

/** Reads what nearly all bodies hold; null for everything else. */
function parseParams(body: Buffer): OperationParams | null {
  let params: unknown;
  try {
    params = JSON.parse(body.toString());
  } catch {
    return null;
  }
  if (!isRecord(params)) return null;
  const { query, operationName = null, variables = null, ...others } = params;
  if (typeof query !== 'string' || Object.keys(others).length > 0) return null;
  if (operationName !== null && typeof operationName !== 'string') return null;
  if (variables !== null && !isRecord(variables)) return null;
  return { query, operationName, variables };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

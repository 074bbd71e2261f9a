import type { GraphQLSchema } from 'graphql';
import { createYoga, type CORSOptions, type YogaServerInstance } from 'graphql-yoga';
import type { BugLog } from './bug-log.ts';
import { graphqlPath } from './graphql-path.ts';
import { maskError } from './mask-error.ts';
import type { PipelineContext } from './pipeline-context.ts';
import {
  useGetForQueriesOnly,
  useIntrospectionRefusal,
  useMaskedAnswers,
  useParser,
  useReadableRequests,
} from './pipeline-plugins.ts';
import { useOperationRecord } from './use-operation-record.ts';

/** Everything between a parsed request and its result, the same for every transport. */
export type GraphqlPipeline = YogaServerInstance<PipelineContext, object>;

/** How the pipeline is made. */
export interface GraphqlPipelineOptions {
  readonly schema: GraphQLSchema;
  readonly introspection: boolean;
  /** Origins whose pages may read the answers. */
  readonly corsOrigins: readonly string[];
  readonly logBug: BugLog;
}

/** The longest request, in bytes: no document of ours needs a hundredth of it. */
export const maxRequestBytes = 1024 * 1024;

/** Makes the pipeline. Yoga is also the server of HTTP and SSE in front of it. */
export function createGraphqlPipeline(options: GraphqlPipelineOptions): GraphqlPipeline {
  const { schema, introspection, corsOrigins, logBug } = options;
  const ignore = () => undefined;
  return createYoga<PipelineContext>({
    schema,
    graphqlEndpoint: graphqlPath,
    graphiql: false,
    landingPage: false,
    // Yoga logs whatever maskError has changed; bugs that no plugin has seen are among it.
    logging: { debug: ignore, info: ignore, warn: ignore, error: (error) => logBug(error) },
    batching: false,
    multipart: false,
    maxRequestBodySize: maxRequestBytes,
    cors: (request) => corsFor(request.headers.get('origin'), corsOrigins),
    maskedErrors: { maskError },
    plugins: [
      useReadableRequests,
      useParser,
      !introspection && useIntrospectionRefusal,
      useGetForQueriesOnly,
      useOperationRecord(logBug),
      useMaskedAnswers,
    ],
  });
}

/**
 * Yoga is told of the one origin that asks, and only if it may: given a list, it answers an origin that
 * is not on it with `null`, which is the origin of every sandboxed page.
 */
const corsFor = (origin: string | null, allowed: readonly string[]): CORSOptions =>
  origin !== null &&
  allowed.includes(origin) && {
    origin,
    methods: ['GET', 'POST'],
    credentials: false,
    exposedHeaders: ['x-request-id'],
  };

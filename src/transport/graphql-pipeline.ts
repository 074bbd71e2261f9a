import type { GraphQLSchema } from 'graphql';
import type { YogaServerInstance } from 'graphql-yoga';
import type { BugLog } from './bug-log.ts';
import type { CompiledQueries } from './compiled-queries.ts';
import type { Documents } from './documents.ts';
import { graphqlPath } from './graphql-path.ts';
import { maskError } from './mask-error.ts';
import type { PipelineContext } from './pipeline-context.ts';
import {
  useGetForQueriesOnly,
  useIntrospectionRefusal,
  useKnownDocuments,
  useMaskedAnswers,
  useNoStore,
  useParser,
  useReadableRequests,
} from './pipeline-plugins.ts';
import { useBareStreams } from './use-bare-streams.ts';
import { useOperationRecord } from './use-operation-record.ts';
import { createYoga } from './yoga.ts';

/** Everything between a parsed request and its result, the same for every transport. */
export type GraphqlPipeline = YogaServerInstance<PipelineContext, object>;

/** How the pipeline is made. */
export interface GraphqlPipelineOptions {
  readonly schema: GraphQLSchema;
  readonly introspection: boolean;
  readonly documents: Documents;
  readonly queries: CompiledQueries;
  readonly logBug: BugLog;
}

/** The longest request, in bytes: no document of ours needs a hundredth of it. */
export const maxRequestBytes = 1024 * 1024;

/** Makes the pipeline. Yoga is also the server of HTTP and SSE in front of it. */
export function createGraphqlPipeline(options: GraphqlPipelineOptions): GraphqlPipeline {
  const { schema, introspection, documents, queries, logBug } = options;
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
    cors: false,
    maskedErrors: { maskError },
    parserAndValidationCache: {
      documentCache: { get: (text) => documents.get(text), set: () => undefined }, // see useKnownDocuments
      errorCache: { get: () => undefined, set: () => undefined },
    },
    plugins: [
      useReadableRequests,
      useParser,
      !introspection && useIntrospectionRefusal,
      useGetForQueriesOnly,
      useKnownDocuments(documents, queries),
      useBareStreams(logBug),
      useOperationRecord(logBug),
      useMaskedAnswers,
      useNoStore,
    ],
  });
}

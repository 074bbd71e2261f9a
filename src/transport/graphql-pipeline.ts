import type { GraphQLSchema } from 'graphql';
import type { YogaServerInstance } from 'graphql-yoga';
import type { BugLog } from './bug-log.ts';
import type { CompiledQueries } from './compiled-queries.ts';
import type { DocumentLimits } from './document-limits.ts';
import type { Documents } from './documents.ts';
import { graphqlPath } from './graphql-path.ts';
import { maskError } from './mask-error.ts';
import type { PipelineContext } from './pipeline-context.ts';
import {
  useGetForQueriesOnly,
  useKnownDocuments,
  useMaskedAnswers,
  useNoStore,
  useParser,
  useReadableRequests,
  useValidation,
  useWordsForRefusals,
} from './pipeline-plugins.ts';
import { useBareStreams } from './use-bare-streams.ts';
import { useCsrfPrevention } from './use-csrf-prevention.ts';
import { useOperationRecord } from './use-operation-record.ts';
import { useVariablesLimit, type VariablesLimit } from './use-variables-limit.ts';
import { createYoga } from './yoga.ts';

/** Everything between a parsed request and its result, the same for every transport. */
export type GraphqlPipeline = YogaServerInstance<PipelineContext, object>;

/** How the pipeline is made. */
export interface GraphqlPipelineOptions {
  readonly schema: GraphQLSchema;
  readonly introspection: boolean;
  readonly csrfPrevention: boolean;
  readonly limits: OperationLimits;
  readonly documents: Documents;
  readonly queries: CompiledQueries;
  readonly logBug: BugLog;
}

/** How much an operation may ask for, and how large the request for it may be. */
export interface OperationLimits extends DocumentLimits, VariablesLimit {
  /** A body of HTTP or a message of a WebSocket, in bytes. */
  readonly maxRequestBytes: number;
}

/** Makes the pipeline. Yoga is also the server of HTTP and SSE in front of it. */
export function createGraphqlPipeline(options: GraphqlPipelineOptions): GraphqlPipeline {
  const { schema, introspection, csrfPrevention, limits, documents, queries, logBug } = options;
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
    maxRequestBodySize: limits.maxRequestBytes,
    cors: false,
    maskedErrors: { maskError },
    parserAndValidationCache: {
      documentCache: { get: (text) => documents.get(text), set: () => undefined }, // see useKnownDocuments
      errorCache: { get: () => undefined, set: () => undefined },
    },
    plugins: [
      csrfPrevention && useCsrfPrevention,
      useReadableRequests,
      useParser(limits),
      useValidation(introspection),
      useGetForQueriesOnly,
      useVariablesLimit(limits),
      useKnownDocuments(documents, queries),
      useBareStreams(logBug),
      useOperationRecord(logBug),
      useMaskedAnswers,
      useNoStore,
      useWordsForRefusals,
    ],
  });
}

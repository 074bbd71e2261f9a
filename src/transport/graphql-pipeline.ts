import { GraphQLError, NoSchemaIntrospectionCustomRule, type GraphQLSchema } from 'graphql';
import { createYoga, type YogaServerInstance } from 'graphql-yoga';
import type { Log } from '../observe/log.ts';
import { maskError } from './mask-error.ts';
import type { PipelineContext, PipelinePlugin } from './pipeline-context.ts';
import { useOperationRecord } from './use-operation-record.ts';

/** Everything between a parsed request and its result, the same for every transport. */
export type GraphqlPipeline = YogaServerInstance<PipelineContext, object>;

/** How the pipeline is made. */
export interface GraphqlPipelineOptions {
  readonly schema: GraphQLSchema;
  readonly introspection: boolean;
  /** Origins whose pages may read the answers. */
  readonly corsOrigins: readonly string[];
  readonly log: Log;
}

/** The path of the graph, over every transport. */
export const graphqlPath = '/graphql';

/** The longest request, in bytes: no document of ours needs a hundredth of it. */
export const maxRequestBytes = 1024 * 1024;

/** Makes the pipeline. Yoga is also the server of HTTP and SSE in front of it. */
export function createGraphqlPipeline(options: GraphqlPipelineOptions): GraphqlPipeline {
  const { schema, introspection, corsOrigins, log } = options;
  return createYoga<PipelineContext>({
    schema,
    graphqlEndpoint: graphqlPath,
    graphiql: false,
    landingPage: false,
    logging: false,
    batching: false,
    multipart: false,
    maxRequestBodySize: maxRequestBytes,
    cors: corsOrigins.length > 0 && {
      origin: [...corsOrigins],
      methods: ['GET', 'POST'],
      exposedHeaders: ['x-request-id'],
    },
    maskedErrors: { maskError },
    plugins: [
      !introspection && useIntrospectionRefusal,
      useConcealedValidation,
      useGetForQueriesOnly,
      useOperationRecord(log),
    ],
  });
}

const useIntrospectionRefusal: PipelinePlugin = {
  onValidate: ({ addValidationRule }) => addValidationRule(NoSchemaIntrospectionCustomRule),
};

/** Yoga masks what is thrown; what validation finds it sends as it is. */
const useConcealedValidation: PipelinePlugin = {
  onValidate:
    () =>
    ({ result, setResult }) =>
      setResult(result.map(maskError)),
};

/** Yoga refuses mutations by GET. A subscription has no more business in a link or an image. */
const useGetForQueriesOnly: PipelinePlugin = {
  onSubscribe({ args }) {
    if (args.contextValue.method !== 'GET') return;
    throw new GraphQLError('Can only subscribe with a POST request.', {
      extensions: { code: 'BAD_REQUEST', http: { status: 405, headers: { Allow: 'POST' } } },
    });
  },
};

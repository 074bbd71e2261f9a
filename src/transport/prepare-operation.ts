import {
  getOperationAST,
  GraphQLError,
  type ExecutionArgs,
  type GraphQLSchema,
  type OperationTypeNode,
  type parse,
  type validate,
} from 'graphql';
import type { GraphqlPipeline } from './graphql-pipeline.ts';
import { maskError } from './mask-error.ts';
import type { PipelineContext } from './pipeline-context.ts';

/** What a client asks for (GraphQL over HTTP, "request parameters"; the same over WebSocket). */
export interface OperationParams {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: Record<string, unknown> | null | undefined;
}

/** An operation that has been parsed: what to execute, or what is wrong with it. */
export type PreparedOperation =
  | { readonly kind: 'valid'; readonly type: OperationTypeNode; readonly args: ExecutionArgs }
  | { readonly kind: 'invalid'; readonly errors: readonly GraphQLError[] };

/**
 * Parses and validates as the pipeline does it.
 *
 * @throws what is wrong with the syntax
 */
export function prepareOperation(
  pipeline: GraphqlPipeline,
  contextValue: PipelineContext,
  { query, operationName = null, variables: variableValues = null }: OperationParams,
): PreparedOperation {
  const enveloped: Enveloped = pipeline.getEnveloped(contextValue);
  const { schema, parse, validate } = enveloped;
  const document = parse(query);
  const errors = validate(schema, document);
  if (errors.length > 0) return { kind: 'invalid', errors: errors.map(maskError) };
  const operation = getOperationAST(document, operationName);
  if (!operation) return { kind: 'invalid', errors: [unknownOperation()] };
  const args = { schema, document, contextValue, operationName, variableValues };
  return { kind: 'valid', type: operation.operation, args };
}

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

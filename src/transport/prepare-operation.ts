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

/** An operation that has been found valid. */
export interface PreparedOperation {
  readonly type: OperationTypeNode;
  readonly args: ExecutionArgs;
}

/**
 * Parses and validates as the pipeline does it.
 *
 * @returns what to execute, or what is wrong with it
 * @throws what is wrong with the syntax
 */
export function prepareOperation(
  pipeline: GraphqlPipeline,
  contextValue: PipelineContext,
  { query, operationName = null, variables: variableValues = null }: OperationParams,
): PreparedOperation | readonly GraphQLError[] {
  const enveloped: Enveloped = pipeline.getEnveloped(contextValue);
  const { schema, parse, validate } = enveloped;
  const document = parse(query);
  const errors = validate(schema, document);
  if (errors.length > 0) return errors.map(maskError);
  const operation = getOperationAST(document, operationName);
  if (!operation) return [unknownOperation()];
  const args = { schema, document, contextValue, operationName, variableValues };
  return { type: operation.operation, args };
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

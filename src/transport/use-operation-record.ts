import { getOperationAST, GraphQLError, type DocumentNode, type ExecutionResult } from 'graphql';
import type { Log } from '../observe/log.ts';
import type { PipelineContext, PipelinePlugin } from './pipeline-context.ts';
import { isUnexpected } from './mask-error.ts';

/** Tells the record what runs and how it ends, and logs bugs before they are masked. */
export const useOperationRecord = (log: Log): PipelinePlugin => {
  const watch = ({ record, caller }: PipelineContext) => ({
    result: ({ errors }: ExecutionResult) => {
      if (errors === undefined || errors.length === 0) return;
      record.noteErrors();
      for (const error of errors.filter(isUnexpected)) logBug(error, caller.requestId);
    },
    error: (error: unknown) => {
      record.noteErrors();
      if (isUnexpected(error)) logBug(error, caller.requestId);
    },
  });
  const logBug = (error: unknown, requestId: string) => {
    const cause = error instanceof GraphQLError ? error.originalError : error;
    const path = error instanceof GraphQLError ? error.path : undefined;
    log.error({ requestId, path, stack: cause instanceof Error ? cause.stack : null }, 'bug');
  };
  return {
    onExecute({ args }) {
      nameOperation(args);
      const { result: onResult } = watch(args.contextValue);
      return {
        onExecuteDone({ result }) {
          if ('errors' in result) onResult(result);
        },
      };
    },
    onSubscribe({ args }) {
      nameOperation(args);
      const { result: onResult, error: onError } = watch(args.contextValue);
      return {
        onSubscribeResult({ result }) {
          if ('errors' in result) onResult(result);
          return {
            onNext: ({ result: next }) => {
              if ('errors' in next) onResult(next);
            },
          };
        },
        onSubscribeError: ({ error }) => onError(error),
      };
    },
  };
};

function nameOperation(args: {
  document: DocumentNode;
  operationName?: string | null;
  contextValue: PipelineContext;
}): void {
  const operation = getOperationAST(args.document, args.operationName);
  if (operation) args.contextValue.record.name(operation.operation, operation.name?.value ?? null);
}

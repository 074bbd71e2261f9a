import { getOperationAST, type DocumentNode, type ExecutionResult } from 'graphql';
import type { BugLog } from './bug-log.ts';
import type { PipelineContext, PipelinePlugin } from './pipeline-context.ts';

/** Tells the operation's record what runs and how it ends, and logs bugs before they are masked. */
export const useOperationRecord = (logBug: BugLog): PipelinePlugin => {
  const note = ({ record, caller }: PipelineContext, errors: readonly unknown[] = []) => {
    if (errors.length > 0) record.noteErrors();
    for (const error of errors) logBug(error, caller.requestId);
  };
  return {
    onExecute({ args }) {
      nameOperation(args);
      return {
        onExecuteDone({ result }) {
          note(args.contextValue, errorsOf(result));
        },
      };
    },
    onSubscribe({ args }) {
      nameOperation(args);
      return {
        onSubscribeResult({ result }) {
          note(args.contextValue, errorsOf(result)); // of its results the stream takes note itself
        },
      };
    },
  };
};

const errorsOf = (result: object): ExecutionResult['errors'] =>
  'errors' in result ? (result as ExecutionResult).errors : undefined;

function nameOperation(args: {
  document: DocumentNode;
  operationName?: string | null;
  contextValue: PipelineContext;
}): void {
  const operation = getOperationAST(args.document, args.operationName);
  if (operation) args.contextValue.record.name(operation.operation, operation.name?.value ?? null);
}

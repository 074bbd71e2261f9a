import type { ExecutionArgs, ExecutionResult } from 'graphql';
import { limitExceeded } from './document-limits.ts';
import type { PipelinePlugin } from './pipeline-context.ts';

/**
 * Refuses variables that are too large. Each that is wrong makes a message that holds it whole, or all
 * that it is a part of: within a megabyte that takes seconds before anything of it is concealed.
 */
export function useVariablesLimit({ maxVariablesBytes }: VariablesLimit): PipelinePlugin {
  const check = ({ args, setResultAndStopExecution }: OperationHook): void => {
    if (isWithin(args.variableValues, maxVariablesBytes)) return;
    const refusal = limitExceeded('variables', 'bytes', 'MAX_VARIABLES_BYTES', maxVariablesBytes);
    setResultAndStopExecution({ errors: [refusal] });
  };
  return { onExecute: check, onSubscribe: check };
}

/** How large variables may be. */
export interface VariablesLimit {
  /** As JSON, in bytes. */
  readonly maxVariablesBytes: number;
}

interface OperationHook {
  readonly args: Pick<ExecutionArgs, 'variableValues'>;
  readonly setResultAndStopExecution: (result: ExecutionResult) => void;
}

function isWithin(variables: unknown, maxBytes: number): boolean {
  try {
    return Buffer.byteLength(JSON.stringify(variables ?? null)) <= maxBytes;
  } catch {
    return false; // within one another so often that they can't be written
  }
}

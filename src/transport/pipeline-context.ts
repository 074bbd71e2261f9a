import type { ExecutionResult } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Context } from '../schema/context.ts';
import type { OperationRecord } from './operation-record.ts';

/** What the transports add to the schema's context. */
export interface PipelineContext extends Context {
  readonly record: OperationRecord;
  /** The HTTP method; null over WebSocket. */
  readonly method: string | null;
  /** What came of the operation, where it has been executed already and only the answer is wanted. */
  readonly outcome?: Promise<ExecutionResult>;
}

/** A plugin of the pipeline. */
export type PipelinePlugin = Plugin<PipelineContext, PipelineContext>;

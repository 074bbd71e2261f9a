import type { Plugin } from 'graphql-yoga';
import type { Context } from '../schema/context.ts';
import type { OperationRecord } from './operation-record.ts';

/** What the transports add to the schema's context. */
export interface PipelineContext extends Context {
  readonly record: OperationRecord;
  /** The HTTP method; null over WebSocket. */
  readonly method: string | null;
}

/** A plugin of the pipeline. */
export type PipelinePlugin = Plugin<PipelineContext>;

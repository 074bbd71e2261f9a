import {
  createSourceEventStream,
  type ExecutionArgs,
  type GraphQLError,
  type subscribe,
} from 'graphql';
import type { BugLog } from './bug-log.ts';
import { maskError } from './mask-error.ts';
import type { PipelineContext, PipelinePlugin } from './pipeline-context.ts';
import { ResultStream, type ResultHandlers } from './result-stream.ts';
import { isAsyncIterable } from './yoga.ts';

/**
 * A stream on its way through the pipeline. Yoga and its plugins wrap every stream that they see, each
 * in several objects that last as long as the subscription; what is wrapped up they leave alone. What
 * they would do to its results is done by the stream itself.
 */
class Parcel {
  readonly stream: ResultStream;

  constructor(stream: ResultStream) {
    this.stream = stream;
  }
}

/** What `subscribe` of the pipeline has given, as the transports read it. */
export const unwrap = (result: unknown): unknown =>
  result instanceof Parcel ? result.stream : result;

/** Subscribes without the layers that Yoga would put around the stream. */
export function useBareStreams(logBug: BugLog): PipelinePlugin {
  const handlersFor = ({ record, caller, method }: PipelineContext): ResultHandlers => {
    const mask = (errors: readonly unknown[]): GraphQLError[] => {
      record.noteErrors();
      for (const error of errors) logBug(error, caller.requestId);
      return errors.map(maskError);
    };
    return {
      onResult: (result) => (result.errors ? { ...result, errors: mask(result.errors) } : result),
      onError(error) {
        const errors = mask([error]);
        // Over WebSocket the protocol has a message for it.
        if (method === null) throw errors[0] ?? error;
        return { errors };
      },
    };
  };

  return {
    onSubscribe(hook) {
      const subscribeFn = hook.subscribeFn as typeof subscribe;
      hook.setSubscribeFn(async (args: ExecutionArgs): Promise<unknown> => {
        const source = await createSourceEventStream(args);
        // What is wrong with its variables the pipeline says in words of its own.
        if (!isAsyncIterable(source)) return subscribeFn(args);
        const handlers = handlersFor(args.contextValue as PipelineContext);
        return new Parcel(new ResultStream(source, args, handlers));
      });
    },
    onExecutionResult(hook) {
      const result: unknown = hook.result;
      if (result instanceof Parcel) hook.setResult(result.stream);
    },
  };
}

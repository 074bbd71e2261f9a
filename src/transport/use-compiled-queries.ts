import {
  getOperationAST,
  OperationTypeNode,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
} from 'graphql';
import type * as graphqlJit from 'graphql-jit';
import { countFields } from './count-fields.ts';
import type { PipelinePlugin } from './pipeline-context.ts';

/** What is known of a document: that it ran once, what it was compiled to, or that it is not. */
type Compiled = 'seen' | graphqlJit.CompiledQuery['query'] | 'not compiled';

/** A query with more fields is not compiled: the compiler writes code for each. */
const maxFields = 300;

/**
 * Compiles a query when it comes for the second time, which makes its execution several times as
 * fast. What the compiled query says counts only if it has no error: otherwise the standard executor
 * runs once more, so that errors and their words have one source. That asks no provider twice, since
 * what a query reads is remembered in its context; of mutations that is not true, so they are left
 * alone.
 */
export function useCompiledQueries(): PipelinePlugin {
  const known = new WeakMap<DocumentNode, Compiled>();
  let compiler: typeof graphqlJit | null = null;

  function compile({ schema, document }: ExecutionArgs): Compiled {
    if (compiler === null) {
      // It takes longer to load than the rest of the gateway: not before it is needed.
      void import('graphql-jit').then((module) => (compiler = module));
      return 'seen';
    }
    // Null where there are several operations: they would share their document's place.
    const operation = getOperationAST(document);
    if (operation?.operation !== OperationTypeNode.QUERY) return 'not compiled';
    if (countFields(document, operation.selectionSet, maxFields) > maxFields) return 'not compiled';
    const compiled = compiler.compileQuery(schema, document);
    return compiler.isCompiledQuery(compiled) ? compiled.query : 'not compiled';
  }

  return {
    onExecute({ args: untyped, executeFn, setExecuteFn }) {
      const args = untyped as ExecutionArgs;
      const before = known.get(args.document);
      const compiled = before === 'seen' ? compile(args) : (before ?? 'seen');
      if (compiled !== before) known.set(args.document, compiled);
      if (typeof compiled === 'string' || !getOperationAST(args.document, args.operationName))
        return;

      setExecuteFn((given: ExecutionArgs) => {
        const settle = (result: ExecutionResult): unknown =>
          result.errors ? executeFn(given) : result;
        const result = compiled(given.rootValue, given.contextValue, given.variableValues);
        return result instanceof Promise ? result.then(settle) : settle(result);
      });
    },
  };
}

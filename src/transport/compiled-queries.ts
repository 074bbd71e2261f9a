import {
  getOperationAST,
  OperationTypeNode,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
} from 'graphql';
import type * as graphqlJit from 'graphql-jit';
import { countFields } from './count-fields.ts';
import type { PipelineContext } from './pipeline-context.ts';

/** A query that has been turned into code. */
export interface CompiledQuery {
  /** The operation's name; null where it has none. */
  readonly name: string | null;
  /** Executes it. A result with errors may be worded unlike the standard executor's. */
  run(
    context: PipelineContext,
    variables: Readonly<Record<string, unknown>> | null,
  ): ExecutionResult | Promise<ExecutionResult>;
}

/** A query with more fields is not compiled: the compiler writes code for each. */
const maxFields = 300;

/** Turns queries that come again into code, which runs several times as fast. */
export class CompiledQueries {
  /** By document: that it ran once, what it was compiled to, or null where it never will be. */
  readonly #known = new WeakMap<DocumentNode, 'seen' | CompiledQuery | null>();
  #compiler: typeof graphqlJit | null = null;

  /** The compiled query of a document, as soon as there is one. */
  get(document: DocumentNode): CompiledQuery | null {
    const known = this.#known.get(document);
    return known === undefined || known === 'seen' ? null : known;
  }

  /** Takes note that a valid document is executed. It is compiled at the second time. */
  note(args: ExecutionArgs): void {
    const { document } = args;
    const known = this.#known.get(document);
    if (known === undefined) this.#known.set(document, 'seen');
    else if (known !== 'seen') return;
    else if (this.#compiler) this.#known.set(document, compile(this.#compiler, args));
    // It takes longer to load than the rest of the gateway: not before it is needed.
    else void import('graphql-jit').then((compiler) => (this.#compiler = compiler));
  }
}

function compile(
  { compileQuery, isCompiledQuery }: typeof graphqlJit,
  { schema, document }: ExecutionArgs,
): CompiledQuery | null {
  // Null where there are several operations: they would need a place each.
  const operation = getOperationAST(document);
  if (operation?.operation !== OperationTypeNode.QUERY) return null;
  if (countFields(document, operation.selectionSet, maxFields) > maxFields) return null;
  const compiled = compileQuery(schema, document);
  if (!isCompiledQuery(compiled)) return null;
  return {
    name: operation.name?.value ?? null,
    run: (context, variables) => compiled.query(undefined, context, variables),
  };
}

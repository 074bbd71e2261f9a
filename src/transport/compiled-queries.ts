import {
  BREAK,
  getOperationAST,
  OperationTypeNode,
  visit,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
} from 'graphql';
import type * as graphqlJit from 'graphql-jit';
import { LRUCache } from 'lru-cache';
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
const maxFields = 100;

/** How many are kept: their code takes far more memory than their documents. */
const maxQueries = 50;

/** Compiling takes as long as executing a few times: what comes now and then is not worth it. */
const worthCompiling = 8;

/** Turns queries that come again and again into code, which runs several times as fast. */
export class CompiledQueries {
  readonly #runs = new WeakMap<DocumentNode, number>();
  readonly #compiled = new LRUCache<DocumentNode, CompiledQuery>({ max: maxQueries });
  #compiler: typeof graphqlJit | null = null;

  /** The compiled query of a document, as soon as there is one. */
  get(document: DocumentNode): CompiledQuery | undefined {
    return this.#compiled.get(document);
  }

  /** Takes note that a valid document is executed. */
  note(args: ExecutionArgs): void {
    const runs = (this.#runs.get(args.document) ?? 0) + 1;
    this.#runs.set(args.document, runs);
    if (runs < worthCompiling) return;
    if (this.#compiler === null) {
      // It takes longer to load than most of the gateway: not before it is needed.
      void import('graphql-jit').then((compiler) => (this.#compiler = compiler));
      return;
    }
    this.#runs.set(args.document, 0); // to count again, should it be pushed out
    const compiled = compile(this.#compiler, args);
    if (compiled) this.#compiled.set(args.document, compiled);
  }
}

function compile(
  { compileQuery, isCompiledQuery }: typeof graphqlJit,
  { schema, document }: ExecutionArgs,
): CompiledQuery | null {
  // Null where there are several operations: they would need a place each.
  const operation = getOperationAST(document);
  if (operation?.operation !== OperationTypeNode.QUERY) return null;
  if (!isUnderstood(document)) return null;
  if (countFields(document, operation.selectionSet, maxFields) > maxFields) return null;
  // What the leaves are made of is typed, and read strictly where it comes from outside: checking each
  // once more, with its place at hand for an error, would take 4 KB a query.
  const compiled = compileQuery(schema, document, '', { disableLeafSerialization: true });
  if (!isCompiledQuery(compiled)) return null;
  return {
    name: operation.name?.value ?? null,
    run: (context, variables) => compiled.query(undefined, context, variables),
  };
}

/**
 * Whether the compiler does with a document what the standard executor does. It merges fields wrongly
 * that stand under different `@skip` or `@include`, and loses a response name `__proto__`.
 */
function isUnderstood(document: DocumentNode): boolean {
  let isUnderstood = true;
  const refuse = (): typeof BREAK => {
    isUnderstood = false;
    return BREAK;
  };
  visit(document, {
    Directive: refuse,
    Field: ({ name, alias }) => ((alias ?? name).value === '__proto__' ? refuse() : undefined),
  });
  return isUnderstood;
}

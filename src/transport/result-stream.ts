import { execute, type ExecutionArgs, type ExecutionResult } from 'graphql';

/** What becomes of each result, and of what a source throws, before the client gets it. */
export interface ResultHandlers {
  onResult(result: ExecutionResult): ExecutionResult;
  /** @returns a result to send, or throws what the client is to be told */
  onError(error: unknown): ExecutionResult;
}

/**
 * The results of one subscription: every event of its source, executed. One object for what
 * otherwise is a chain of a stream for each plugin: there are thousands of them, and most of their
 * time they wait.
 */
export class ResultStream implements AsyncIterableIterator<ExecutionResult, undefined> {
  readonly #source: AsyncIterator<unknown, unknown>;
  readonly #args: ExecutionArgs;
  readonly #handlers: ResultHandlers;
  #failed = false;

  constructor(source: AsyncIterable<unknown>, args: ExecutionArgs, handlers: ResultHandlers) {
    this.#source = source[Symbol.asyncIterator]();
    this.#args = args;
    this.#handlers = handlers;
  }

  next(): Promise<IteratorResult<ExecutionResult, undefined>> {
    if (this.#failed) return ended();
    return this.#source.next().then(
      (event) => (event.done ? ended() : this.#respond(event.value)),
      (error: unknown) => {
        this.#failed = true;
        return { done: false, value: this.#handlers.onError(error) };
      },
    );
  }

  async return(): Promise<IteratorResult<ExecutionResult, undefined>> {
    await this.#source.return?.();
    return ended();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #respond(rootValue: unknown): Promise<IteratorResult<ExecutionResult, undefined>> {
    const result = await execute({ ...this.#args, rootValue });
    return { done: false, value: this.#handlers.onResult(result) };
  }
}

const ended = (): Promise<IteratorReturnResult<undefined>> =>
  Promise.resolve({ done: true, value: undefined });

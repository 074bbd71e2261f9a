import type { PinStillUnset } from '../pins.ts';
import type { PinSetOutcome, PinSetWait } from './hub.ts';

/** What a subscriber is told, once. */
export type PinSetResult = PinSetOutcome | PinStillUnset;

/**
 * The events of one subscription: one event at the most, then the end.
 *
 * This is a class and not an `async function*` on purpose. A generator that is parked in an `await`
 * queues `return()` behind the pending `next()`: a client that leaves would not be noticed until the
 * provider answers, and the upstream poll would go on for nobody. Here `return()` ends at once.
 */
export class PinSetStream implements AsyncIterableIterator<PinSetResult, undefined> {
  readonly #wait: PinSetWait;
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #signal: AbortSignal;
  /** What is told, or the end; a promise so that a reader may come before or after it. */
  readonly #told = Promise.withResolvers<IteratorResult<PinSetResult, undefined>>();
  #isRead = false;

  /**
   * @param timeout what the subscriber is told when it has waited enough; null: it waits for ever
   * @param signal ends the stream as `return()` does
   */
  constructor(wait: PinSetWait, timeout: PinStillUnset | null, signal: AbortSignal) {
    this.#wait = wait;
    this.#signal = signal;
    this.#wait.outcome.then(
      (outcome) => this.#end({ done: false, value: outcome }),
      (bug: unknown) => {
        this.#told.reject(bug);
        this.#close();
      },
    );
    // A bug is the reader's to hear of; if nobody reads, it must not end the process.
    this.#told.promise.catch(() => undefined);
    if (timeout !== null) {
      const end = () => this.#end({ done: false, value: timeout });
      this.#timer = setTimeout(end, timeout.waitedSeconds * 1000);
    }
    signal.addEventListener('abort', this.#onAbort);
    if (signal.aborted) this.#onAbort();
  }

  readonly #onAbort = (): void => this.#end({ done: true, value: undefined });

  next(): Promise<IteratorResult<PinSetResult, undefined>> {
    if (this.#isRead) return ended();
    return this.#told.promise.then((result) => {
      if (this.#isRead) return ended();
      this.#isRead = true;
      return result;
    });
  }

  return(): Promise<IteratorResult<PinSetResult, undefined>> {
    this.#end({ done: true, value: undefined });
    this.#isRead = true;
    return ended();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #end(result: IteratorResult<PinSetResult, undefined>): void {
    this.#told.resolve(result);
    this.#close();
  }

  #close(): void {
    this.#wait.leave();
    clearTimeout(this.#timer);
    this.#signal.removeEventListener('abort', this.#onAbort);
  }
}

const ended = (): Promise<IteratorReturnResult<undefined>> =>
  Promise.resolve({ done: true, value: undefined });

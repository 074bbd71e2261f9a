import type { Signal } from '../cancellation.ts';
import type { PinStillUnset } from '../pins.ts';
import type { PinSetOutcome, PinSetWait } from './hub.ts';

/** What a subscriber is told, once. */
export type PinSetResult = PinSetOutcome | PinStillUnset;

type Told = IteratorResult<PinSetResult, undefined> | { readonly bug: unknown };

type Reader = Pick<
  PromiseWithResolvers<IteratorResult<PinSetResult, undefined>>,
  'resolve' | 'reject'
>;

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
  readonly #signal: Signal;
  #readers: Reader[] = [];
  /** What is told, or the end; null as long as there is neither. */
  #told: Told | null = null;
  #isRead = false;

  /**
   * @param timeout what the subscriber is told when it has waited enough; null: it waits for ever
   * @param signal ends the stream as `return()` does
   */
  constructor(wait: PinSetWait, timeout: PinStillUnset | null, signal: Signal) {
    this.#wait = wait;
    this.#signal = signal;
    this.#wait.outcome.then(
      (outcome) => this.#end({ done: false, value: outcome }),
      // A bug is the reader's to hear of; if nobody reads, it must not end the process.
      (bug: unknown) => this.#end({ bug }),
    );
    if (timeout !== null) {
      const end = () => this.#end({ done: false, value: timeout });
      this.#timer = setTimeout(end, timeout.waitedSeconds * 1000);
    }
    signal.addEventListener('abort', this.#onAbort);
    if (signal.aborted) this.#onAbort();
  }

  readonly #onAbort = (): void => this.#end({ done: true, value: undefined });

  next(): Promise<IteratorResult<PinSetResult, undefined>> {
    return new Promise((resolve, reject) => {
      if (this.#told) this.#tell({ resolve, reject }, this.#told);
      else this.#readers.push({ resolve, reject });
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

  #end(told: Told): void {
    this.#close();
    if (this.#told) return;
    this.#told = told;
    for (const reader of this.#readers) this.#tell(reader, told);
    this.#readers = [];
  }

  #tell({ resolve, reject }: Reader, told: Told): void {
    if (this.#isRead) resolve(end);
    else if ('bug' in told) reject(told.bug);
    else {
      this.#isRead = true;
      resolve(told);
    }
  }

  #close(): void {
    this.#wait.leave();
    clearTimeout(this.#timer);
    this.#signal.removeEventListener('abort', this.#onAbort);
  }
}

const end: IteratorReturnResult<undefined> = { done: true, value: undefined };

const ended = (): Promise<IteratorReturnResult<undefined>> => Promise.resolve(end);

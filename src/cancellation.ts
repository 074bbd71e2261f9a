/**
 * Says when nobody waits for a result any more. It is the part of an AbortSignal that we use, so that
 * one of those will do, too.
 */
export interface Signal {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/**
 * An AbortController and its signal in one. The platform's own are events and targets of events, with
 * all that belongs to them; every query and every subscriber needs one or two.
 */
export class Cancellation implements Signal {
  #aborted = false;
  /** Nearly always there is one at the most, for which an array would be made with room for many. */
  #first: (() => void) | null = null;
  #others: (() => void)[] | null = null;

  get aborted(): boolean {
    return this.#aborted;
  }

  /** Tells every listener, once. */
  abort(): void {
    if (this.#aborted) return;
    this.#aborted = true;
    const first = this.#first;
    const others = this.#others;
    this.#first = this.#others = null;
    first?.();
    others?.forEach((listener) => listener());
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    if (this.#first === null) this.#first = listener;
    else (this.#others ??= []).push(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    if (this.#first === listener) this.#first = null;
    else this.#others = this.#others?.filter((other) => other !== listener) ?? null;
  }
}

/** Waits, in milliseconds; not at all once `signal` has aborted, and no longer when it does. */
export function pause(ms: number, signal: Signal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, Math.ceil(ms));
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });
}

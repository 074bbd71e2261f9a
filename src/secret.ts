const redacted = '[redacted]';

/**
 * A PIN, a one-time password or a credential on its way through the process. It prints as
 * `[redacted]` in template strings, JSON and `util.inspect`; only {@link Secret.reveal} gives the
 * value, so that a search for `reveal(` lists every place that handles one in the open.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself: for a wire, and for nothing else. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return redacted;
  }

  toJSON(): string {
    return redacted;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return redacted;
  }
}

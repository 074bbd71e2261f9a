/** The time as a simulator sees it, so that a test can let five minutes pass without waiting. */
export interface Clock {
  /** The wall clock, in milliseconds since 1970. */
  nowMs(): number;
  /** Calls back once after `delayMs`, unless the function it returns is called before. */
  after(delayMs: number, callback: () => void): () => void;
}

/** The clock of the machine. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

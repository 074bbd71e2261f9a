/**
 * Peers end a connection on which too many streams are reset (CVE-2023-44487). Netty bears 200 in 30 s,
 * nghttp2 1,000 at once and 33 more each second: this is less than either.
 */
const burst = 100;
const perSecond = 3;

/** Resets the streams of one session: at once, unless that were too many. Then the rest follow. */
export class PacedResets {
  readonly #send: (streamId: number) => boolean;
  #allowed = burst;
  #countedAt = performance.now();
  readonly #waiting: number[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** @param send resets a stream, and says whether there was anything left of it to reset */
  constructor(send: (streamId: number) => boolean) {
    this.#send = send;
  }

  /** Whether there have been too many. */
  get areWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** Resets a stream now or a little later. Until then its answer may still come, for nobody. */
  reset(streamId: number): void {
    this.#waiting.push(streamId);
    this.#work();
  }

  /** Resets nothing any more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#waiting.length = 0;
  }

  #work(): void {
    const now = performance.now();
    const regained = ((now - this.#countedAt) / 1000) * perSecond;
    this.#allowed = Math.min(burst, this.#allowed + regained);
    this.#countedAt = now;
    while (this.#allowed >= 1) {
      const streamId = this.#waiting.shift();
      if (streamId === undefined) break;
      if (this.#send(streamId)) this.#allowed--;
    }
    clearTimeout(this.#timer);
    if (this.#waiting.length > 0) {
      this.#timer = setTimeout(() => this.#work(), 1000 / perSecond).unref();
    }
  }
}

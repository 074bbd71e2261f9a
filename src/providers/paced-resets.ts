import { constants, type ClientHttp2Stream } from 'node:http2';

/**
 * Peers end a connection on which too many streams are reset (CVE-2023-44487). nghttp2 bears 1,000 at
 * once and 33 more each second; we stay well below.
 */
const burst = 400;
const perSecond = 20;

/** Resets the streams of one session: at once, unless that were too many. Then the rest follow. */
export class PacedResets {
  #allowed = burst;
  #countedAt = performance.now();
  #waiting: ClientHttp2Stream[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** Resets a stream now or a little later. Until then its answer may still come, for nobody. */
  reset(stream: ClientHttp2Stream): void {
    this.#waiting.push(stream);
    this.#work();
  }

  /** Resets nothing any more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#waiting = [];
  }

  #work(): void {
    const now = performance.now();
    const regained = ((now - this.#countedAt) / 1000) * perSecond;
    this.#allowed = Math.min(burst, this.#allowed + regained);
    this.#countedAt = now;
    while (this.#allowed >= 1) {
      const stream = this.#waiting.shift();
      if (stream === undefined) return;
      if (stream.closed) continue;
      this.#allowed--;
      stream.close(constants.NGHTTP2_CANCEL);
    }
    clearTimeout(this.#timer);
    if (this.#waiting.length > 0) {
      this.#timer = setTimeout(() => this.#work(), 1000 / perSecond).unref();
    }
  }
}

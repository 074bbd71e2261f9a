import type { Exchange } from './http-exchange.ts';
import type { Http2Fields } from './http2-fields.ts';

/** How often an answer may be heralded: nobody does it more than once or twice. */
const maxHeralds = 8;

/** A stream: one exchange, and how far its answer has come (RFC 9113, 8.1). */
export class Http2Stream {
  readonly id: number;
  readonly exchange: Exchange;
  /** Of its window: what has been read of the body, and of what that was padded with. */
  consumedBytes = 0;
  #heralds = 0;
  #hasHead = false;
  /** Bytes of the body that are still to come; null where the peer has not said how many there are. */
  #missingBytes: number | null = null;

  constructor(id: number, exchange: Exchange) {
    this.id = id;
    this.exchange = exchange;
  }

  /** Whether its exchange has ended before the answer was whole. */
  get isGivenUp(): boolean {
    return this.exchange.endedBy !== null;
  }

  /** Takes a head, or what follows the body. False: it is against HTTP. */
  receiveFields(fields: Http2Fields, isLast: boolean): boolean {
    const { status, contentLength, retryAfter } = fields;
    if (this.#hasHead) return status === null && isLast && this.#isWhole();
    if (status === null) return false;
    this.exchange.receiveHead(status, retryAfter);
    if (status < 200) return !isLast && ++this.#heralds <= maxHeralds;
    this.#hasHead = true;
    const isEmpty = status === 204 || status === 304;
    this.#missingBytes = isEmpty ? 0 : contentLength;
    return !isLast || this.#isWhole();
  }

  /** Takes a part of the body. False: it is against HTTP. */
  receiveData(data: Buffer, isLast: boolean): boolean {
    if (!this.#hasHead) return false;
    if (this.#missingBytes !== null) {
      this.#missingBytes -= data.length;
      if (this.#missingBytes < 0) return false;
    }
    // What is read is overwritten by the next bytes of any connection. Empty pieces count, but for the
    // one that many peers end an answer with.
    if (data.length > 0 || !isLast) this.exchange.receiveData(Buffer.from(data));
    return !isLast || this.#isWhole();
  }

  #isWhole(): boolean {
    return !this.#missingBytes;
  }
}

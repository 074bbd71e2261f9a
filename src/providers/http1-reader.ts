import type { Exchange } from './http-exchange.ts';
import { Http1Chunks } from './http1-chunks.ts';
import { parseHttp1Head, type Http1Head } from './http1-head.ts';

/** The most that is read before the body: the head, and those that only herald it. */
const maxHeadBytes = 16 * 1024;

/** What has come of an answer. `switched`: the peer speaks another protocol from now on. */
export type Http1Progress = 'more' | 'whole' | 'garbage' | 'switched';

/**
 * Reads the answer to one request from the bytes of its connection (RFC 9112), and tells its exchange
 * what comes. It is our own because the objects that a library makes of each answer were more than a
 * third of what a status query cost.
 */
export class Http1Reader {
  readonly #exchange: Exchange;
  #head: Http1Head | null = null;
  /** What has come of a head that is not whole. */
  #text = '';
  #headBytes = 0;
  #chunks: Http1Chunks | null = null;
  /** Bytes of the body that are still to come; Infinity where it ends with the connection. */
  #left = 0;
  #hasSurplus = false;

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
  }

  /** Whether the end of the connection is the end of the answer. */
  get endsWithConnection(): boolean {
    return this.#left === Infinity;
  }

  /** Whether another request may be sent over the connection. */
  get isReusable(): boolean {
    return !this.#head?.closes && !this.#hasSurplus && !this.endsWithConnection;
  }

  /** For how long the peer keeps the connection; null where it does not say. */
  get keepAliveSeconds(): number | null {
    return this.#head?.keepAliveSeconds ?? null;
  }

  /** Reads on. What stands behind the answer is nobody's: nothing else has been asked. */
  read(bytes: Buffer): Http1Progress {
    let at = 0;
    while (this.#head === null) {
      if (at === bytes.length) return 'more';
      const before = this.#text.length;
      this.#text += bytes.toString('latin1', at, at + maxHeadBytes);
      const end = this.#text.indexOf('\r\n\r\n');
      if (end < 0) return this.#isHead() ? 'more' : 'garbage';
      const head = parseHttp1Head(this.#text.slice(0, end));
      this.#headBytes += end + 4;
      if (head === null || this.#headBytes > maxHeadBytes) return 'garbage';
      at += end + 4 - before;
      this.#text = '';
      this.#exchange.receiveHead(head.status, head.retryAfter);
      if (head.status === 101) return 'switched';
      if (head.status >= 200) this.#begin(head);
    }
    return this.#readBody(bytes, at);
  }

  /** Whether what has come so far may become a head. With a bare line feed the end might never come. */
  #isHead(): boolean {
    const text = this.#text;
    const isSmall = this.#headBytes + text.length < maxHeadBytes;
    return isSmall && 'HTTP/1.'.startsWith(text.slice(0, 7)) && !/[^\r]\n/.test(text);
  }

  #begin(head: Http1Head): void {
    this.#head = head;
    if (head.status === 204 || head.status === 304) {
      // These have no body, but a peer that says otherwise may send one: not to the next exchange.
      this.#hasSurplus = head.isChunked || (head.status === 204 && !!head.contentLength);
      return;
    }
    if (head.isChunked) this.#chunks = new Http1Chunks();
    else this.#left = head.contentLength ?? Infinity;
  }

  #readBody(bytes: Buffer, start: number): Http1Progress {
    let end = Math.min(bytes.length, start + this.#left);
    if (this.#chunks !== null) {
      end = this.#chunks.read(bytes, start, (data) => this.#keep(data));
      if (end < 0) return 'garbage';
      if (!this.#chunks.isWhole) return 'more';
    } else {
      if (end > start) this.#keep(bytes.subarray(start, end));
      this.#left -= end - start;
      if (this.#left > 0) return 'more';
    }
    this.#hasSurplus ||= end < bytes.length;
    return 'whole';
  }

  /** What is read is overwritten by the next bytes of any connection. */
  #keep(data: Buffer): void {
    this.#exchange.receiveData(Buffer.from(data));
  }
}

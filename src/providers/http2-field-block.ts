import { frameHeadBytes } from './http2-frames.ts';

/** The most that one block may take on the wire, the heads of its frames included. */
export const maxBlockBytes = 32 * 1024;

/** A block of fields that goes on in further frames (RFC 9113, 6.10). */
export class Http2FieldBlock {
  readonly streamId: number;
  /** Whether nothing follows it on its stream. */
  readonly isLast: boolean;
  readonly #parts: Buffer[] = [];
  #bytes = 0;

  constructor(streamId: number, isLast: boolean) {
    this.streamId = streamId;
    this.isLast = isLast;
  }

  /** Takes what the next frame has of it. False: it becomes too large, be it of empty frames. */
  add(part: Buffer): boolean {
    this.#bytes += frameHeadBytes + part.length;
    this.#parts.push(Buffer.from(part)); // what is read is overwritten by the next bytes
    return this.#bytes <= maxBlockBytes;
  }

  join(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

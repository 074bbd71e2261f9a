import { errorCode, frameHeadBytes, maxPayloadBytes, maxUint31 } from './http2-frames.ts';
import type { Http2ErrorCode } from './http2-frames.ts';

/** A frame. Its payload is there for the time of the call that gives it. */
export interface Http2Frame {
  readonly type: number;
  readonly flags: number;
  /** 0: it is about the connection. */
  readonly streamId: number;
  readonly payload: Buffer;
}

/** Takes a frame, and says what is wrong with it. */
export type OnFrame = (frame: Http2Frame) => Http2ErrorCode;

/** Cuts what comes over a connection into frames (RFC 9113, 4), however the packets are cut. */
export class Http2FrameReader {
  readonly #onFrame: OnFrame;
  /** A frame that is not whole yet: room for its head, and then for all of it. */
  #partial: Buffer | null = null;
  #partialBytes = 0;

  constructor(onFrame: OnFrame) {
    this.#onFrame = onFrame;
  }

  /** Reads on, and says what is wrong. After that nothing more can be read. */
  read(bytes: Buffer): Http2ErrorCode {
    for (let at = 0; at < bytes.length;) {
      let error: Http2ErrorCode = errorCode.none;
      const end = at + wantedBytes(bytes, at);
      if (this.#partial === null && end <= bytes.length) {
        error = this.#give(bytes, at, end);
        at = end;
      } else {
        const partial = (this.#partial ??= Buffer.allocUnsafe(frameHeadBytes));
        const taken = bytes.copy(partial, this.#partialBytes, at);
        this.#partialBytes += taken;
        at += taken;
        if (this.#partialBytes === partial.length) error = this.#goOn(partial);
      }
      if (error !== errorCode.none) return error;
    }
    return errorCode.none;
  }

  /** What there was room for has come. */
  #goOn(partial: Buffer): Http2ErrorCode {
    const wanted = wantedBytes(partial, 0);
    if (partial.length === wanted || wanted > frameHeadBytes + maxPayloadBytes) {
      this.#partial = null;
      this.#partialBytes = 0;
      return this.#give(partial, 0, wanted);
    }
    this.#partial = Buffer.allocUnsafe(wanted);
    partial.copy(this.#partial);
    return errorCode.none;
  }

  #give(bytes: Buffer, start: number, end: number): Http2ErrorCode {
    if (end - start > frameHeadBytes + maxPayloadBytes) return errorCode.frameSize;
    return this.#onFrame({
      type: bytes.readUInt8(start + 3),
      flags: bytes.readUInt8(start + 4),
      streamId: bytes.readUInt32BE(start + 5) & maxUint31, // its first bit has no meaning
      payload: bytes.subarray(start + frameHeadBytes, end),
    });
  }
}

/** How many bytes a frame has; as many as its head, as long as that has not come. */
function wantedBytes(bytes: Buffer, start: number): number {
  const hasHead = bytes.length - start >= frameHeadBytes;
  return frameHeadBytes + (hasHead ? bytes.readUIntBE(start, 3) : 0);
}

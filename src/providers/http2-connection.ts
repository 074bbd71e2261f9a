import type { Socket } from 'node:net';
import { Http2FieldBlock, maxBlockBytes } from './http2-field-block.ts';
import { readFields, type Http2Fields } from './http2-fields.ts';
import { Http2FrameReader, type Http2Frame } from './http2-frame-reader.ts';
import {
  errorCode,
  frameFlag,
  frameType,
  maxPayloadBytes,
  maxUint31,
  setting,
  writeSetting,
  writeUint32,
  type Http2ErrorCode,
} from './http2-frames.ts';
import { Http2Output } from './http2-output.ts';
import { withoutPadding } from './http2-payload.ts';

/** Who has opened a connection, and is told what comes over it. */
export interface Http2ConnectionOwner {
  /** The peer has said how many streams it allows. */
  onSettings(): void;
  /** Whether a stream is open still, so that what comes on it has to be read. */
  isOpen(streamId: number): boolean;
  /** A head of an answer, or what follows its body. */
  onFields(streamId: number, fields: Http2Fields | 'malformed', isLast: boolean): void;
  /** A part of a body, there for the time of the call; `size` counts what it was padded with, too. */
  onData(streamId: number, data: Buffer, size: number, isLast: boolean): void;
  /** The peer has given a stream up. */
  onReset(streamId: number, code: number): void;
  /** The peer will close the connection, and has not seen to the streams behind `lastStreamId`. */
  onGoaway(lastStreamId: number, code: number): void;
  /** It is closed. `garbage`: because the peer did not keep to HTTP/2; `abort`: by ourselves. */
  onClosed(by: 'network' | 'garbage' | 'abort', reason: string): void;
}

const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

/** No table of fields to keep, nothing pushed, no head that is longer than would be read. */
const settings =
  writeSetting(setting.headerTableSize, 0) +
  writeSetting(setting.enablePush, 0) +
  writeSetting(setting.maxHeaderListSize, maxBlockBytes);

/**
 * Before the first block of fields: we keep no table of the peer's, either. A peer that allows less of
 * one than it could waits for this word, and ends the connection without it (RFC 7541, 4.2).
 */
const noTable = '\x20';

/**
 * When so much has been read, the peer's window is widened by as much. It is half of what each stream
 * and all of them together may have under way (RFC 9113, 6.9.2).
 */
export const widenAfterBytes = 32_768;

/**
 * The client's side of an HTTP/2 connection (RFC 9113) that sends nothing but GETs. It is our own
 * because each stream of a library took 6 KiB and half of a poll's time, and thousands of them wait.
 */
export class Http2Connection {
  readonly #owner: Http2ConnectionOwner;
  readonly #output: Http2Output;
  readonly #reader = new Http2FrameReader((frame) => this.#onFrame(frame));
  #nextStreamId: number;
  /** What the next block of fields begins with. */
  #blockStart = noTable;
  #hasSettings = false;
  #peerMaxStreams = Infinity;
  #block: Http2FieldBlock | null = null;
  /** Of the window that all streams share. */
  #consumedBytes = 0;
  #isClosed = false;

  /** @param firstStreamId the number of the first stream; odd */
  constructor(socket: Socket, owner: Http2ConnectionOwner, firstStreamId = 1) {
    this.#owner = owner;
    this.#output = new Http2Output(socket);
    this.#nextStreamId = firstStreamId;
    socket.on('error', (error: NodeJS.ErrnoException) => this.#end('network', error.code));
    socket.on('end', () => this.#end('network')).on('close', () => this.#end('network'));
    this.#output.writeBytes(preface);
    this.#output.write(frameType.settings, 0, 0, settings);
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Whether the peer has spoken, so that it is known what it allows. */
  get isReady(): boolean {
    return this.#hasSettings && !this.#isClosed;
  }

  /** How many streams the peer allows at once. */
  get peerMaxStreams(): number {
    return this.#peerMaxStreams;
  }

  /** Whether there are no numbers left for further streams. */
  get isExhausted(): boolean {
    return this.#nextStreamId > maxUint31;
  }

  /**
   * Sends a request, and gives the number of its stream.
   *
   * @param fields a block of them, as Latin-1
   */
  send(fields: string): number {
    const block = this.#blockStart + fields;
    this.#blockStart = '';
    const streamId = this.#nextStreamId;
    this.#nextStreamId += 2;
    let type: number = frameType.headers;
    let flags: number = frameFlag.endStream;
    let at = 0;
    for (; block.length - at > maxPayloadBytes; at += maxPayloadBytes) {
      this.#output.write(type, flags, streamId, block.slice(at, at + maxPayloadBytes));
      type = frameType.continuation;
      flags = 0;
    }
    this.#output.write(type, flags | frameFlag.endHeaders, streamId, block.slice(at));
    return streamId;
  }

  /** Gives a stream up. */
  reset(streamId: number, code: Http2ErrorCode): void {
    this.#output.write(frameType.rstStream, 0, streamId, writeUint32(code));
  }

  /** Allows the peer more of a body; of all of them together where `streamId` is 0. */
  widenWindow(streamId: number, bytes: number): void {
    this.#output.write(frameType.windowUpdate, 0, streamId, writeUint32(bytes));
  }

  /** Takes what has come. */
  read(bytes: Buffer): void {
    if (this.#isClosed) return;
    const error = this.#reader.read(bytes);
    if (error === errorCode.none) return;
    this.#sayGoodbye(error);
    this.#end('garbage', `HTTP2_ERROR_${error}`);
  }

  /** Closes it. */
  close(): void {
    this.#sayGoodbye(errorCode.none);
    this.#end('abort', 'abort');
  }

  #onFrame(frame: Http2Frame): Http2ErrorCode {
    const { type, flags, streamId, payload } = frame;
    if (this.#isClosed) return errorCode.none; // by one that came together with it
    // A block of fields is one thing, and what a peer says first are its settings.
    if ((this.#block !== null) !== (type === frameType.continuation)) return errorCode.protocol;
    if (!this.#hasSettings && type !== frameType.settings) return errorCode.protocol;
    // Some frames are about the connection, some about a stream, and never one that we have not begun.
    const isOurs = streamId % 2 === 1 && streamId < this.#nextStreamId;
    switch (type) {
      case frameType.data:
        return isOurs ? this.#onData(frame) : errorCode.protocol;
      case frameType.headers:
      case frameType.continuation:
        return isOurs ? this.#onFields(frame) : errorCode.protocol;
      case frameType.priority:
        if (streamId === 0) return errorCode.protocol;
        return payload.length === 5 ? errorCode.none : errorCode.frameSize;
      case frameType.rstStream:
        if (!isOurs) return errorCode.protocol;
        if (payload.length !== 4) return errorCode.frameSize;
        this.#owner.onReset(streamId, payload.readUInt32BE());
        return errorCode.none;
      case frameType.settings:
        return streamId === 0 ? this.#onSettings(flags, payload) : errorCode.protocol;
      case frameType.pushPromise:
        return errorCode.protocol;
      case frameType.ping:
        return streamId === 0 ? this.#onPing(flags, payload) : errorCode.protocol;
      case frameType.goaway:
        if (streamId !== 0) return errorCode.protocol;
        if (payload.length < 8) return errorCode.frameSize;
        this.#owner.onGoaway(payload.readUInt32BE() & maxUint31, payload.readUInt32BE(4));
        return errorCode.none;
      case frameType.windowUpdate:
        // It concerns only those who send a body.
        if (streamId !== 0 && !isOurs) return errorCode.protocol;
        if (payload.length !== 4) return errorCode.frameSize;
        return (payload.readUInt32BE() & maxUint31) > 0 ? errorCode.none : errorCode.protocol;
      default:
        return errorCode.none; // as RFC 9113, 5.5 has it
    }
  }

  #onData(frame: Http2Frame): Http2ErrorCode {
    const { flags, streamId, payload } = frame;
    const data = withoutPadding(frame);
    if (data === null) return errorCode.protocol;
    this.#consumedBytes += payload.length;
    if (this.#consumedBytes >= widenAfterBytes) {
      this.widenWindow(0, this.#consumedBytes);
      this.#consumedBytes = 0;
    }
    this.#owner.onData(streamId, data, payload.length, (flags & frameFlag.endStream) !== 0);
    return errorCode.none;
  }

  #onFields(frame: Http2Frame): Http2ErrorCode {
    const { flags, streamId } = frame;
    const part = frame.type === frameType.headers ? withoutPadding(frame) : frame.payload;
    if (part === null) return errorCode.protocol;
    const isWhole = (flags & frameFlag.endHeaders) !== 0;
    const begun = this.#block;
    if (begun === null && isWhole) {
      return this.#onBlock(streamId, part, (flags & frameFlag.endStream) !== 0);
    }
    const block = begun ?? new Http2FieldBlock(streamId, (flags & frameFlag.endStream) !== 0);
    if (streamId !== block.streamId) return errorCode.protocol;
    if (!block.add(part)) return errorCode.enhanceYourCalm;
    this.#block = isWhole ? null : block;
    return isWhole ? this.#onBlock(streamId, block.join(), block.isLast) : errorCode.none;
  }

  #onBlock(streamId: number, block: Buffer, isLast: boolean): Http2ErrorCode {
    if (!this.#owner.isOpen(streamId)) return errorCode.none; // no other block depends on it
    const fields = readFields(block);
    if (fields === 'undecodable') return errorCode.compression;
    this.#owner.onFields(streamId, fields, isLast);
    return errorCode.none;
  }

  #onSettings(flags: number, payload: Buffer): Http2ErrorCode {
    if ((flags & frameFlag.ack) !== 0) {
      return payload.length === 0 ? errorCode.none : errorCode.frameSize;
    }
    if (payload.length % 6 !== 0) return errorCode.frameSize;
    for (let at = 0; at < payload.length; at += 6) {
      const value = payload.readUInt32BE(at + 2);
      switch (payload.readUInt16BE(at)) {
        case setting.enablePush:
          if (value !== 0) return errorCode.protocol;
          break;
        case setting.maxConcurrentStreams:
          this.#peerMaxStreams = value;
          break;
        case setting.initialWindowSize:
          if (value > maxUint31) return errorCode.flowControl;
          break;
        case setting.maxFrameSize:
          if (value < maxPayloadBytes || value > 0xff_ffff) return errorCode.protocol;
      }
    }
    this.#hasSettings = true;
    // First of all: more streams than before may only be begun once the peer knows that we know.
    const error = this.#output.answer(frameType.settings, frameFlag.ack);
    this.#owner.onSettings();
    return error;
  }

  #onPing(flags: number, payload: Buffer): Http2ErrorCode {
    if (payload.length !== 8) return errorCode.frameSize;
    if ((flags & frameFlag.ack) !== 0) return errorCode.none;
    return this.#output.answer(frameType.ping, frameFlag.ack, payload.toString('latin1'));
  }

  #sayGoodbye(error: Http2ErrorCode): void {
    // The peer begins no streams: it has none that we could speak of.
    this.#output.write(frameType.goaway, 0, 0, writeUint32(0) + writeUint32(error));
  }

  #end(by: 'network' | 'garbage' | 'abort', reason = 'CLOSED_BY_PEER'): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#output.close();
    this.#owner.onClosed(by, reason);
  }
}

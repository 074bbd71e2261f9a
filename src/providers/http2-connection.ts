import type { Socket } from 'node:net';
import { Http2FieldBlock } from './http2-field-block.ts';
import { readFields, type Http2Fields } from './http2-fields.ts';
import { Http2FrameReader, type Http2Frame } from './http2-frame-reader.ts';
import {
  errorCode,
  frameFlag,
  frameType,
  maxPayloadBytes,
  maxUint31,
  setting,
  writeFrame,
  writeSetting,
  writeUint32,
  type Http2ErrorCode,
} from './http2-frames.ts';
import { withoutPadding } from './http2-payload.ts';

/** Who has opened a connection, and is told what comes over it. */
export interface Http2ConnectionOwner {
  /** The peer has said how many streams it allows. */
  onSettings(): void;
  /** A head of an answer, or what follows its body. */
  onFields(streamId: number, fields: Http2Fields | 'malformed', isLast: boolean): void;
  /** A part of a body, there for the time of the call; `size` counts what it was padded with, too. */
  onData(streamId: number, data: Buffer, size: number, isLast: boolean): void;
  /** The peer has given a stream up. */
  onReset(streamId: number, code: number): void;
  /** The peer will close the connection, and has not seen to the streams behind `lastStreamId`. */
  onGoaway(lastStreamId: number): void;
  /** It is closed. `garbage`: because the peer did not keep to HTTP/2. */
  onClosed(by: 'network' | 'garbage', reason: string): void;
}

/** What a connection begins with: no pushed answers, and no table of fields to keep. */
const preface =
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n' +
  writeFrame(
    frameType.settings,
    0,
    0,
    writeSetting(setting.headerTableSize, 0) + writeSetting(setting.enablePush, 0),
  );

/**
 * Once so much has come, the peer may send as much again. It is half of what each stream and all of
 * them together may have under way (RFC 9113, 6.9.2).
 */
export const allowanceBytes = 32_768;

/** How long what has been said last may take to leave; a peer that doesn't read would keep it for ever. */
const lingerMs = 1_000;

/** The most that may wait to be written: a peer that makes us answer but doesn't read is cut off. */
const maxUnsentBytes = 1024 * 1024;

/**
 * The client's side of an HTTP/2 connection (RFC 9113) that sends nothing but GETs. It is our own
 * because each stream of a library took 6 KiB and half of a poll's time, and thousands of them wait.
 */
export class Http2Connection {
  readonly #socket: Socket;
  readonly #owner: Http2ConnectionOwner;
  readonly #reader = new Http2FrameReader((frame) => this.#onFrame(frame));
  /** What is written at the end of this turn of the event loop, in one piece. */
  #outgoing = preface;
  #nextStreamId: number;
  #hasSettings = false;
  #maxStreams = Infinity;
  #block: Http2FieldBlock | null = null;
  #unallowedBytes = 0;
  #isClosed = false;

  /** @param firstStreamId the number of the first stream; odd */
  constructor(socket: Socket, owner: Http2ConnectionOwner, firstStreamId = 1) {
    this.#socket = socket;
    this.#owner = owner;
    this.#nextStreamId = firstStreamId;
    socket.on('error', (error: NodeJS.ErrnoException) => this.#end('network', error.code));
    socket.on('end', () => this.#end('network')).on('close', () => this.#end('network'));
    this.#flush();
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Whether the peer has spoken, so that it is known what it allows. */
  get isReady(): boolean {
    return this.#hasSettings && !this.#isClosed;
  }

  /** How many streams the peer allows at once. */
  get maxStreams(): number {
    return this.#maxStreams;
  }

  /** Whether there are no numbers left for further streams. */
  get isExhausted(): boolean {
    return this.#nextStreamId > maxUint31;
  }

  /**
   * Sends a request, and gives the number of its stream.
   *
   * @param block its fields, as Latin-1
   */
  send(block: string): number {
    const streamId = this.#nextStreamId;
    this.#nextStreamId += 2;
    let type: number = frameType.headers;
    let flags: number = frameFlag.endStream;
    let at = 0;
    for (; block.length - at > maxPayloadBytes; at += maxPayloadBytes) {
      this.#write(writeFrame(type, flags, streamId, block.slice(at, at + maxPayloadBytes)));
      type = frameType.continuation;
      flags = 0;
    }
    this.#write(writeFrame(type, flags | frameFlag.endHeaders, streamId, block.slice(at)));
    return streamId;
  }

  /** Gives a stream up. */
  reset(streamId: number): void {
    this.#write(writeFrame(frameType.rstStream, 0, streamId, writeUint32(errorCode.cancel)));
  }

  /** Allows the peer more of a body; of all of them together where `streamId` is 0. */
  allow(streamId: number, bytes: number): void {
    this.#write(writeFrame(frameType.windowUpdate, 0, streamId, writeUint32(bytes)));
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
    this.#end('network');
  }

  #onFrame(frame: Http2Frame): Http2ErrorCode {
    const { type, flags, streamId, payload } = frame;
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
        this.#owner.onGoaway(payload.readUInt32BE() & maxUint31);
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
    this.#unallowedBytes += payload.length;
    if (this.#unallowedBytes >= allowanceBytes) {
      this.allow(0, this.#unallowedBytes);
      this.#unallowedBytes = 0;
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
          this.#maxStreams = value;
          break;
        case setting.initialWindowSize:
          if (value > maxUint31) return errorCode.flowControl;
          break;
        case setting.maxFrameSize:
          if (value < maxPayloadBytes || value > 0xff_ffff) return errorCode.protocol;
      }
    }
    this.#hasSettings = true;
    this.#write(writeFrame(frameType.settings, frameFlag.ack, 0));
    this.#owner.onSettings();
    return errorCode.none;
  }

  #onPing(flags: number, payload: Buffer): Http2ErrorCode {
    if (payload.length !== 8) return errorCode.frameSize;
    if ((flags & frameFlag.ack) === 0) {
      this.#write(writeFrame(frameType.ping, frameFlag.ack, 0, payload.toString('latin1')));
    }
    // Only who makes us write without an end can have us keep so much.
    const unsent = this.#outgoing.length + this.#socket.writableLength;
    return unsent > maxUnsentBytes ? errorCode.enhanceYourCalm : errorCode.none;
  }

  #sayGoodbye(error: Http2ErrorCode): void {
    // The peer begins no streams: it has none that we could speak of.
    this.#write(writeFrame(frameType.goaway, 0, 0, writeUint32(0) + writeUint32(error)));
    this.#flush();
  }

  #write(frames: string): void {
    if (this.#outgoing === '') setImmediate(() => this.#flush());
    this.#outgoing += frames;
  }

  #flush(): void {
    const frames = this.#outgoing;
    this.#outgoing = '';
    if (frames !== '' && this.#socket.writable) this.#socket.write(frames, 'latin1');
  }

  #end(by: 'network' | 'garbage', reason = 'CLOSED_BY_PEER'): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#socket.destroySoon();
    setTimeout(() => this.#socket.destroy(), lingerMs).unref();
    this.#owner.onClosed(by, reason);
  }
}

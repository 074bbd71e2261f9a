/** The kinds of frames (RFC 9113, 6). */
export const frameType = {
  data: 0,
  headers: 1,
  priority: 2,
  rstStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

/** What may be set in a frame; which of it means something depends on the kind. */
export const frameFlag = {
  ack: 0x01,
  endStream: 0x01,
  endHeaders: 0x04,
  padded: 0x08,
  priority: 0x20,
} as const;

/** What can be wrong with a connection or a stream (RFC 9113, 7), as far as we say so. */
export const errorCode = {
  none: 0,
  protocol: 1,
  flowControl: 3,
  frameSize: 6,
  cancel: 8,
  compression: 9,
  enhanceYourCalm: 11,
} as const;

/** One of {@link errorCode}. */
export type Http2ErrorCode = (typeof errorCode)[keyof typeof errorCode];

/** What a peer can set for the other side (RFC 9113, 6.5.2), as far as it concerns us. */
export const setting = {
  headerTableSize: 1,
  enablePush: 2,
  maxConcurrentStreams: 3,
  initialWindowSize: 4,
  maxFrameSize: 5,
  maxHeaderListSize: 6,
} as const;

/** Before each payload: its length, the kind, the flags, the stream. */
export const frameHeadBytes = 9;

/** The longest payload of a frame, in both directions: nobody may send more without being allowed to. */
export const maxPayloadBytes = 16_384;

/** The largest number of a stream, of a window and of what is added to one. */
export const maxUint31 = 0x7fff_ffff;

/**
 * Writes a frame, as Latin-1: text is joined and sent without an object for each frame.
 *
 * @param payload Latin-1, {@link maxPayloadBytes} at the most
 */
export function writeFrame(type: number, flags: number, streamId: number, payload = ''): string {
  const { length } = payload;
  const head = String.fromCharCode(
    length >>> 16,
    (length >>> 8) & 0xff,
    length & 0xff,
    type,
    flags,
  );
  return head + writeUint32(streamId) + payload;
}

/** Writes a number in four bytes, as Latin-1. */
export const writeUint32 = (value: number): string =>
  String.fromCharCode(value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff);

/** Writes a setting, as Latin-1. */
export const writeSetting = (id: number, value: number): string =>
  String.fromCharCode(id >>> 8, id & 0xff) + writeUint32(value);

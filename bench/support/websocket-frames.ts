/** Kinds of frames (RFC 6455, section 5.2). */
export const Opcode = { text: 1, close: 8, ping: 9, pong: 10 } as const;

/** A client's frame. Its masking key is 0, which is as good as any here and changes nothing. */
function frame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload;
  const size = length < 126 ? [0x80 | length] : [0x80 | 126, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([0x80 | opcode, ...size, 0, 0, 0, 0]), payload]);
}

/** A message, of less than 64 KiB. */
export const textFrame = (message: unknown): Buffer =>
  frame(Opcode.text, Buffer.from(JSON.stringify(message)));

/** The answer to a ping. */
export const pongFrame = (payload: Buffer): Buffer => frame(Opcode.pong, payload);

/** The end, with status 1000. */
export const closeFrame = frame(Opcode.close, Buffer.from([0x03, 0xe8]));

/**
 * Reads a server's frames, of which each is a whole message of less than 64 KiB.
 *
 * @returns the bytes of a frame that is not all there yet
 */
export function readFrames(
  received: Buffer,
  onFrame: (opcode: number, payload: Buffer) => void,
): Buffer {
  let rest = received;
  while (rest.length >= 2) {
    const isLong = rest.readUInt8(1) === 126;
    const start = isLong ? 4 : 2;
    if (rest.length < start) break;
    const end = start + (isLong ? rest.readUInt16BE(2) : rest.readUInt8(1));
    if (rest.length < end) break;
    onFrame(rest.readUInt8(0) & 0x0f, rest.subarray(start, end));
    rest = rest.subarray(end);
  }
  return rest;
}

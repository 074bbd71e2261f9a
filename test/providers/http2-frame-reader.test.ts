import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Http2FrameReader } from '../../src/providers/http2-frame-reader.ts';
import { frame, hex } from '../support/raw-h2-upstream.ts';

/** A frame whose payload is hexadecimal. */
type Read = [type: number, flags: number, streamId: number, payload: string];

/** What is read of these pieces, and what is wrong with them. */
function read(pieces: readonly Uint8Array[]): { frames: Read[]; error: number } {
  const frames: Read[] = [];
  const reader = new Http2FrameReader(({ type, flags, streamId, payload }) => {
    frames.push([type, flags, streamId, payload.toString('hex')]);
    return type === 0xee ? 1 : 0;
  });
  for (const piece of pieces) {
    const bytes = Buffer.from(piece);
    const error = reader.read(bytes);
    bytes.fill(0); // as the next bytes of any connection overwrite them
    if (error !== 0) return { frames, error };
  }
  return { frames, error: 0 };
}

const frames = fc.array(
  fc.tuple(
    fc.nat(10),
    fc.nat(255),
    fc.nat(0x7fff_ffff),
    fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.constant(new Uint8Array(16_384))),
  ),
  { maxLength: 5 },
);

describe('What comes over an HTTP/2 connection', () => {
  it('is the same frames, however it is cut into packets', () => {
    fc.assert(
      fc.property(frames, fc.array(fc.double({ min: 0, max: 1, noNaN: true })), (sent, places) => {
        const bytes = Buffer.concat(
          sent.map(([type, flags, id, payload]) => frame(type, flags, id, Buffer.from(payload))),
        );
        const ends = places.map((place) => Math.round(place * bytes.length)).sort((a, b) => a - b);
        const pieces = [...ends, bytes.length].map((end, n) =>
          bytes.subarray(ends[n - 1] ?? 0, end),
        );
        const wanted = sent.map(([type, flags, id, payload]) => [
          type,
          flags,
          id,
          Buffer.from(payload).toString('hex'),
        ]);
        expect(read(pieces)).toEqual({ frames: wanted, error: 0 });
      }),
    );
  });

  it('is the same frames in packets of one byte', () => {
    const bytes = [frame('PING', 1, 0, '0102030405060708'), frame('SETTINGS', 1, 0)];
    const pieces = Array.from(Buffer.concat(bytes), (byte) => Uint8Array.of(byte));
    expect(read(pieces)).toEqual({
      frames: [
        [6, 1, 0, '0102030405060708'],
        [4, 1, 0, ''],
      ],
      error: 0,
    });
  });

  it('has the first bit of a stream ignored', () => {
    expect(read([frame('DATA', 0, 0x8000_0001)]).frames).toEqual([[0, 0, 1, '']]);
  });

  it.each([1, 100])(
    'is refused as soon as a frame says that it is too long, in pieces of %i',
    (size) => {
      const bytes = Buffer.concat([frame('SETTINGS', 0, 0), hex('004001 00 00 00000001')]);
      const count = Math.ceil(bytes.length / size);
      const pieces = Array.from({ length: count }, (_, n) =>
        bytes.subarray(n * size, (n + 1) * size),
      );
      expect(read(pieces)).toEqual({ frames: [[4, 0, 0, '']], error: 6 });
    },
  );

  it('is read no further than to what is wrong', () => {
    const bytes = Buffer.concat([frame(0xee, 0, 0), frame('PING', 0, 0)]);
    expect(read([bytes])).toEqual({ frames: [[0xee, 0, 0, '']], error: 1 });
  });
});

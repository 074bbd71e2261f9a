import { describe, expect, it } from 'vitest';
import { Http1Chunks } from '../../src/providers/http1-chunks.ts';

/** What has come of a chunked body. */
interface Read {
  readonly body: string;
  /** Bytes that are behind the body; null while there is more to come, -1 when it is not well formed. */
  readonly surplus: number | null;
}

/** Reads a body in pieces of so many bytes. */
function read(text: string, pieceBytes = Infinity): Read {
  const bytes = Buffer.from(text, 'latin1');
  const chunks = new Http1Chunks();
  let body = '';
  for (let from = 0; from < bytes.length; from += pieceBytes) {
    const piece = bytes.subarray(from, from + pieceBytes);
    const at = chunks.read(piece, 0, (data) => (body += data.toString('latin1')));
    if (at < 0) return { body, surplus: -1 };
    if (chunks.isWhole) return { body, surplus: bytes.length - from - at };
    expect(at).toBe(piece.length);
  }
  return { body, surplus: null };
}

const hello = '5\r\nhello\r\n';
const end = '0\r\n\r\n';
/** A line, without its end, of so many bytes with it. */
const fill = (start: string, bytes: number): string => start.padEnd(bytes - 2, 'x');
const trailerOf = (lines: number): string => 'a: b\r\n'.repeat(lines);

describe('A body in chunks', () => {
  it.each([
    ['one', hello + end, 'hello'],
    ['several', `${hello}1\r\n \r\n6\r\nworld!\r\n${end}`, 'hello world!'],
    ['none', end, ''],
    ['more than one digit', `1f\r\n${'x'.repeat(31)}\r\n${end}`, 'x'.repeat(31)],
    ['digits in upper case', `A\r\n0123456789\r\n${end}`, '0123456789'],
    ['zeros in front', `0005\r\nhello\r\n00000000\r\n\r\n`, 'hello'],
    ['line breaks in the data', `4\r\n\r\n\r\n\r\n${end}`, '\r\n\r\n'],
    ['what looks like an end in the data', `5\r\n0\r\n\r\n\r\n${end}`, '0\r\n\r\n'],
    ['extensions', `5;a\r\nhello\r\n0 ;a="b;c" ; d=e\r\n\r\n`, 'hello'],
    ['an extension as long as one may be', `${fill('5;', 1024)}\r\nhello\r\n${end}`, 'hello'],
    ['a trailer', `${hello}0\r\nContent-Length: 9\r\nx:\xff\r\n\r\n`, 'hello'],
    ['a line of the trailer as long as one may be', `0\r\n${fill('a:', 1024)}\r\n\r\n`, ''],
    ['as many lines of the trailer as there may be', `0\r\n${trailerOf(31)}\r\n`, ''],
  ])('may have %s, in whichever pieces it comes', (_what, text, body) => {
    for (const pieceBytes of [1, 2, 3, 7, Infinity]) {
      expect(read(text, pieceBytes)).toEqual({ body, surplus: 0 });
      expect(read(text.slice(0, -1), pieceBytes)).toEqual({ body, surplus: null });
    }
  });

  it.each([
    ['no size', '\r\nhello'],
    ['a size in other letters', 'g\r\n'],
    ['a size with a sign', '+5\r\nhello\r\n'],
    ['a size below zero', '-5\r\nhello\r\n'],
    ['a size with a prefix', '0x5\r\nhello\r\n'],
    ['a size behind a blank', ' 5\r\nhello\r\n'],
    ['a size with a blank in it', '5 5\r\nhello\r\n'],
    ['a size with a separator', '5_0\r\nhello\r\n'],
    ['a size of 9 digits', '000000005\r\nhello\r\n'],
    ['a size of 4 GiB and more', 'fffffffff\r\nhello\r\n'],
    ['a size with a bare line feed', '5\nhello\r\n'],
    ['a size with a bare carriage return', '5\r;\r\nhello\r\n'],
    ['an extension without its semicolon', '5 a\r\nhello\r\n'],
    ['a control character in an extension', '5;a\0\r\nhello\r\n'],
    ['a bare line feed in an extension', '5;a\nb\r\nhello\r\n'],
    ['an extension that is too long', `${fill('5;', 1025)}\r\nhello\r\n`],
    ['an extension that never ends', fill('5;', 5000)],
    ['a bare line feed in the trailer', '0\r\na: b\n\r\n'],
    ['a bare line feed at its end', '0\r\n\n'],
    ['a control character in the trailer', '0\r\na: \x1b\r\n\r\n'],
    ['a line of the trailer that is too long', `0\r\n${fill('a:', 1025)}\r\n\r\n`],
    ['too many lines of the trailer', `0\r\n${trailerOf(32)}\r\n`],
  ])('cannot have %s', (_what, text) => {
    for (const pieceBytes of [1, 2, 3, 7, Infinity]) {
      expect(read(text, pieceBytes)).toEqual({ body: '', surplus: -1 });
    }
  });

  it.each([
    ['longer than its size', '5\r\nhello!\r\n'],
    ['shorter than its size', '5\r\nhell\r\n0\r\n\r\n'],
    ['ended by a bare line feed', '5\r\nhello\n0\r\n\r\n'],
    ['not ended', '5\r\nhello0\r\n\r\n'],
    ['ended twice', '5\r\nhello\r\n\r\n0\r\n\r\n'],
  ])('cannot have a chunk that is %s', (_what, text) => {
    for (const pieceBytes of [1, 2, 3, 7, Infinity]) {
      expect(read(text, pieceBytes).surplus).toBe(-1);
    }
  });

  it('ends where it ends, whatever is behind it', () => {
    for (const surplus of [end, hello, '\r\n', '\0']) {
      expect(read(hello + end + surplus)).toEqual({ body: 'hello', surplus: surplus.length });
    }
  });

  it('is given as one piece for each that has come, however small the chunks are', () => {
    const packet = '1\r\nx\r\n'.repeat(1_000);
    const chunks = new Http1Chunks();
    const pieces: string[] = [];
    for (const text of [packet, `${packet}3\r\nab`, `c\r\n${end}`]) {
      chunks.read(Buffer.from(text), 0, (data) => pieces.push(data.toString()));
    }
    expect(pieces).toEqual(['x'.repeat(1_000), `${'x'.repeat(1_000)}ab`, 'c']);
    expect(chunks.isWhole).toBe(true);
  });
});

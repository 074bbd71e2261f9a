import { describe, expect, it } from 'vitest';
import { decodeHuffman } from '../../src/providers/hpack-huffman.ts';
import { hex } from '../support/raw-h2-upstream.ts';

describe("Text in HTTP/2's Huffman code", () => {
  it.each([
    // RFC 7541, C.4 and C.6
    ['www.example.com', 'f1e3 c2e5 f23a 6ba0 ab90 f4ff'],
    ['no-cache', 'a8eb 1064 9cbf'],
    ['custom-key', '25a8 49e9 5ba9 7d7f'],
    ['custom-value', '25a8 49e9 5bb8 e8b4 bf'],
    ['302', '6402'],
    ['private', 'aec3 771a 4b'],
    ['Mon, 21 Oct 2013 20:13:21 GMT', 'd07a be94 1054 d444 a820 0595 040b 8166 e082 a62d 1bff'],
    ['https://www.example.com', '9d29 ad17 1863 c78f 0b97 c8e9 ae82 ae43 d3'],
    ['307', '640e ff'],
    ['gzip', '9bd9 ab'],
    ['', ''],
  ])('is %j', (text, digits) => {
    expect(decodeHuffman(hex(digits))).toBe(text);
  });

  it.each([
    ['is filled up with zeros', '640e 80'],
    ['is filled up with a whole byte', '6402 ff'],
    ['is nothing but what it is filled up with', 'ff'],
    ['has the sign for its end', 'ffff ffff'],
    ['has a character whose code is longer than those of names and numbers', 'ffff ff7f'],
  ])('is nothing when it %s', (_what, digits) => {
    expect(decodeHuffman(hex(digits))).toBeNull();
  });
});

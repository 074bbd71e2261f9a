/**
 * The code that HTTP/2 shortens text with (RFC 7541, appendix B): characters by the length of their
 * code. Codes of one length count up in the order of the characters, and each length goes on where the
 * shorter one ended. The longer codes, from 19 bits, are for bytes that stand in no name and no number.
 */
const charactersByBits: readonly (readonly [bits: number, characters: string])[] = [
  [5, '012aceiost'],
  [6, ' %-./3456789=A_bdfghlmnpru'],
  [7, ':BCDEFGHIJKLMNOPQRSTUVWYjkqvwxyz'],
  [8, '&*,;XZ'],
  [10, '!"()?'],
  [11, "'+|"],
  [12, '#>'],
  [13, '\0$@[]~'],
  [14, '^}'],
  [15, '<`{'],
];

const longestBits = 15;

/** Each code, with a 1 in front of it that keeps its zeros. */
const characterOf = new Map<number, string>();
{
  let code = 0;
  let lastBits = 0;
  for (const [bits, characters] of charactersByBits) {
    code <<= bits - lastBits;
    lastBits = bits;
    for (const character of characters) characterOf.set((1 << bits) | code++, character);
  }
}

/** Reads text; null where it is wrong, or has one of the bytes with the longer codes in it. */
export function decodeHuffman(bytes: Buffer): string | null {
  let text = '';
  let code = 1;
  for (const byte of bytes) {
    for (let bit = 7; bit >= 0; bit--) {
      code = (code << 1) | ((byte >> bit) & 1);
      const character = characterOf.get(code);
      if (character !== undefined) {
        text += character;
        code = 1;
      } else if (code >= 1 << longestBits) return null;
    }
  }
  // What is left of the last byte is filled with ones, which begin no code that is so short.
  const restBits = 31 - Math.clz32(code);
  return restBits < 8 && code === (1 << (restBits + 1)) - 1 ? text : null;
}

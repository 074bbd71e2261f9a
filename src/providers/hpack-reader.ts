import { decodeHuffman } from './hpack-huffman.ts';

/** The last entry of the table that everyone has (RFC 7541, appendix A). */
const lastStatic = 61;

/** Its entries with the status of an answer, from 8 on. */
const statuses = ['200', '204', '206', '304', '400', '404', '500'];

/** The other entries that mean something in an answer; none of them has a value. */
const names: ReadonlyMap<number, string> = new Map([
  [28, 'content-length'],
  [53, 'retry-after'],
  [57, 'transfer-encoding'],
]);

/** No name that means something is nearly as long, and decoding takes its time. */
const maxNameBytes = 256;

/** A field whose value has not been decoded: few of them matter. */
export interface HpackField {
  /** Null for one that means nothing in an answer. */
  readonly name: string | null;
  /** Decodes the value; null where that is impossible, or it has bytes that no number and no date has. */
  value(): string | null;
}

/**
 * Reads a block of fields one by one (RFC 7541). It keeps no table of what it has read: we allow the
 * peer none (SETTINGS_HEADER_TABLE_SIZE is 0), so each block stands for itself.
 */
export class HpackReader {
  readonly #block: Buffer;
  #at = 0;
  #hasFields = false;

  constructor(block: Buffer) {
    this.#block = block;
  }

  /** The next field, `end` behind the last one; null where the block cannot be decoded. */
  next(): HpackField | 'end' | null {
    if (!this.#hasFields && !this.#readTableSizes()) return null;
    const first = this.#block[this.#at];
    if (first === undefined) return 'end';
    this.#hasFields = true;
    if (first >= 0x80) return this.#readIndexed();
    if (isTableSize(first)) return null;
    const index = this.#readInteger(first >= 0x40 ? 0x3f : 0x0f);
    if (index === null || index > lastStatic) return null;
    const name = index === 0 ? this.#readName() : nameAt(index);
    const value = this.#readString();
    return name === undefined || value === null ? null : { name, value };
  }

  /** Null where it is too long to mean anything; undefined where it cannot be decoded. */
  #readName(): string | null | undefined {
    const start = this.#at;
    const decode = this.#readString();
    if (decode === null) return undefined;
    return this.#at - start > maxNameBytes ? null : (decode() ?? undefined);
  }

  /** The peer may say how large its table is, at the start and no larger than we have allowed. */
  #readTableSizes(): boolean {
    while (isTableSize(this.#block[this.#at] ?? 0)) {
      if (this.#readInteger(0x1f) !== 0) return false;
    }
    return true;
  }

  #readIndexed(): HpackField | null {
    const index = this.#readInteger(0x7f);
    if (index === null || index === 0 || index > lastStatic) return null;
    return { name: nameAt(index), value: () => statuses[index - 8] ?? '' };
  }

  /** A number that begins in the bits of `mask`; null where it does not end, or is absurdly large. */
  #readInteger(mask: number): number | null {
    const first = (this.#block[this.#at++] ?? 0) & mask;
    if (first < mask) return first;
    let value = first;
    for (let shift = 0; shift <= 21; shift += 7) {
      const byte = this.#block[this.#at++];
      if (byte === undefined) return null;
      value += (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    return null;
  }

  /** What decodes a string; null where it does not end. */
  #readString(): (() => string | null) | null {
    const isShortened = (this.#block[this.#at] ?? 0) >= 0x80;
    if (this.#at >= this.#block.length) return null;
    const length = this.#readInteger(0x7f);
    if (length === null || length > this.#block.length - this.#at) return null;
    const bytes = this.#block.subarray(this.#at, (this.#at += length));
    return () => (isShortened ? decodeHuffman(bytes) : bytes.toString('latin1'));
  }
}

const isTableSize = (first: number): boolean => (first & 0xe0) === 0x20;

/** Entries before the statuses are of requests: none of them may be in an answer. */
const nameAt = (index: number): string | null => {
  if (index < 8) return ':of-a-request';
  return index < 8 + statuses.length ? ':status' : (names.get(index) ?? null);
};

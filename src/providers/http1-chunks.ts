/** Takes the data of a body as it comes. */
export type OnData = (data: Buffer) => void;

/** A line of a chunked body, an extension or a field of the trailer in it, is no longer than this. */
const maxLineBytes = 1024;

/** Nobody has more to say after the body. */
const maxTrailerLines = 32;

/** Reads a chunked body (RFC 9112, 7.1). What stands in extensions and in the trailer is dropped. */
export class Http1Chunks {
  #part: 'size' | 'data' | 'end of data' | 'trailer' | 'whole' = 'size';
  #line = '';
  #left = 0;
  #trailerLines = 0;

  get isWhole(): boolean {
    return this.#part === 'whole';
  }

  /**
   * Reads on in `bytes`, and moves what they hold of the body together: a body in chunks of one byte
   * would take a hundred times its memory if each of them were a piece of its own.
   *
   * @returns where it has stopped: at their end, or behind the body; -1 when it is not well formed
   */
  read(bytes: Buffer, start: number, onData: OnData): number {
    let at = start;
    let dataEnd = start;
    while (at >= 0 && at < bytes.length && this.#part !== 'whole') {
      if (this.#part === 'data') {
        const end = Math.min(bytes.length, at + this.#left);
        bytes.copyWithin(dataEnd, at, end);
        dataEnd += end - at;
        this.#left -= end - at;
        at = end;
        if (this.#left === 0) this.#part = 'end of data';
      } else at = this.#readLine(bytes, at);
    }
    if (dataEnd > start) onData(bytes.subarray(start, dataEnd));
    return at;
  }

  /** Reads on in a line. It returns what {@link read} does. */
  #readLine(bytes: Buffer, at: number): number {
    const lineEnd = bytes.indexOf('\n', at);
    const end = lineEnd < 0 ? bytes.length : lineEnd + 1;
    if (this.#line.length + (end - at) > maxLineBytes) return -1;
    this.#line += bytes.toString('latin1', at, end);
    return lineEnd < 0 || this.#endLine() ? end : -1;
  }

  #endLine(): boolean {
    const line = this.#line;
    this.#line = '';
    if (!/^[\t\x20-\x7e\x80-\xff]*\r\n$/.test(line)) return false;
    if (this.#part === 'end of data') {
      this.#part = 'size';
      return line === '\r\n';
    }
    if (this.#part === 'trailer') {
      if (line === '\r\n') this.#part = 'whole';
      return ++this.#trailerLines <= maxTrailerLines;
    }
    const size = /^([\da-f]{1,8})[\t ]*(?:;.*)?\r\n$/i.exec(line)?.[1];
    if (size === undefined) return false;
    this.#left = parseInt(size, 16);
    this.#part = this.#left === 0 ? 'trailer' : 'data';
    return true;
  }
}

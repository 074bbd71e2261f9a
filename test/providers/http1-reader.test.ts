import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Cancellation } from '../../src/cancellation.ts';
import { Exchange } from '../../src/providers/http-exchange.ts';
import type { HttpOutcome } from '../../src/providers/http.ts';
import { Http1Reader, type Http1Progress } from '../../src/providers/http1-reader.ts';

/** What has come of an answer. */
interface Read {
  readonly progress: Http1Progress;
  /** Pieces that have been read. */
  readonly pieces: number;
  readonly isReusable: boolean;
  readonly endsWithConnection: boolean;
  /** What the exchange has got once the answer is whole, or its connection has ended. */
  readonly outcome: HttpOutcome;
}

/** Reads an answer in these pieces, behind which its connection ends. */
function read(pieces: readonly Buffer[]): Read {
  let outcome: HttpOutcome | undefined;
  const exchange = new Exchange((settled) => (outcome = settled), 60_000, new Cancellation());
  const reader = new Http1Reader(exchange);
  let progress: Http1Progress = 'more';
  let count = 0;
  while (progress === 'more' && count < pieces.length) {
    progress = reader.read(Buffer.from(pieces[count++] ?? '')); // a copy, as a socket's is its own
  }
  const { isReusable, endsWithConnection } = reader;
  if (progress === 'whole' || (progress === 'more' && endsWithConnection)) exchange.complete();
  else exchange.end(progress === 'garbage' ? 'garbage' : 'network');
  if (outcome === undefined) throw new Error('the exchange has not ended');
  return { progress, pieces: count, isReusable, endsWithConnection, outcome };
}

/** The bytes cut into pieces of this length. */
function inPieces(bytes: Buffer, length: number): Buffer[] {
  const count = Math.ceil(bytes.length / length);
  return Array.from({ length: count }, (_, n) => bytes.subarray(n * length, (n + 1) * length));
}

/** The bytes cut at these places, each of them a part of the whole from 0 to 1. */
function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = places.map((place) => Math.round(place * bytes.length)).sort((a, b) => a - b);
  return [...ends, bytes.length].map((end, n) => bytes.subarray(ends[n - 1] ?? 0, end));
}

/** How many of the pieces it takes to have all bytes: the last ones may be empty. */
const untilLastByte = (pieces: readonly Buffer[]): number =>
  pieces.findLastIndex(({ length }) => length > 0) + 1;

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const whole = (text: string): Read => read([latin1(text)]);
const byteByByte = (text: string): Read => read(inPieces(latin1(text), 1));

type Framing = 'length' | 'chunks' | 'end';

/** An answer that is well formed, and what it says. */
interface Answer {
  readonly bytes: Buffer;
  readonly framing: Framing;
  readonly closes: boolean;
  readonly outcome: HttpOutcome;
}

const places = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 });
const bodies = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc.string({ unit: 'binary', maxLength: 50 }).map((text) => Buffer.from(text)),
  fc.constantFrom('0\r\n\r\n', 'HTTP/1.1 200 OK\r\n\r\n', '\r\n\r\n').map(latin1),
);
const fields = fc.uniqueArray(
  fc.constantFrom('Date: x', 'Server: \xfc', 'X-Empty:', 'Keep-Alive: timeout=9', 'Vary:a,\tb'),
);
const interims = fc.array(
  fc.constantFrom(
    'HTTP/1.1 100 Continue',
    'HTTP/1.1 102 Processing\r\nRetry-After: 3',
    'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nContent-Length: 5',
  ),
  { maxLength: 3 },
);

function inChunks(body: Buffer, cuts: readonly number[], extension: string, trailer: string) {
  const sized = cutAt(body, cuts).filter(({ length }) => length > 0);
  const chunks = sized.flatMap((data) => [
    latin1(`${data.length.toString(16)}${extension}\r\n`),
    data,
    latin1('\r\n'),
  ]);
  return Buffer.concat([...chunks, latin1(`0${extension}\r\n${trailer}\r\n`)]);
}

const answers: fc.Arbitrary<Answer> = fc
  .record({
    heralds: interims,
    status: fc.integer({ min: 200, max: 999 }).filter((status) => status !== 204 && status !== 304),
    framing: fc.constantFrom<Framing>('length', 'chunks', 'end'),
    closes: fc.boolean(),
    retryAfterSeconds: fc.option(fc.nat(86_400)),
    others: fields,
    body: bodies,
    cuts: places,
    extension: fc.constantFrom('', ';a', ' ;a="b;\xff"'),
    trailer: fc.constantFrom('', 'a: b\r\n', 'Content-Length: 3\r\nx:\r\n'),
  })
  .map(({ heralds, status, framing, closes, retryAfterSeconds, others, body, ...chunked }) => {
    const lines = [`HTTP/1.1 ${status} Some Reason`, ...others];
    if (retryAfterSeconds !== null) lines.push(`retry-after: ${retryAfterSeconds}`);
    if (closes) lines.push('Connection: close');
    if (framing === 'length') lines.push(`Content-Length: ${body.length}`);
    if (framing === 'chunks') lines.push('Transfer-Encoding: chunked');
    const head = [...heralds, lines.join('\r\n'), ''].join('\r\n\r\n');
    const { cuts, extension, trailer } = chunked;
    const rest = framing === 'chunks' ? inChunks(body, cuts, extension, trailer) : body;
    const text = body.toString('utf8');
    return {
      bytes: Buffer.concat([latin1(head), rest]),
      framing,
      closes,
      outcome: { kind: 'answer', status, retryAfterSeconds, body: text },
    };
  });

describe('An answer that is well formed', () => {
  it('is the same however it is cut into pieces', () => {
    fc.assert(
      fc.property(answers, places, (answer, cuts) => {
        const { bytes, framing, closes, outcome } = answer;
        const endsWithConnection = framing === 'end';
        for (const pieces of [cutAt(bytes, cuts), inPieces(bytes, 1)]) {
          expect(read(pieces)).toEqual({
            progress: endsWithConnection ? 'more' : 'whole',
            pieces: endsWithConnection ? pieces.length : untilLastByte(pieces),
            isReusable: !closes && !endsWithConnection,
            endsWithConnection,
            outcome,
          });
        }
      }),
      { numRuns: 500 },
    );
  });

  it('is whole with its last byte, and not before', () => {
    const ending = answers.filter(({ framing }) => framing !== 'end');
    fc.assert(
      fc.property(ending, ({ bytes }) => {
        expect(read(inPieces(bytes, 1)).pieces).toBe(bytes.length);
      }),
      { numRuns: 300 },
    );
  });

  it('ends where it says, and what is behind it spoils its connection', () => {
    const ending = answers.filter(({ framing }) => framing !== 'end');
    const surplus = fc.uint8Array({ minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(ending, surplus, ({ bytes, outcome }, behind) => {
        expect(read([Buffer.concat([bytes, behind])])).toEqual({
          progress: 'whole',
          pieces: 1,
          isReusable: false,
          endsWithConnection: false,
          outcome,
        });
      }),
      { numRuns: 300 },
    );
  });
});

describe('An answer that is not well formed', () => {
  /** Bytes that often look a little like an answer. */
  const noise = fc
    .array(
      fc.oneof(
        fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
        fc
          .constantFrom(
            'HTTP/1.1 ',
            '200 OK',
            '\r\n',
            '\r\n\r\n',
            ': ',
            '5',
            'Content-Length: ',
            '0',
          )
          .map(latin1),
      ),
      { maxLength: 12 },
    )
    .map((parts) => Buffer.concat(parts));
  /** An answer in which a byte is another one, or missing, or one too many. */
  const spoiled = fc
    .tuple(answers, fc.double({ min: 0, max: 1, noNaN: true }), fc.uint8Array({ maxLength: 2 }))
    .map(([{ bytes }, place, instead]) => {
      const at = Math.floor(place * bytes.length);
      return Buffer.concat([bytes.subarray(0, at), instead, bytes.subarray(at + 1)]);
    });

  it('throws nothing, and is the same however it is cut into pieces', () => {
    fc.assert(
      fc.property(fc.oneof(noise, spoiled), places, (bytes, cuts) => {
        const { outcome, progress } = read([bytes]);
        for (const pieces of [cutAt(bytes, cuts), inPieces(bytes, 1)]) {
          expect(read(pieces)).toMatchObject({ progress, outcome });
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ['another protocol', 'SSH-2.0'],
    ['one letter', 'x'],
    ['an empty line', '\r\n'],
    ['HTTP/2.0', 'HTTP/2'],
    ['lines that end with a bare line feed', 'HTTP/1.1 200 OK\n'],
    ['fields that end with a bare line feed', 'HTTP/1.1 200 OK\r\na: b\n'],
  ])('is refused before its end where it begins with %s', (_what, text) => {
    expect(whole(text).progress).toBe('garbage');
    expect(byteByByte(text).progress).toBe('garbage');
  });
});

describe('An answer without a body', () => {
  it.each([
    ['204', 'HTTP/1.1 204 No Content\r\n\r\n', 204, true],
    ['204 of no bytes', 'HTTP/1.1 204 X\r\nContent-Length: 0\r\n\r\n', 204, true],
    ['304 with a length', 'HTTP/1.1 304 X\r\nContent-Length: 5\r\n\r\n', 304, true],
    ['200 of no bytes', 'HTTP/1.1 200 X\r\nContent-Length: 0\r\n\r\n', 200, true],
    // A peer that promises a body here may send one, which must be no other exchange's answer.
    ['204 with a length', 'HTTP/1.1 204 X\r\nContent-Length: 5\r\n\r\n', 204, false],
    ['204 in chunks', 'HTTP/1.1 204 X\r\nTransfer-Encoding: chunked\r\n\r\n', 204, false],
    ['304 in chunks', 'HTTP/1.1 304 X\r\nTransfer-Encoding: chunked\r\n\r\n', 304, false],
  ])('is whole with its head: %s', (_what, head, status, isReusable) => {
    const outcome = { kind: 'answer', status, retryAfterSeconds: null, body: '' };
    const read = { progress: 'whole', pieces: 1, endsWithConnection: false, outcome };
    expect(whole(head)).toEqual({ ...read, isReusable });
    expect(byteByByte(head)).toEqual({ ...read, pieces: head.length, isReusable });
    expect(whole(`${head}hello`)).toEqual({ ...read, isReusable: false });
  });
});

describe('An answer that only heralds another', () => {
  it('is none when no other follows', () => {
    expect(whole('HTTP/1.1 103 Early Hints\r\nContent-Length: 5\r\n\r\n')).toEqual({
      progress: 'more',
      pieces: 1,
      isReusable: true,
      endsWithConnection: false,
      outcome: { kind: 'no answer', by: 'interim', reason: 'network', sent: false },
    });
  });

  it('has no say in how the other one ends', () => {
    const herald = 'HTTP/1.1 103 X\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n';
    expect(whole(`${herald}HTTP/1.1 200 X\r\nContent-Length: 2\r\n\r\nok`)).toEqual({
      progress: 'whole',
      pieces: 1,
      isReusable: true,
      endsWithConnection: false,
      outcome: { kind: 'answer', status: 200, retryAfterSeconds: null, body: 'ok' },
    });
  });

  it('is the last one in HTTP where it is 101', () => {
    const answer = 'HTTP/1.1 101 X\r\n\r\nHTTP/1.1 200 X\r\n\r\n';
    expect([whole(answer).progress, byteByByte(answer).progress]).toEqual(['switched', 'switched']);
  });
});

describe('What comes before the body', () => {
  const most = 16 * 1024;
  const end = '\r\n\r\n';
  const start = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\nx: ';
  /** A head of so many bytes, the empty line at its end included. */
  const headOf = (bytes: number): string => start.padEnd(bytes - end.length, 'x') + end;
  const herald = `HTTP/1.1 100 Continue${end}`;
  const heralds = (bytes: number): string => herald.repeat(Math.floor(bytes / herald.length));
  const pieceLengths = [1, 1_000, most - 1, most, 1_000_000];

  it.each([
    ['a head', headOf(most)],
    ['a head of a field a line', `${start}${'\r\na:b'.repeat((most - 60) / 5)}${end}`],
    ['heralds and the head', heralds(most - 60) + headOf(60)],
    ['a head before a large body', headOf(most).replace('h: 0', 'h: 9') + ' '.repeat(9)],
  ])('may be 16 KiB in all, in whichever pieces: %s', (_what, text) => {
    for (const length of pieceLengths) {
      expect(read(inPieces(latin1(text), length)).progress).toBe('whole');
    }
  });

  it.each([
    ['a head', headOf(most + 1)],
    ['a head that is much longer', headOf(200_000)],
    ['a head that never ends', headOf(most + end.length).slice(0, -end.length)],
    ['heralds and the head', heralds(most - 60) + headOf(60 + herald.length)],
    ['heralds, and never a head', heralds(200_000)],
  ])('cannot be more, in whichever pieces: %s', (_what, text) => {
    for (const length of pieceLengths) {
      expect(read(inPieces(latin1(text), length)).progress).toBe('garbage');
    }
  });

  it('loses nothing that does not fit: a head is not put together around it', () => {
    const gap = 'x'.repeat(5_000);
    const [first, second] = [start.padEnd(most, 'x'), end];
    expect(read([latin1(first + gap), latin1(second)]).progress).toBe('garbage');
  });
});

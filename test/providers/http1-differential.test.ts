import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cancellation } from '../../src/cancellation.ts';
import { createHttpClient, type HttpOutcome } from '../../src/providers/http.ts';
import { sendRaw } from '../support/raw-http.ts';
import { startRawUpstream, type RawUpstream } from '../support/raw-upstream.ts';

/** What the next request is answered, packet by packet. The connection ends behind it. */
let packets: readonly Buffer[] = [];
let upstream: RawUpstream;

beforeAll(async () => {
  upstream = await startRawUpstream((socket) => {
    socket.setNoDelay(true).once('data', () => {
      const say = async (): Promise<void> => {
        for (const packet of packets) {
          if (!socket.writable) return;
          socket.write(packet);
          await turn();
        }
        socket.end();
      };
      void say();
    });
  });
});
afterAll(() => upstream[Symbol.asyncDispose]());

/** The status and the body of an answer. */
interface Answer {
  readonly status: number;
  readonly body: string;
}

/** What we take it for; null: for no whole answer. */
async function takenByUs(): Promise<Answer | null> {
  const baseUrl = new URL(upstream.url);
  await using client = createHttpClient({ baseUrl, connectTimeoutMs: 5_000, connections: 1 });
  const request = { method: 'GET', path: '/', headers: {}, deadlineMs: 5_000 } as const;
  const outcome: HttpOutcome = await client.exchange(request, new Cancellation());
  return outcome.kind === 'answer' ? { status: outcome.status, body: outcome.body } : null;
}

/** What Node's own client takes it for. */
const takenByNode = (): Promise<Answer | null> =>
  sendRaw(upstream.url, '/').then(
    ({ status, body }) => ({ status, body }),
    () => null,
  );

const chunked = (body: string): string =>
  Array.from(body, (character) => `1;x="y"\r\n${character}\r\n`).join('') + '0\r\nt: u\r\n\r\n';

/** An answer that is well formed. */
const answers = fc
  .record({
    herald: fc.constantFrom('', 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'),
    version: fc.constantFrom('1.0', '1.1'),
    status: fc.constantFrom(200, 204, 304, 404, 503),
    fields: fc.uniqueArray(fc.constantFrom('Connection: close', 'Server: \xfc', 'Retry-After: 3')),
    body: fc.string({ unit: fc.constantFrom('a', '0', '\r\n', ' '), maxLength: 12 }),
    framing: fc.constantFrom('length', 'chunks', 'end'),
  })
  .map(({ herald, version, status, fields, body, framing }) => {
    const isChunked = framing === 'chunks' && version === '1.1';
    const hasBody = status !== 204 && status !== 304;
    const lines = [`HTTP/${version} ${status} Reason`, ...fields];
    if (isChunked) lines.push('Transfer-Encoding: chunked');
    else if (framing !== 'end') lines.push(`Content-Length: ${body.length}`);
    const text = isChunked ? chunked(body) : body;
    return {
      bytes: Buffer.from(
        [herald + lines.join('\r\n'), hasBody ? text : ''].join('\r\n\r\n'),
        'latin1',
      ),
      taken: { status, body: hasBody ? body : '' },
    };
  });

const place = fc.double({ min: 0, max: 1, noNaN: true });

function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = places.map((at) => Math.round(at * bytes.length)).sort((a, b) => a - b);
  return [...ends, bytes.length].map((end, n) => bytes.subarray(ends[n - 1] ?? 0, end));
}

describe("Beside Node's own client", () => {
  it('an answer that is well formed is the same', async () => {
    const cutAnswers = fc.tuple(answers, fc.array(place, { maxLength: 3 }));
    await fc.assert(
      fc.asyncProperty(cutAnswers, async ([{ bytes, taken }, places]) => {
        packets = cut(bytes, places);
        expect(await Promise.all([takenByUs(), takenByNode()])).toEqual([taken, taken]);
      }),
      { numRuns: 150 },
    );
  });

  it('an answer that is not is never another one than to it', async () => {
    const others = fc.constantFrom(
      '\r',
      '\n',
      '\r\n',
      ' ',
      '\t',
      '\0',
      ':',
      ',',
      '1',
      'x',
      '\xa0',
      '',
    );
    const spoiled = fc
      .tuple(answers, place, others, fc.nat(1))
      .map(([{ bytes }, at, instead, missing]) => {
        const from = Math.floor(at * bytes.length);
        const rest = bytes.subarray(from + missing);
        return Buffer.concat([bytes.subarray(0, from), Buffer.from(instead, 'latin1'), rest]);
      })
      .filter((bytes) => !bytes.includes(' 101')); // Node waits for someone who speaks the other one
    await fc.assert(
      fc.asyncProperty(spoiled, async (bytes) => {
        packets = [bytes];
        const [ours, nodes] = await Promise.all([takenByUs(), takenByNode()]);
        if (ours !== null && nodes !== null) expect(ours).toEqual(nodes);
      }),
      { numRuns: 300 },
    );
  });
});

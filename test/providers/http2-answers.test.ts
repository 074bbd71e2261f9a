import { describe, expect, it } from 'vitest';
import { Cancellation } from '../../src/cancellation.ts';
import { createHttpClient, type HttpOutcome } from '../../src/providers/http.ts';
import { answeringH2, frame, startRawH2Upstream } from '../support/raw-h2-upstream.ts';

const end = 0x01;
const last = 0x04;
const padded = 0x08;
const priority = 0x20;

/** What comes of a GET that is answered with these frames. */
async function get(...answer: readonly Buffer[]): Promise<HttpOutcome> {
  await using upstream = await startRawH2Upstream(answeringH2(...answer));
  const baseUrl = new URL(upstream.url);
  const options = { baseUrl, connectTimeoutMs: 5_000, connections: null, http2: true };
  await using client = createHttpClient(options);
  const request = { method: 'GET', path: '/', headers: {}, deadlineMs: 5_000 } as const;
  return await client.exchange(request, new Cancellation());
}

const answer = (status: number, body = '', retryAfterSeconds: number | null = null) => ({
  kind: 'answer',
  status,
  retryAfterSeconds,
  body,
});
const garbage = (reason = 'not HTTP/2') => ({
  kind: 'no answer',
  by: 'garbage',
  reason,
  sent: true,
});
const cutOff = (by: string, reason: string, status = 200) => ({
  kind: 'cut off',
  status,
  retryAfterSeconds: null,
  by,
  reason,
});

const ok = frame('HEADERS', last, 1, '88');
const noBody = frame('HEADERS', last | end, 1, '88');
const data = (text: string, flags = 0) => frame('DATA', flags, 1, Buffer.from(text));
/** The field content-length: 3. */
const three = '0f0d 01 33';
const trailers = frame('HEADERS', last | end, 1, '00 01 78 01 79');

describe('An answer over HTTP/2', () => {
  it.each<[string, readonly Buffer[], object]>([
    ['without a body', [noBody], answer(200)],
    ['with a body', [ok, data('{}', end)], answer(200, '{}')],
    [
      'with a body in pieces',
      [ok, data('{'), data(''), data('}'), data('', end)],
      answer(200, '{}'),
    ],
    [
      'of its length',
      [frame('HEADERS', last, 1, `88 ${three}`), data('abc', end)],
      answer(200, 'abc'),
    ],
    [
      'with a wait',
      [frame('HEADERS', last | end, 1, '48 03 353033 0f26 01 37')],
      answer(503, '', 7),
    ],
    ['with fields behind its body', [ok, data('{}'), trailers], answer(200, '{}')],
    ['that is heralded', [frame('HEADERS', last, 1, '48 03 313033'), noBody], answer(200)],
    [
      'that is empty, whatever its length',
      [frame('HEADERS', last | end, 1, `8b ${three}`)],
      answer(304),
    ],
    [
      'whose head goes on in further frames',
      [
        frame('HEADERS', end, 1, '48'),
        frame('CONTINUATION', 0, 1, '03 35'),
        frame('CONTINUATION', 0, 1),
        frame('CONTINUATION', last, 1, '3033'),
      ],
      answer(503),
    ],
    [
      'with a priority and padded',
      [
        frame('HEADERS', last | padded | priority, 1, '02 00000000 10 88 0000'),
        frame('DATA', end | padded, 1, '03 7b7d 000000'),
      ],
      answer(200, '{}'),
    ],
    ['padded with nothing', [ok, frame('DATA', end | padded, 1, '00 7b7d')], answer(200, '{}')],
    [
      'among frames of other kinds',
      [
        frame('PRIORITY', 0, 1, '00000000 10'),
        frame('WINDOW_UPDATE', 0, 0, '00000001'),
        frame('WINDOW_UPDATE', 0, 1, '00000001'),
        frame(0x20, 0xff, 3, '00'),
        frame('SETTINGS', 0, 0, '0003 00000000 00ff 00000001'),
        noBody,
      ],
      answer(200),
    ],
  ])('%s is taken as it is', async (_what, frames, outcome) => {
    expect(await get(...frames)).toEqual(outcome);
  });

  it.each<[string, readonly Buffer[], object]>([
    ['its head is malformed', [frame('HEADERS', last | end, 1, '88 88')], garbage()],
    ['its head has no status', [frame('HEADERS', last | end, 1, '')], garbage()],
    ['its body comes before its head', [data('{}', end)], garbage()],
    [
      'it is longer than its length',
      [frame('HEADERS', last, 1, `88 ${three}`), data('abcd')],
      cutOff('garbage', 'not HTTP/2'),
    ],
    [
      'it is shorter than its length',
      [frame('HEADERS', last, 1, `88 ${three}`), data('ab', end)],
      cutOff('garbage', 'not HTTP/2'),
    ],
    [
      'it has no body but a length',
      [frame('HEADERS', last | end, 1, `88 ${three}`)],
      cutOff('garbage', 'not HTTP/2'),
    ],
    [
      'there is a body where none can be',
      [frame('HEADERS', last, 1, '89'), data('a', end)],
      cutOff('garbage', 'not HTTP/2', 204),
    ],
    ['a second head follows', [ok, noBody], cutOff('garbage', 'not HTTP/2')],
    [
      'fields follow its body, and more is to come',
      [ok, frame('HEADERS', last, 1, '')],
      cutOff('garbage', 'not HTTP/2'),
    ],
    [
      'it ends with what heralds it',
      [frame('HEADERS', last | end, 1, '48 03 313033')],
      { ...garbage(), by: 'interim' },
    ],
    [
      'it is reset before it has begun',
      [frame('RST_STREAM', 0, 1, '00000007')],
      { ...garbage('HTTP2_RESET_7'), by: 'network' },
    ],
    [
      'it is reset before its end',
      [ok, frame('RST_STREAM', 0, 1, '00000000')],
      cutOff('network', 'HTTP2_RESET_0'),
    ],
    [
      'it is heralded again and again',
      Array<Buffer>(9).fill(frame('HEADERS', last, 1, '48 03 313033')),
      { ...garbage(), by: 'interim' },
    ],
    [
      'it comes byte by byte',
      [ok, ...Array<Buffer>(16_385).fill(data('a'))],
      cutOff('size', 'size'),
    ],
    [
      'it never ends, and is empty',
      [ok, ...Array<Buffer>(16_385).fill(data(''))],
      cutOff('size', 'size'),
    ],
    [
      'it is too large',
      [ok, ...Array<Buffer>(65).fill(data(' '.repeat(16_384)))],
      cutOff('size', 'size'),
    ],
  ])('is none when %s', async (_what, frames, outcome) => {
    expect(await get(...frames)).toEqual(outcome);
  });
});

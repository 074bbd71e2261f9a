import { describe, expect, it } from 'vitest';
import { parseHttp1Head, type Http1Head } from '../../src/providers/http1-head.ts';

/** What a head is that says nothing but its status. */
const plain: Http1Head = {
  status: 200,
  contentLength: null,
  isChunked: false,
  closes: false,
  keepAliveSeconds: null,
  retryAfter: undefined,
};

const headOf = (...lines: readonly string[]): string => lines.join('\r\n');
const withFields = (...fields: readonly string[]): string => headOf('HTTP/1.1 200 OK', ...fields);

type Taken = readonly [what: string, head: string, parsed: Partial<Http1Head>];
type Refused = readonly [what: string, head: string];

const statusLines: readonly Taken[] = [
  ['a status with its reason', 'HTTP/1.1 204 No Content', { status: 204 }],
  ['a reason that is empty', 'HTTP/1.1 200 ', {}],
  ['no reason at all', 'HTTP/1.1 404', { status: 404 }],
  ['a reason in Latin-1, with a tab', 'HTTP/1.1 503 \xdcberlastet\t!', { status: 503 }],
  ['a reason that looks like a field', 'HTTP/1.1 200 content-length: 5', {}],
  ['the lowest status', 'HTTP/1.1 100 Continue', { status: 100 }],
  ['the highest status', 'HTTP/1.1 999 Odd', { status: 999 }],
  ['HTTP/1.0, which keeps no connection', 'HTTP/1.0 200 OK', { closes: true }],
];

const lengths: readonly Taken[] = [
  ['a length', withFields('Content-Length: 17'), { contentLength: 17 }],
  ['no bytes', withFields('Content-Length: 0'), { contentLength: 0 }],
  ['zeros in front', withFields('Content-Length: 0017'), { contentLength: 17 }],
  ['15 digits', withFields(`Content-Length: ${'9'.repeat(15)}`), { contentLength: 1e15 - 1 }],
  ['no blank', withFields('content-length:17'), { contentLength: 17 }],
  ['blanks and tabs', withFields('CONTENT-LENGTH: \t 17 \t'), { contentLength: 17 }],
  ['chunks', withFields('Transfer-Encoding: chunked'), { isChunked: true }],
  ['chunks in another case', withFields('TRANSFER-encoding:Chunked '), { isChunked: true }],
  ['a name that begins alike', withFields('Content-Length-Of-Old: 1'), {}],
  ['a name that is as long', withFields('Content-Langth: many'), {}],
  [
    'a length of HTTP/1.0',
    'HTTP/1.0 200 OK\r\nContent-Length: 3',
    { closes: true, contentLength: 3 },
  ],
];

const connections: readonly Taken[] = [
  ['close', withFields('Connection: close'), { closes: true }],
  ['close in another case', withFields('connection:CLOSE'), { closes: true }],
  ['close in a list', withFields('Connection: x , close ,y'), { closes: true }],
  [
    'close in the second of two',
    withFields('Connection: x', 'Connection: close'),
    { closes: true },
  ],
  ['close in the first of two', withFields('Connection: close', 'Connection: x'), { closes: true }],
  ['a word that begins alike', withFields('Connection: close-later, not-close'), {}],
  ['keep-alive', withFields('Connection: keep-alive'), {}],
  ['keep-alive of HTTP/1.0', 'HTTP/1.0 200 OK\r\nConnection: keep-alive', { closes: true }],
  ['a time', withFields('Keep-Alive: timeout=5'), { keepAliveSeconds: 5 }],
  ['a time among others', withFields('Keep-Alive: max=9, Timeout=60'), { keepAliveSeconds: 60 }],
  ['no time', withFields('Keep-Alive: timeout=0'), { keepAliveSeconds: 0 }],
  ['a time that is none', withFields('Keep-Alive: timeout=-5, xtimeout=7'), {}],
];

const others: readonly Taken[] = [
  ['a time to wait', withFields('Retry-After:  7 '), { retryAfter: '7' }],
  ['the first of two of them', withFields('Retry-After: 7', 'Retry-After: 8'), { retryAfter: '7' }],
  ['one that is empty', withFields('Retry-After:'), { retryAfter: '' }],
  ['fields that nobody knows', withFields('x:', "!#$%&'*+-.^_`|~09AZ: \xff", 'Server: a:b'), {}],
  ['a thousand fields', withFields(...Array<string>(1000).fill('a: b')), {}],
  [
    'everything at once',
    headOf(
      'HTTP/1.1 429 Too Many Requests',
      'Date: Mon, 01 Jan 2024 00:00:00 GMT',
      'Connection: keep-alive',
      'Keep-Alive: timeout=5',
      'Content-Length: 2',
      'Retry-After: 120',
    ),
    { status: 429, contentLength: 2, keepAliveSeconds: 5, retryAfter: '120' },
  ],
];

describe.each([
  ['status line', statusLines],
  ['length of the body', lengths],
  ['word about the connection', connections],
  ['other word', others],
])('The %s of a head', (_of, table) => {
  it.each(table)('may be %s', (_what, head, parsed) => {
    expect(parseHttp1Head(head)).toEqual({ ...plain, ...parsed });
  });
});

const otherLines: readonly Refused[] = [
  ['nothing', ''],
  ['HTTP/2.0', 'HTTP/2.0 200 OK'],
  ['HTTP/1.2', 'HTTP/1.2 200 OK'],
  ['HTTP/1', 'HTTP/1 200 OK'],
  ['HTTP/01.1', 'HTTP/01.1 200 OK'],
  ['lower case', 'http/1.1 200 OK'],
  ['another protocol', 'ICY 200 OK'],
  ['a request', 'GET / HTTP/1.1'],
  ['a blank in front', ' HTTP/1.1 200 OK'],
  ['an empty line in front', '\r\nHTTP/1.1 200 OK'],
  ['no status', 'HTTP/1.1 '],
  ['no blank before the status', 'HTTP/1.1200 OK'],
  ['two blanks before the status', 'HTTP/1.1  200 OK'],
  ['a tab before the status', 'HTTP/1.1\t200 OK'],
  ['a status of two digits', 'HTTP/1.1 20 OK'],
  ['a status of four digits', 'HTTP/1.1 2000 OK'],
  ['a status below 100', 'HTTP/1.1 099 OK'],
  ['a status with a sign', 'HTTP/1.1 +20 OK'],
  ['a status in letters', 'HTTP/1.1 2OO OK'],
  ['a tab after the status', 'HTTP/1.1 200\tOK'],
  ['a NUL in the reason', 'HTTP/1.1 200 O\0K'],
  ['a control character in the reason', 'HTTP/1.1 200 O\x1bK'],
  ['a DEL in the reason', 'HTTP/1.1 200 O\x7fK'],
];

const otherFields: readonly Refused[] = [
  ['a bare line feed before it', 'HTTP/1.1 200 OK\nContent-Length: 5'],
  ['a bare line feed between two', withFields('a: b\nContent-Length: 5')],
  ['a bare line feed at the end', withFields('a: b\n')],
  ['a bare carriage return in it', withFields('a: b\rContent-Length: 5')],
  ['a carriage return too many', withFields('a: b\r', 'c: d')],
  ['a line break at the end', withFields('a: b', '')],
  ['an empty line in it', withFields('a: b', '', 'c: d')],
  ['a folded line', withFields('a: b', ' c')],
  ['a folded line by a tab', withFields('a: b', '\tContent-Length: 5')],
  ['a folded first line', withFields(' a: b')],
  ['a blank before the colon', withFields('Content-Length : 5')],
  ['a tab before the colon', withFields('Content-Length\t: 5')],
  ['a blank in the name', withFields('Content Length: 5')],
  ['no name', withFields(': 5')],
  ['no colon', withFields('Content-Length 5')],
  ['a name beyond ASCII', withFields('Content-Length\xa0: 5')],
  ['a NUL in the name', withFields('Content-Length\0: 5')],
  ['a NUL in the value', withFields('a: b\0')],
  ['a vertical tab in the value', withFields('a: b\v')],
  ['a form feed in the value', withFields('a: b\f')],
  ['a DEL in the value', withFields('a: b\x7f')],
];

const otherLengths: readonly Refused[] = [
  ['there twice', withFields('Content-Length: 5', 'Content-Length: 6')],
  ['there twice, though they agree', withFields('Content-Length: 5', 'content-length: 5')],
  ['a list', withFields('Content-Length: 5, 5')],
  ['nothing', withFields('Content-Length:')],
  ['with a plus', withFields('Content-Length: +5')],
  ['below zero', withFields('Content-Length: -5')],
  ['in hex', withFields('Content-Length: 0x5')],
  ['a fraction', withFields('Content-Length: 5.0')],
  ['in another notation', withFields('Content-Length: 5e0')],
  ['with a comma', withFields('Content-Length: 5,')],
  ['with a blank in it', withFields('Content-Length: 5 5')],
  ['in quotes', withFields('Content-Length: "5"')],
  ['behind a blank that is none of HTTP', withFields('Content-Length: \xa05')],
  ['before a blank that is none of HTTP', withFields('Content-Length: 5\xa0')],
  ['of 16 digits', withFields(`Content-Length: ${'9'.repeat(16)}`)],
  ['of 1,000 digits', withFields(`Content-Length: ${'9'.repeat(1000)}`)],
  ['chunks and a length', withFields('Transfer-Encoding: chunked', 'Content-Length: 5')],
  ['a length and chunks', withFields('Content-Length: 5', 'Transfer-Encoding: chunked')],
  ['chunks twice', withFields('Transfer-Encoding: chunked', 'Transfer-Encoding: chunked')],
  ['chunks in chunks', withFields('Transfer-Encoding: chunked, chunked')],
  ['chunks of a compressed body', withFields('Transfer-Encoding: gzip, chunked')],
  ['another coding', withFields('Transfer-Encoding: gzip')],
  ['no coding', withFields('Transfer-Encoding: identity')],
  ['an empty coding', withFields('Transfer-Encoding:')],
  ['a coding with a parameter', withFields('Transfer-Encoding: chunked;q=1')],
  ['a coding that begins alike', withFields('Transfer-Encoding: xchunked')],
  ['chunks before a blank that is none', withFields('Transfer-Encoding: chunked\xa0')],
  ['chunks of HTTP/1.0', headOf('HTTP/1.0 200 OK', 'Transfer-Encoding: chunked')],
];

describe.each([
  ['Not HTTP/1.1 is a head whose first line is', otherLines],
  ['Not HTTP/1.1 are fields with', otherFields],
  ['Open to interpretation is a body whose length is', otherLengths],
])('%s', (_of, table) => {
  it.each(table)('%s', (_what, head) => {
    expect(parseHttp1Head(head)).toBeNull();
  });
});

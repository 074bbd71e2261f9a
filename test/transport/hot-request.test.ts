import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseHotRequest, type HotRequest } from '../../src/transport/hot-request.ts';
import { listen } from '../../src/transport/listen.ts';
import { openConnection, postOf } from '../support/raw-connection.ts';

const body = '{"query":"{ __typename }"}';
const length = `content-length: ${body.length}`;
const headWith = (...lines: readonly string[]): string =>
  ['POST /graphql HTTP/1.1', 'host: gateway', ...lines].join('\r\n');
const postWith = (...lines: readonly string[]): string =>
  `${headWith(...lines, length)}\r\n\r\n${body}`;

const good = postWith();
const parse = (bytes: string | Buffer): HotRequest | null =>
  parseHotRequest(Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes, 'latin1'));

describe('A request in one piece is read:', () => {
  const usual = { host: 'gateway', 'content-length': String(body.length) };

  it.each<[string, string, HotRequest]>([
    ['with as little as it needs', good, { headers: usual, body }],
    [
      'with connection: keep-alive',
      postWith('connection: keep-alive'),
      { headers: { ...usual, connection: 'keep-alive' }, body },
    ],
    [
      'with names in any case',
      postWith('Content-TYPE: application/JSON', "X-!#$%&'*+-.^_`|~9: a"),
      {
        headers: { ...usual, 'content-type': 'application/JSON', "x-!#$%&'*+-.^_`|~9": 'a' },
        body,
      },
    ],
    [
      'without the blanks around a value',
      postWith('a:b', 'c: \t d \t e\t ', 'f:', 'g: \t'),
      { headers: { ...usual, a: 'b', c: 'd \t e', f: '', g: '' }, body },
    ],
    [
      'with colons and bytes beyond ASCII in a value',
      postWith('a: b: c\xfc\xff'),
      { headers: { ...usual, a: 'b: c\xfc\xff' }, body },
    ],
    [
      'without a body',
      `${headWith('content-length: 0')}\r\n\r\n`,
      { headers: { host: 'gateway', 'content-length': '0' }, body: '' },
    ],
    [
      'with a body that looks like another head',
      `${headWith('content-length: 8')}\r\n\r\na\r\n\r\nb\r\n`,
      { headers: { host: 'gateway', 'content-length': '8' }, body: 'a\r\n\r\nb\r\n' },
    ],
    [
      'with a body whose bytes are not UTF-8',
      `${headWith('content-length: 3')}\r\n\r\na\xffb`,
      { headers: { host: 'gateway', 'content-length': '3' }, body: 'a\ufffdb' },
    ],
  ])('%s', (_title, bytes, request) => {
    expect(parse(bytes)).toEqual(request);
  });

  it('with a body of several bytes a character', () => {
    const bytes = Buffer.from(postOf({ query: 'ü 🔒' }));
    expect(parse(bytes)?.body).toBe('{"query":"ü 🔒"}');
  });

  it('with a head of 8 KiB, its end among them, and with a body of any length', () => {
    const fill = 8 * 1024 - headWith('content-length: 9000', 'a: ').length - '\r\n\r\n'.length;
    const head = headWith('content-length: 9000', `a: ${'b'.repeat(fill)}`);
    expect(parse(`${head}\r\n\r\n${'c'.repeat(9000)}`)?.body).toHaveLength(9000);
    expect(parse(`${head.replace('a: ', 'a:  ')}\r\n\r\n${'c'.repeat(9000)}`)).toBeNull();
  });
});

describe("A request is Node's to read:", () => {
  const controls = Array.from({ length: 32 }, (_, code) => String.fromCharCode(code))
    .filter((character) => character !== '\t')
    .concat('\x7f');

  it.each([
    ['nothing', ''],
    ['a part of the first line', 'POST /gra'],
    ['a head without its end', `${headWith(length)}\r\n`],
    ['a head without its body', `${headWith(length)}\r\n\r\n`],
    ['a part of the body', good.slice(0, -1)],
    ['a body longer than its length', `${good} `],
    ['a second request behind it', good + good],
    ['a line before it', `\r\n${good}`],
    ['a GET', good.replace('POST', 'GET')],
    ['a method in lower case', good.replace('POST', 'post')],
    ['another path', good.replace('/graphql', '/graphql/')],
    ['the path of another host', good.replace('/graphql', 'http://gateway/graphql')],
    ['a query string', good.replace('/graphql', '/graphql?a=b')],
    ['HTTP/1.0', good.replace('HTTP/1.1', 'HTTP/1.0')],
    ['a longer version', good.replace('HTTP/1.1', 'HTTP/1.10')],
    ['a blank behind the first line', good.replace('HTTP/1.1', 'HTTP/1.1 ')],
    ['two blanks in the first line', good.replace(' /graphql', '  /graphql')],
    ['bare line feeds', good.replaceAll('\r\n', '\n')],
    ['one bare line feed', good.replace('gateway\r\n', 'gateway\n')],
    ['a line feed in a value', postWith('a: b\nc: d')],
    ['a carriage return in a value', postWith('a: b\rc: d')],
    ['a carriage return too many', postWith('a: b\r')],
    ['an end of the head in bare line feeds', good.replace('\r\n\r\n', '\n\n')],
    ['a folded line', postWith('a: b', ' c')],
    ['a first line that is folded', good.replace('\r\nhost', '\r\n host')],
    ['a line folded with a tab', postWith('a: b', '\tc: d')],
    ['a blank before the colon', postWith('a : b')],
    ['a tab before the colon', postWith('a\t: b')],
    ['a blank in a name', postWith('a b: c')],
    ['no name', postWith(': a')],
    ['no colon', postWith('a')],
    ['a name beyond ASCII', postWith('\xe4: b')],
    ['a name with a bracket', postWith('a(: b')],
    ['no host', good.replace('host: gateway\r\n', '')],
    ['a header twice', postWith('a: b', 'a: b')],
    ['a header twice, in another case', postWith('a: b', 'A: c')],
    ['a header twice, empty', postWith('a:', 'a:')],
    ['two hosts', postWith('host: other')],
    ['two lengths', postWith(length)],
    ['two different lengths', postWith('content-length: 1')],
    ['chunks', postWith('transfer-encoding: chunked')],
    ['a transfer-encoding in another case', postWith('Transfer-Encoding: identity')],
    ['a content-encoding', postWith('content-encoding: gzip')],
    ['an expectation', postWith('expect: 100-continue')],
    ['an upgrade', postWith('connection: upgrade', 'upgrade: websocket')],
    ['an upgrade without its connection', postWith('upgrade: h2c')],
    ['settings of HTTP/2', postWith('http2-settings: AAMAAABkAAQAAP__')],
    ['trailers', postWith('trailer: a')],
    ['te', postWith('te: trailers')],
    ['connection: close', postWith('connection: close')],
    ['a connection with a list', postWith('connection: keep-alive, te')],
    ['a connection in another case', postWith('connection: Keep-Alive')],
    ['an empty connection', postWith('connection:')],
    ['a proxy-connection', postWith('proxy-connection: keep-alive')],
    ['an origin', postWith('origin: https://app.example')],
    ['a header __proto__', postWith('__proto__: a')],
    ['a header constructor', postWith('constructor: a')],
    ['no length', `${headWith()}\r\n\r\n${body}`],
    ['no length and no body', `${headWith()}\r\n\r\n`],
    ...['', '+26', '-26', '26,26', '26, 26', '0x1a', '1a', '26.0', '2 6', '2.6e1', '1e1', '٢٦'].map(
      (value) => [
        `a length of "${value}"`,
        `${headWith(`content-length: ${value}`)}\r\n\r\n${body}`,
      ],
    ),
    ['a length of ten digits', `${headWith('content-length: 0000000026')}\r\n\r\n${body}`],
    ['a head of more than 8 KiB', postWith(`a: ${'b'.repeat(8 * 1024)}`)],
    ...controls.flatMap((control) => [
      [`${JSON.stringify(control)} in a value`, postWith(`a: b${control}c`)],
      [`${JSON.stringify(control)} in a name`, postWith(`a${control}b: c`)],
    ]),
  ] as [string, string][])('%s', (_title, bytes) => {
    expect(parse(bytes)).toBeNull();
  });
});

/** A request as Node has understood it. */
interface NodeRequest {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const last = 'GET /last HTTP/1.1\r\nhost: gateway\r\nconnection: close\r\n\r\n';
const seenLast: NodeRequest = {
  method: 'GET',
  url: '/last',
  headers: { host: 'gateway', connection: 'close' },
  body: '',
};

describe("Beside Node's own server", () => {
  let server: Server;
  let origin: string;
  let seen: NodeRequest[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      const { method, url, headers } = request;
      const place = seen.push({ method, url, headers, body: '' }) - 1;
      void request.toArray().then((chunks: Buffer[]) => {
        seen[place] = { method, url, headers, body: Buffer.concat(chunks).toString() };
        response.end();
      });
    });
    ({ origin } = await listen(server, '127.0.0.1', 0));
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  /** All that Node finds in the bytes and, to tell where it sees their end, in a request behind them. */
  async function seenByNode(bytes: Buffer): Promise<readonly NodeRequest[]> {
    seen = [];
    await using connection = await openConnection(origin);
    connection.write(Buffer.concat([bytes, Buffer.from(last)]));
    await connection.closed;
    return seen;
  }

  async function expectSame(bytes: Buffer, { headers, body }: HotRequest): Promise<void> {
    const post: NodeRequest = { method: 'POST', url: '/graphql', headers, body };
    expect(await seenByNode(bytes)).toEqual([post, seenLast]);
  }

  const blanks = fc.constantFrom('', ' ', '\t', ' \t ');
  const names = fc.constantFrom('accept', 'X-Request-ID', 'cookie', 'Authorization', 'a', '0', '_');
  const values = fc.string({ unit: fc.constantFrom('a', ':', ' ', '\t', ',', '\xff', '"') });
  const field = fc
    .tuple(names, blanks, values, blanks)
    .map(([name, before, value, after]) => ({ name, line: `${name}:${before}${value}${after}` }));
  const fields = fc.uniqueArray(field, { selector: ({ name }) => name, maxLength: 4 });

  /** A request that is taken. */
  const posts = fc
    .record({
      fields,
      isKept: fc.boolean(),
      zeros: fc.constantFrom('', '0', '000'),
      body: fc.string({ unit: fc.constantFrom('a', 'ü', '🔒', '\r\n', '0', '\0', '\ufeff', ':') }),
    })
    .map(({ fields, isKept, zeros, body }) => {
      const lines = fields.map(({ line }) => Buffer.from(line, 'latin1').toString('latin1'));
      if (isKept) lines.push('Connection: keep-alive');
      lines.push(`Content-Length: ${zeros}${Buffer.byteLength(body)}`);
      return Buffer.concat([
        Buffer.from(`${headWith(...lines)}\r\n\r\n`, 'latin1'),
        Buffer.from(body),
      ]);
    });

  it('a request that is well formed is the same', async () => {
    await fc.assert(
      fc.asyncProperty(posts, async (bytes) => {
        const request = parse(bytes);
        expect(request).not.toBeNull();
        if (request !== null) await expectSame(bytes, request);
      }),
      { numRuns: 150 },
    );
  });

  const place = fc.noBias(fc.nat(999)).map((thousandths) => thousandths / 1_000);
  const others = fc.oneof(
    fc.constantFrom(
      '\r',
      '\n',
      '\r\n',
      '\r\n\r\n',
      ' ',
      '\t',
      '\0',
      ':',
      ',',
      '1',
      'x',
      '\xa0',
      '',
    ),
    fc
      .constantFrom('Content-Length: 1', 'Transfer-Encoding: chunked', 'Host: other')
      .map((line) => `\r\n${line}`),
    fc.nat(255).map((code) => String.fromCharCode(code)),
  );
  /** What is put somewhere, and how many bytes go there: often as many, so that the length stays right. */
  const change = fc.oneof(
    fc.tuple(place, others, fc.nat(2)),
    fc.tuple(place, others).map(([at, instead]) => [at, instead, instead.length] as const),
  );
  const changes = fc.array(change, { minLength: 1, maxLength: 3 });

  it('a request that is not is never another one than to it', async () => {
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(posts, changes, async (bytes, changes) => {
        let spoiled = bytes;
        for (const [at, instead, missing] of changes) {
          const from = Math.floor(at * spoiled.length);
          spoiled = Buffer.concat([
            spoiled.subarray(0, from),
            Buffer.from(instead, 'latin1'),
            spoiled.subarray(from + missing),
          ]);
        }
        const request = parse(spoiled);
        if (request === null) return;
        taken++;
        await expectSame(spoiled, request);
      }),
      { numRuns: 5_000 },
    );
    expect(taken).toBeGreaterThan(100); // or it would say nothing
  });

  it('bytes of any kind do not throw, and are no request', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(parse(Buffer.from(bytes))).toBeNull();
        const tail = Buffer.concat([Buffer.from('POST /graphql HTTP/1.1\r\n'), bytes]);
        expect(() => parse(tail)).not.toThrow();
      }),
      { numRuns: 1_000 },
    );
  });
});

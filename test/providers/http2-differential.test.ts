import { once } from 'node:events';
import {
  connect,
  createSecureServer,
  sensitiveHeaders,
  type ClientHttp2Session,
  type Http2SecureServer,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cancellation } from '../../src/cancellation.ts';
import { createHttpClient, type HttpClient, type HttpOutcome } from '../../src/providers/http.ts';
import { createCertificate, trusted } from '../support/certificate.ts';

/** What the next request is answered. */
let say: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void = () => undefined;
const certificate = trusted(createCertificate());
let server: Http2SecureServer;
let url: string;
let ours: HttpClient;
let nodes: ClientHttp2Session;

beforeAll(async () => {
  server = createSecureServer({ ...certificate });
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    say(stream, headers);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  ours = createHttpClient({
    baseUrl: new URL(url),
    connectTimeoutMs: 5_000,
    connections: null,
    http2: true,
  });
  nodes = connect(url, { ca: certificate.cert });
});

afterAll(async () => {
  nodes.destroy();
  await ours[Symbol.asyncDispose]();
  await new Promise((resolve) => server.close(resolve));
});

const askUs = (headers: Readonly<Record<string, string>> = {}): Promise<HttpOutcome> =>
  ours.exchange({ method: 'GET', path: '/p', headers, deadlineMs: 5_000 }, new Cancellation());

/** What Node's own client takes the answer for; null: for no whole one. */
function askNode(): Promise<{ status: number; body: string } | null> {
  return new Promise((resolve) => {
    const stream = nodes.request({ ':path': '/p' });
    let status = 0;
    let body = '';
    stream.setEncoding('utf8').on('response', (headers) => (status = headers[':status'] ?? 0));
    stream.on('data', (text: string) => (body += text));
    stream.on('error', () => resolve(null));
    stream.on('close', () => resolve(stream.rstCode === 0 ? { status, body } : null));
  });
}

const token = fc.string({
  unit: fc.constantFrom('a', 'z', '0', '9', '-', '_', '.', '!'),
  minLength: 1,
});
const value = fc.string({
  unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
  maxLength: 300,
});

const answers = fc.record({
  interim: fc.boolean(),
  status: fc.constantFrom(200, 201, 204, 302, 304, 400, 404, 408, 429, 500, 503, 599),
  fields: fc.dictionary(
    token.map((name) => `x-${name}`),
    value.map((text) => text.trim()),
    { maxKeys: 8, noNullPrototype: true },
  ),
  body: fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), { maxLength: 4 }),
  trailers: fc.boolean(),
});

describe("Beside Node's own HTTP/2 client", () => {
  it('an answer is the same', async () => {
    await fc.assert(
      fc.asyncProperty(answers, async ({ interim, status, fields, body, trailers }) => {
        say = (stream) => {
          if (interim) stream.additionalHeaders({ ':status': 103, link: '</a>' });
          stream.respond({ ':status': status, ...fields }, { waitForTrailers: trailers });
          stream.on('wantTrailers', () => stream.sendTrailers({ 'x-checksum': 'a' }));
          for (const part of body) if (!stream.writableEnded) stream.write(part);
          stream.end();
        };
        const whole = await askNode();
        expect(await askUs()).toEqual({ kind: 'answer', retryAfterSeconds: null, ...whole });
        const hasBody = status !== 204 && status !== 304;
        expect(whole).toEqual({ status, body: hasBody ? body.join('') : '' });
      }),
      { numRuns: 200 },
    );
  });

  it('a request comes as it was meant, whatever is in its fields', async () => {
    const latin1 = fc.string({
      unit: fc
        .integer({ min: 0x21, max: 0xff })
        .map((code) => String.fromCharCode(code === 0x7f ? 0x80 : code)),
      maxLength: 400,
    });
    const long = fc.integer({ min: 0, max: 40_000 }).map((length) => 'x'.repeat(length));
    let seen: IncomingHttpHeaders = {};
    say = (stream, headers) => {
      seen = headers;
      stream.respond({ ':status': 200 }, { endStream: true });
    };
    await fc.assert(
      fc.asyncProperty(fc.oneof(latin1, long), latin1, async (authorization, id) => {
        expect(await askUs({ authorization, 'x-request-id': id })).toMatchObject({ status: 200 });
        expect({ ...seen }).toEqual({
          [sensitiveHeaders]: ['authorization'],
          ':method': 'GET',
          ':scheme': 'https',
          ':authority': new URL(url).host,
          ':path': '/p',
          authorization,
          'x-request-id': id,
        });
      }),
      { numRuns: 100 },
    );
  });

  it.each([0, 100, 4_095, 4_096, 100_000])(
    'a request is understood by a peer that allows a table of %i bytes',
    async (headerTableSize) => {
      const settings = { headerTableSize };
      const strict = createSecureServer({ ...certificate, settings });
      strict.on('stream', (stream) => stream.respond({ ':status': 200 }, { endStream: true }));
      strict.listen(0, '127.0.0.1');
      await once(strict, 'listening');
      const baseUrl = new URL(`https://127.0.0.1:${(strict.address() as AddressInfo).port}`);
      const client = createHttpClient({
        baseUrl,
        connectTimeoutMs: 5_000,
        connections: null,
        http2: true,
      });
      const get = { method: 'GET', path: '/', headers: {}, deadlineMs: 5_000 } as const;
      for (let count = 0; count < 2; count++) {
        expect(await client.exchange(get, new Cancellation())).toMatchObject({ status: 200 });
      }
      await client[Symbol.asyncDispose]();
      await new Promise((resolve) => strict.close(resolve));
    },
  );

  it('a field that would not stay one is not sent', async () => {
    await expect(askUs({ authorization: 'a\r\nb: c' })).rejects.toThrow(
      new TypeError('The field authorization cannot be sent.'),
    );
  });
});

import { request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGraphiqlServer, type GraphiqlServer } from '../support/graphiql-server.ts';

let server: GraphiqlServer;
let origin: string;

beforeAll(async () => {
  server = await startGraphiqlServer();
  ({ origin } = server);
});

afterAll(() => server[Symbol.asyncDispose]());

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Unlike fetch, it neither decompresses nor normalizes the path. */
function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    httpRequest(origin, { path, headers, method }, (response) => {
      response
        .toArray()
        .then((chunks: Buffer[]) =>
          resolve({
            status: response.statusCode,
            headers: response.headers,
            body: Buffer.concat(chunks),
          }),
        )
        .catch(reject);
    })
      .on('error', reject)
      .end();
  });
}

const browserAccept = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const browserHeaders = { accept: browserAccept, 'accept-encoding': 'gzip, deflate, br, zstd' };

async function filePaths(): Promise<readonly string[]> {
  const { body } = await get('/graphql', { accept: browserAccept });
  return [...body.toString().matchAll(/"(\/graphiql\/[^"]+)"/g)].map(([, path = '']) => path);
}

async function filePath(name: string): Promise<string> {
  const path = (await filePaths()).find((candidate) => candidate.endsWith(`/${name}`));
  if (path === undefined) throw new Error(`The page does not load ${name}`);
  return path;
}

describe('the page', () => {
  it('answers a browser, with the headers that confine it', async () => {
    const { status, headers, body } = await get('/graphql?query={x}', { accept: browserAccept });
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      vary: 'Accept, Accept-Encoding',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
    });
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['content-security-policy']).not.toContain('unsafe');
    expect(body.toString()).toContain('<title>GraphiQL</title>');
    expect(body.toString()).not.toContain('alert(1)');
  });

  it('is revalidated with its ETag', async () => {
    const first = await get('/graphql', browserHeaders);
    const etag = String(first.headers.etag);
    for (const tag of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await get('/graphql', { ...browserHeaders, 'if-none-match': tag });
      expect(again).toMatchObject({ status: 304, headers: { etag, 'cache-control': 'no-cache' } });
      expect(again.body).toHaveLength(0);
    }
    const other = await get('/graphql', { ...browserHeaders, 'if-none-match': '"other"' });
    expect(other.status).toBe(200);
  });

  it('answers HEAD with the headers only', async () => {
    const { status, headers, body } = await get('/graphql', { accept: browserAccept }, 'HEAD');
    expect(status).toBe(200);
    expect(Number(headers['content-length'])).toBeGreaterThan(0);
    expect(body).toHaveLength(0);
  });

  it.each([
    ['GET', '*/*'],
    ['GET', 'application/json'],
    ['GET', 'text/event-stream'],
    ['GET', 'text/html;q=0'],
    ['GET', 'application/graphql-response+json, text/html;q=0.5'],
    ['POST', browserAccept],
  ])('leaves a %s that accepts %s to the gateway', async (method, accept) => {
    const { headers } = await get('/graphql?query={pins}', { accept }, method);
    expect(headers['content-security-policy']).toBeUndefined();
  });

  it('leaves other paths to the gateway', async () => {
    for (const path of ['/', '/graphql/', '/graphiql', '/health']) {
      const { headers } = await get(path, { accept: browserAccept });
      expect(headers['content-security-policy']).toBeUndefined();
    }
  });
});

describe('the files', () => {
  it('are kept by the browser for good', async () => {
    const paths = await filePaths();
    expect(paths).toHaveLength(6);
    for (const path of paths) {
      const { status, headers } = await get(path);
      expect(status).toBe(200);
      expect(headers).toMatchObject({
        'content-type': `text/${path.endsWith('.css') ? 'css' : 'javascript'}; charset=utf-8`,
        'cache-control': 'public, max-age=31536000, immutable',
        vary: 'Accept-Encoding',
        'x-content-type-options': 'nosniff',
      });
      const again = await get(path, { 'if-none-match': String(headers.etag) });
      expect(again).toMatchObject({ status: 304 });
    }
  });

  it.each([
    ['gzip', 'gzip', gunzipSync],
    ['gzip;q=0, *', 'br', brotliDecompressSync],
    ['gzip, br', 'br', brotliDecompressSync],
    ['br;q=0, gzip', 'gzip', gunzipSync],
  ])('travel compressed to a client that accepts %s', async (accepted, coding, decompress) => {
    const path = await filePath('graphiql.js');
    const identity = await get(path);
    const compressed = await get(path, { 'accept-encoding': accepted });
    expect(identity.headers['content-encoding']).toBeUndefined();
    expect(compressed.headers['content-encoding']).toBe(coding);
    expect(compressed.headers.etag).not.toBe(identity.headers.etag);
    expect(compressed.headers['content-length']).toBe(String(compressed.body.length));
    expect(compressed.body.length).toBeLessThan(identity.body.length / 2);
    expect(decompress(compressed.body).equals(identity.body)).toBe(true);
  });

  it.each(['gzip', 'br'])('weigh less than 700 kB on a first visit with %s', async (coding) => {
    const headers = { accept: browserAccept, 'accept-encoding': coding };
    const answers = await Promise.all(
      ['/graphql', ...(await filePaths())].map((path) => get(path, headers)),
    );
    const total = answers.reduce((sum, { body }) => sum + body.length, 0);
    expect(total).toBeGreaterThan(100_000);
    expect(total).toBeLessThan(700_000);
  });

  it('are those of the page and no others', async () => {
    const boot = await filePath('boot.js');
    const folder = boot.slice(0, boot.lastIndexOf('/'));
    for (const path of [
      '/graphiql/',
      `${folder}/`,
      `${folder}/package.json`,
      `${folder}/../../package.json`,
      `${folder}/%2e%2e/package.json`,
      `${folder}//boot.js`,
      '/graphiql/older/boot.js',
      '/graphiql/__proto__',
    ]) {
      expect(await get(path), path).toMatchObject({
        status: 404,
        headers: { 'content-type': 'text/plain; charset=utf-8' },
      });
    }
  });
});

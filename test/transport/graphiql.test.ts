import { existsSync } from 'node:fs';
import { createServer, request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';

import { useServer } from 'graphql-ws/use/ws';
import { createSchema, createYoga } from 'graphql-yoga';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';

import { createGraphiql } from '../../src/transport/graphiql/graphiql.ts';

const tabs = [
  { query: 'query Pins($of: String!) { pins(of: $of) }', variables: '{ "of": "first tab" }' },
  { query: 'subscription PinsLive { ticks }' },
  { query: 'mutation AddPin { add(pin: "</script><script>alert(1)</script>") }' },
];

interface SocketContext {
  readonly connectionParams?: Readonly<Record<string, unknown>>;
}

const schema = createSchema<SocketContext>({
  typeDefs: `
    type Query { pins(of: String): String! }
    type Mutation { add(pin: String!): String! }
    type Subscription { ticks: String! }
  `,
  resolvers: {
    Query: {
      pins: (_root, { of }: { of?: string }, { request }) =>
        `pins of ${of ?? 'nobody'} with ${request.headers.get('x-token') ?? 'nothing'}`,
    },
    Subscription: {
      ticks: {
        async *subscribe(_root: unknown, _args: unknown, { connectionParams }: SocketContext) {
          for (let tick = 1; tick <= 3; tick += 1) {
            yield { ticks: `tick ${tick} with ${String(connectionParams?.['x-token'])}` };
            await delay(10);
          }
        },
      },
    },
  },
});

let server: Server;
let origin: string;
/** What the server was asked for. */
const requested: string[] = [];

beforeAll(async () => {
  const graphiql = createGraphiql({ tabs });
  const yoga = createYoga({ schema, graphiql: false, logging: false });
  server = createServer((request, response) => {
    requested.push(String(request.url));
    if (!graphiql.handle(request, response)) void yoga(request, response);
  });
  const sockets = new WebSocketServer({ server, path: '/graphql' });
  useServer({ schema, context: ({ connectionParams }) => ({ connectionParams }) }, sockets);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

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

const chromiumPath = [
  process.env['CHROMIUM_PATH'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path !== undefined && existsSync(path));

describe.skipIf(chromiumPath === undefined)('in a browser that reaches only the gateway', () => {
  let browser: Browser;
  let page: Page;
  /** Requests to elsewhere, refusals of the policy, errors: whatever should not happen. */
  const troubles: string[] = [];
  /** What the page sent over WebSocket. */
  const frames: unknown[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({
      ...(chromiumPath !== undefined && { executablePath: chromiumPath }),
      args: [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
        '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
      ],
    });
    page = await browser.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error') troubles.push(message.text());
    });
    page.on('pageerror', (error) => troubles.push(String(error)));
    page.on('request', (request) => refuseElsewhere(request.url()));
    page.on('websocket', (socket) => {
      refuseElsewhere(socket.url().replace(/^ws/, 'http'));
      socket.on('framesent', ({ payload }) => frames.push(JSON.parse(String(payload))));
    });
    await page.goto(`${origin}/graphql`);
    await tab('Pins').waitFor();
  });

  afterAll(() => browser.close());

  const refuseElsewhere = (url: string) => {
    if (new URL(url).origin !== origin && url !== 'data:,') troubles.push(url);
  };
  const tab = (name: string) =>
    page.locator('.graphiql-tab-button').and(page.getByRole('button', { name, exact: true }));
  const editor = (label: string) =>
    page.locator(`section[aria-label="${label}"] .CodeMirror`).filter({ visible: true });
  const response = () => page.locator('.graphiql-response .CodeMirror-code').innerText();

  async function typeHeaders(headers: string): Promise<void> {
    await page.getByRole('button', { name: 'Headers' }).click();
    await editor('Headers').click();
    await page.keyboard.insertText(headers);
  }

  async function run(): Promise<void> {
    await page.getByRole('button', { name: /^Execute query/ }).click();
  }

  it('opens with the tabs', async () => {
    const names = await page.locator('.graphiql-tab-button').allInnerTexts();
    expect(names).toEqual(['Pins', 'PinsLive', 'AddPin']);
    expect(await editor('Query Editor').innerText()).toContain('query Pins');
  });

  it('runs a query with the headers of the headers editor', async () => {
    await typeHeaders('{ "x-token": "for the query" }');
    await run();
    await expect.poll(response).toContain('pins of first tab with for the query');
  });

  it('runs a subscription over WebSocket, with the headers in connection_init', async () => {
    await tab('PinsLive').click();
    await typeHeaders('{ "x-token": "for the socket" }');
    await run();
    await expect.poll(response).toContain('tick 3 with for the socket');
    expect(frames[0]).toEqual({
      type: 'connection_init',
      payload: { 'x-token': 'for the socket' },
    });
  });

  it('stores nothing of what was typed', async () => {
    // GraphiQL writes its tabs half a second after the last change.
    await delay(800);
    const stored = await page.evaluate(
      'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])',
    );
    expect(stored).toBe('[{},{},""]');
  });

  it('opens its dialogs', async () => {
    for (const name of ['Open settings dialog', 'Open short keys dialog']) {
      await page.getByRole('button', { name }).click();
      await page.getByRole('dialog').waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
  });

  it('takes a query from the URL, and loads no file again on a second visit', async () => {
    requested.length = 0;
    await page.goto(`${origin}/graphql?query=${encodeURIComponent('query Linked { pins }')}`);
    await tab('Linked').waitFor();
    expect(await editor('Query Editor').innerText()).toContain('query Linked');
    expect(requested.filter((path) => path.startsWith('/graphiql/'))).toEqual([]);
  });

  it('met no trouble', () => {
    expect(troubles).toEqual([]);
  });
});

if (chromiumPath === undefined) {
  process.stderr.write('No chromium (set CHROMIUM_PATH): the browser tests are skipped.\n');
}

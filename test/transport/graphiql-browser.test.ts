import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGraphiqlServer, type GraphiqlServer } from '../support/graphiql-server.ts';

const chromiumPath = [
  process.env['CHROMIUM_PATH'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path !== undefined && existsSync(path));

describe.skipIf(chromiumPath === undefined)('in a browser that reaches only the gateway', () => {
  let server: GraphiqlServer;
  let origin: string;
  let browser: Browser;
  let page: Page;
  /** Requests to elsewhere, refusals of the policy, errors: whatever should not happen. */
  const troubles: string[] = [];
  /** What the page sent over WebSocket. */
  const frames: unknown[] = [];

  beforeAll(async () => {
    server = await startGraphiqlServer();
    ({ origin } = server);
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

  afterAll(async () => {
    await browser.close();
    await server[Symbol.asyncDispose]();
  });

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
    const stored = await page.evaluate(`(async () => ({
      local: { ...localStorage },
      session: { ...sessionStorage },
      databases: await indexedDB.databases(),
      caches: await caches.keys(),
      cookie: document.cookie,
      search: location.search + location.hash,
      state: history.state,
      name: window.name,
    }))()`);
    expect(stored).toEqual({
      ...{ local: {}, session: {}, databases: [], caches: [] },
      ...{ cookie: '', search: '', state: null, name: '' },
    });
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
    server.requested.length = 0;
    await page.goto(`${origin}/graphql?query=${encodeURIComponent('query Linked { pins }')}`);
    await tab('Linked').waitFor();
    expect(await editor('Query Editor').innerText()).toContain('query Linked');
    expect(server.requested.filter((path) => path.startsWith('/graphiql/'))).toEqual([]);
  });

  it('met no trouble', () => {
    expect(troubles).toEqual([]);
  });
});

if (chromiumPath === undefined) {
  process.stderr.write('No chromium (set CHROMIUM_PATH): the browser tests are skipped.\n');
}

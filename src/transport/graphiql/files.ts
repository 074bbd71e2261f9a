import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { createAsset, digestOf } from './assets.ts';
import type { Asset } from './assets.ts';
import { contentSecurityPolicy, pageStyle, renderBootScript, renderPage } from './page.ts';
import type { GraphiqlTab } from './page.ts';

/** The folder of the URLs of all files. */
export const filesPath = '/graphiql/';

/** The page and the files it loads, by their paths. */
export interface Site {
  readonly page: Asset;
  readonly files: ReadonlyMap<string, Asset>;
}

interface File {
  readonly name: string;
  readonly body: Buffer;
}

/**
 * Reads GraphiQL and its React from the installed packages. All files share a path that is a hash
 * of their contents, so that a browser may keep them for good.
 */
export async function loadSite(tabs: readonly GraphiqlTab[]): Promise<Site> {
  const files = await readFiles(tabs);
  const folder = `${filesPath}${digestOf(files.map(({ body }) => body))}/`;
  const paths = files.map(({ name }) => folder + name);
  const page = renderPage(
    paths.filter((path) => path.endsWith('.css')),
    paths.filter((path) => path.endsWith('.js')),
  );
  return {
    page: createAsset(Buffer.from(page), pageHeaders),
    files: new Map(files.map(({ name, body }) => [folder + name, fileAsset(name, body)])),
  };
}

/** The files in the order in which the page loads them. */
async function readFiles(tabs: readonly GraphiqlTab[]): Promise<readonly File[]> {
  const require = createRequire(import.meta.url);
  const graphiql = require.resolve('graphiql/package.json');
  // React is GraphiQL's peer and not ours, so it is looked for where GraphiQL would find it.
  const peers = createRequire(graphiql);
  const react = peers.resolve('react/package.json');
  const reactDom = peers.resolve('react-dom/package.json');
  const read = (manifest: string, path: string) => readFile(join(dirname(manifest), path));
  return Promise.all([
    file('graphiql.css', read(graphiql, 'graphiql.min.css')),
    file('page.css', Buffer.from(pageStyle)),
    file('react.js', read(react, 'umd/react.production.min.js')),
    file('react-dom.js', read(reactDom, 'umd/react-dom.production.min.js')),
    file('graphiql.js', read(graphiql, 'graphiql.min.js')),
    file('boot.js', Buffer.from(renderBootScript(tabs))),
  ]);
}

async function file(name: string, body: Buffer | Promise<Buffer>): Promise<File> {
  return { name, body: await body };
}

function fileAsset(name: string, body: Buffer): Asset {
  return createAsset(body, {
    'content-type': `text/${name.endsWith('.css') ? 'css' : 'javascript'}; charset=utf-8`,
    'cache-control': 'public, max-age=31536000, immutable',
    vary: 'Accept-Encoding',
    'x-content-type-options': 'nosniff',
  });
}

const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  // The page may be kept, but it has to be asked for: it names the current files.
  'cache-control': 'no-cache',
  vary: 'Accept, Accept-Encoding',
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
};

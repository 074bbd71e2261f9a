import type { IncomingMessage, ServerResponse } from 'node:http';

import { filesPath, loadSite } from './files.ts';
import type { Site } from './files.ts';
import { prefersHtml, sendAsset } from './assets.ts';
import type { Asset } from './assets.ts';
import type { GraphiqlTab } from './page.ts';

/** How GraphiQL is set up. Its endpoint is always the page's own path, `/graphql`. */
export interface GraphiqlOptions {
  /** The tabs the page opens with, at least one; the first is active. */
  readonly tabs: readonly GraphiqlTab[];
}

/** GraphiQL, served by the gateway itself: a browser needs to reach nothing else. */
export interface Graphiql {
  /**
   * Answers the request if it is GraphiQL's: the page (GET or HEAD of `/graphql` that accepts
   * text/html) or one of its files (GET or HEAD of `/graphiql/...`). False when it is not.
   */
  handle(request: IncomingMessage, response: ServerResponse): boolean;
}

/** Makes the handler. Nothing is read from the disk before the first request for GraphiQL. */
export function createGraphiql(options: GraphiqlOptions): Graphiql {
  let loading: Promise<Site> | undefined;
  const site = () =>
    (loading ??= loadSite(options.tabs).catch((error: unknown) => {
      loading = undefined; // too many open files, for one, is no reason to fail for ever
      throw error;
    }));

  return {
    handle(request, response) {
      const find = route(request);
      if (find === undefined) return false;
      site()
        .then((loaded) => answer(request, response, find(loaded)))
        .catch((error: unknown) => fail(response, error));
      return true;
    },
  };
}

type Find = (site: Site) => Asset | undefined;

function route(request: IncomingMessage): Find | undefined {
  if (request.method !== 'GET' && request.method !== 'HEAD') return undefined;
  const [path = ''] = (request.url ?? '').split('?', 1);
  if (path === '/graphql' && prefersHtml(request.headers.accept)) return ({ page }) => page;
  // Only a path that is one of the site's own, letter by letter, is found: there is no disk behind.
  if (path.startsWith(filesPath)) return ({ files }) => files.get(path);
  return undefined;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  asset: Asset | undefined,
): Promise<void> {
  if (asset !== undefined) {
    await sendAsset(request, response, asset);
    return;
  }
  plain(response, 404, 'Not found\n');
}

/** Only a broken installation comes here: a file of a package is missing. */
function fail(response: ServerResponse, error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error));
  plain(response, 500, 'GraphiQL is not available\n');
}

function plain(response: ServerResponse, status: number, text: string): void {
  response
    .writeHead(status, {
      'content-type': 'text/plain; charset=utf-8',
      'x-content-type-options': 'nosniff',
    })
    .end(text);
}

import type { IncomingMessage, ServerResponse } from 'node:http';

import { graphqlPath } from '../graphql-path.ts';
import { filesPath, loadSite } from './files.ts';
import type { Site } from './files.ts';
import { prefersHtml, sendAsset } from './assets.ts';
import type { Asset } from './assets.ts';
import type { BugLog } from '../bug-log.ts';
import type { GraphiqlTab } from './page.ts';

/** How GraphiQL is set up. Its endpoint is always the page's own path, `/graphql`. */
export interface GraphiqlOptions {
  /** The tabs the page opens with, at least one; the first is active. */
  readonly tabs: readonly GraphiqlTab[];
  readonly logBug: BugLog;
}

/** GraphiQL, served by the gateway itself: a browser needs to reach nothing else. */
export interface Graphiql {
  /**
   * Answers the request if it is GraphiQL's: the page (GET or HEAD of `/graphql` that accepts
   * text/html) or one of its files (GET or HEAD of `/graphiql/...`). False when it is not.
   */
  handle(request: IncomingMessage, response: ServerResponse, requestId: string): boolean;
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
    handle(request, response, requestId) {
      const find = route(request);
      if (find === undefined) return false;
      response.setHeader('x-request-id', requestId);
      site()
        .then((loaded) => answer(request, response, find(loaded)))
        .catch((error: unknown) => {
          options.logBug(error); // a broken installation, most likely: a file of a package is missing
          if (!response.headersSent) plain(response, 500, 'GraphiQL is not available\n');
        });
      return true;
    },
  };
}

type Find = (site: Site) => Asset | undefined;

function route(request: IncomingMessage): Find | undefined {
  if (request.method !== 'GET' && request.method !== 'HEAD') return undefined;
  const [path = ''] = (request.url ?? '').split('?', 1);
  if (path === graphqlPath && prefersHtml(request.headers.accept)) return ({ page }) => page;
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

function plain(response: ServerResponse, status: number, text: string): void {
  response
    .writeHead(status, {
      'content-type': 'text/plain; charset=utf-8',
      'x-content-type-options': 'nosniff',
    })
    .end(text);
}

/** One tab that GraphiQL opens with. `variables` and `headers` are JSON, as in its editors. */
export interface GraphiqlTab {
  readonly query: string;
  readonly variables?: string;
  readonly headers?: string;
}

/**
 * What the page may load and reach: the gateway and nothing else. `connect-src 'self'` includes the
 * WebSocket of the same host and port. The data: URLs are the fonts and underlines in GraphiQL's
 * style sheet and the page's empty icon. The hash is of the one style element that GraphiQL makes,
 * by which an open dialog keeps the page from scrolling; the browser test finds out if it changes.
 */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'sha256-Y/huXlwoYkVyQlxwSVcCi1RCDGDCSVBzDt0hYP9qlTc='",
  'font-src data:',
  'img-src data:',
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The style sheet of the page around GraphiQL. */
export const pageStyle = 'body { margin: 0; }\n#graphiql { height: 100vh; }\n';

/** The HTML document, which loads the files at the paths given. It contains nothing else. */
export function renderPage(styles: readonly string[], scripts: readonly string[]): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>GraphiQL</title>
    <link rel="icon" href="data:," />
${styles.map((path) => `    <link rel="stylesheet" href="${path}" />`).join('\n')}
${scripts.map((path) => `    <script defer src="${path}"></script>`).join('\n')}
  </head>
  <body>
    <div id="graphiql"><noscript>GraphiQL needs JavaScript.</noscript></div>
  </body>
</html>
`;
}

/**
 * The script that starts GraphiQL. The tabs are in this file and not in the page, so that no query
 * can end a script element. It is text because it runs in the browser: the gateway's own code is
 * checked against Node's types, not the DOM's.
 */
export function renderBootScript(tabs: readonly GraphiqlTab[]): string {
  return `'use strict';
(() => {
  // A link may bring a query along. It fills the first tab; it is not run.
  const link = new URLSearchParams(location.search);
  const tabs = ${JSON.stringify(tabs)};
  if (link.has('query')) {
    tabs[0] = { query: link.get('query'), variables: link.get('variables') ?? undefined };
  }

  // What is typed here, say a PIN among the variables or a token among the headers, and the history
  // of it must not outlive the page. By itself GraphiQL would keep it in the localStorage.
  const memory = new Map();
  const storage = {
    getItem: (key) => memory.get(key) ?? null,
    setItem: (key, value) => void memory.set(key, value),
    removeItem: (key) => void memory.delete(key),
    clear: () => memory.clear(),
    get length() {
      return memory.size;
    },
  };

  // The fetcher opens a WebSocket for each subscription, and sends the headers editor's content as
  // the payload of its connection_init.
  const subscriptionUrl = location.origin.replace(/^http/, 'ws') + location.pathname;
  const fetcher = GraphiQL.createFetcher({ url: location.pathname, subscriptionUrl });

  const props = {
    fetcher,
    storage,
    shouldPersistHeaders: false,
    defaultTabs: tabs,
    // GraphiQL takes only the query of its first tab from defaultTabs.
    variables: tabs[0]?.variables,
    headers: tabs[0]?.headers,
    defaultEditorToolsVisibility: true,
  };
  const root = ReactDOM.createRoot(document.getElementById('graphiql'));
  root.render(React.createElement(GraphiQL, props));
})();
`;
}

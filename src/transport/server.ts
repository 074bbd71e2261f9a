import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Graphiql } from './graphiql.ts';
import { graphqlPath } from './graphql-pipeline.ts';
import type { HttpTransport } from './http.ts';
import { requestIdFrom } from './request-id.ts';
import type { WebSocketTransport } from './websocket.ts';

/** What stands behind the one port. */
export interface GatewayServerOptions {
  readonly http: HttpTransport;
  readonly websocket: WebSocketTransport;
  /** Null where GraphiQL is off. */
  readonly graphiql: Graphiql | null;
  /** Origins of other hosts whose pages may open a WebSocket. */
  readonly corsOrigins: readonly string[];
}

/** The one port of the gateway. */
export interface GatewayServer {
  /** Starts to listen. Rejects when the address can't be had. */
  listen(host: string, port: number): Promise<AddressInfo>;
  /**
   * Refuses what is new and finishes what is under way: `/health/ready` turns 503 at once, and the
   * port stays open to say so until everything is done. What is not done after `drainMs` is cut.
   */
  drain(drainMs: number): Promise<void>;
}

/** How long a client that meets a draining gateway should wait before it tries another one. */
const retryAfterSeconds = '1';

/** Makes the server: routes a request to GraphQL, GraphiQL or the health answers. */
export function createGatewayServer(options: GatewayServerOptions): GatewayServer {
  const { http, websocket, graphiql, corsOrigins } = options;
  let isDraining = false;

  const server = createServer((request, response) => {
    const requestId = requestIdFrom(request.headers['x-request-id']);
    response.setHeader('x-request-id', requestId);
    const path = pathOf(request);
    if (path.startsWith('/health/')) answerHealth(path, isDraining, response);
    else if (graphiql?.handle(request, response)) return;
    else if (path !== graphqlPath) answer(response, 404, 'Not found. The graph is at /graphql.');
    else if (isDraining) refuse(response);
    else http.handle(request, response, requestId);
  });

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    if (pathOf(request) !== graphqlPath) rejectUpgrade(socket, '404 Not Found');
    else if (isDraining) rejectUpgrade(socket, '503 Service Unavailable');
    else if (!isOriginAllowed(request, corsOrigins)) rejectUpgrade(socket, '403 Forbidden');
    else websocket.upgrade(request, socket, head, requestIdFrom(request.headers['x-request-id']));
  });

  return {
    listen: (host, port) => listen(server, host, port),
    async drain(drainMs) {
      isDraining = true;
      const fuse = setTimeout(() => {
        http.abort();
        websocket.terminate();
        server.closeAllConnections();
      }, drainMs);
      await Promise.all([http.idle(), websocket.drain()]);
      clearTimeout(fuse);
      if (!server.listening) return;
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

const pathOf = ({ url = '/' }: IncomingMessage): string => url.split('?', 1)[0] ?? '/';

function answerHealth(path: string, isDraining: boolean, response: ServerResponse): void {
  if (path === '/health/live') answer(response, 200, 'live');
  else if (path !== '/health/ready') answer(response, 404, 'Not found. The graph is at /graphql.');
  else if (isDraining) answer(response, 503, 'draining');
  else answer(response, 200, 'ready');
}

function refuse(response: ServerResponse): void {
  response.setHeader('retry-after', retryAfterSeconds);
  response.setHeader('connection', 'close');
  response.writeHead(503, { 'content-type': 'application/json; charset=utf-8' });
  const message = 'This gateway is shutting down.';
  response.end(JSON.stringify({ errors: [{ message, extensions: { code: 'DRAINING' } }] }));
}

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(`${text}\n`);
}

const rejectUpgrade = (socket: Duplex, status: string): void => {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
};

/** Browsers send an Origin and let any page open a socket to anywhere: this is the only guard. */
function isOriginAllowed(request: IncomingMessage, corsOrigins: readonly string[]): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined || corsOrigins.includes(origin)) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}

function listen(server: Server, host: string, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve(server.address() as AddressInfo);
    });
  });
}

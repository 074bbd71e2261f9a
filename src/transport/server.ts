import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isIPv6, type AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Log } from '../observe/log.ts';
import { drainingRefusal } from './draining.ts';
import type { Graphiql } from './graphiql/graphiql.ts';
import { graphqlPath } from './graphql-path.ts';
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
  readonly log: Log;
}

/** Where the gateway listens. */
export interface ListeningAddress {
  readonly address: string;
  readonly port: number;
  /** How it is reached from this machine: `http://127.0.0.1:4000`. */
  readonly origin: string;
}

/** The one port of the gateway. */
export interface GatewayServer {
  /** Starts to listen. Rejects when the address can't be had. */
  listen(host: string, port: number): Promise<ListeningAddress>;
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
  const { http, websocket, graphiql, corsOrigins, log } = options;
  let isDraining = false;

  const server = createServer({ shouldUpgradeCallback: isForWebSocket }, (request, response) => {
    const requestId = requestIdFrom(request.headers['x-request-id']);
    response.setHeader('x-request-id', requestId);
    const path = pathOf(request);
    if (!isHostValid(request)) answer(response, 400, 'The Host header is not valid.');
    else if (path.startsWith('/health/')) answerHealth(path, isDraining, response);
    else if (graphiql?.handle(request, response)) return;
    else if (path !== graphqlPath) answer(response, 404, notFound);
    else if (isDraining) refuse(response);
    else http.handle(request, response, requestId);
  });

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const requestId = requestIdFrom(request.headers['x-request-id']);
    if (pathOf(request) !== graphqlPath) rejectUpgrade(socket, '404 Not Found', requestId);
    else if (isDraining) rejectUpgrade(socket, '503 Service Unavailable', requestId);
    else if (!isOriginAllowed(request, corsOrigins)) {
      const { origin, host } = request.headers;
      log.warn({ requestId, origin, host }, 'websocket refused: foreign origin');
      rejectUpgrade(socket, '403 Forbidden', requestId);
    } else websocket.upgrade(request, socket, head, requestId);
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
      if (server.listening) {
        const closed = new Promise((resolve) => server.close(resolve));
        server.closeAllConnections();
        await closed;
      }
      clearTimeout(fuse);
    },
  };
}

const notFound = `Not found. The graph is at ${graphqlPath}.`;

const pathOf = ({ url = '/' }: IncomingMessage): string => url.split('?', 1)[0] ?? '/';

function answerHealth(path: string, isDraining: boolean, response: ServerResponse): void {
  if (path === '/health/live') answer(response, 200, 'live');
  else if (path !== '/health/ready') answer(response, 404, notFound);
  else if (isDraining) answer(response, 503, 'draining');
  else answer(response, 200, 'ready');
}

function refuse(response: ServerResponse): void {
  response.setHeader('retry-after', retryAfterSeconds);
  response.setHeader('connection', 'close');
  response.setHeader('cache-control', 'no-store');
  response.writeHead(503, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify({ errors: [drainingRefusal] }));
}

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(`${text}\n`);
}

function rejectUpgrade(socket: Duplex, status: string, requestId: string): void {
  // The server knows an upgraded socket no more: a peer that keeps its end open must not hold ours.
  socket.once('finish', () => socket.destroy());
  const head = [
    `HTTP/1.1 ${status}`,
    `x-request-id: ${requestId}`,
    'connection: close',
    'content-length: 0',
    ...(status.startsWith('503') ? [`retry-after: ${retryAfterSeconds}`] : []),
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n`);
}

/**
 * Of other upgrades, such as h2c, nothing is made: the request is answered as if it asked for none.
 * Node knows this option from 24.9 on; an older one refuses such a request.
 */
const isForWebSocket = ({ headers }: IncomingMessage): boolean =>
  headers.upgrade?.toLowerCase() === 'websocket';

/** Yoga makes an address of it, and fails over what can't be one. */
const isHostValid = ({ headers: { host = '' } }: IncomingMessage): boolean =>
  host === '' || URL.canParse(`http://${host}`);

/** Browsers send an Origin and let any page open a socket to anywhere: this is the only guard. */
function isOriginAllowed(request: IncomingMessage, corsOrigins: readonly string[]): boolean {
  const { origin, host = '' } = request.headers;
  if (origin === undefined || corsOrigins.includes(origin)) return true;
  if (!URL.canParse(origin)) return false;
  const { protocol, host: originHost } = new URL(origin);
  // The same scheme for both, so that a Host with the default port is the same as one without.
  return (
    URL.canParse(`${protocol}//${host}`) && new URL(`${protocol}//${host}`).host === originHost
  );
}

function listen(server: Server, host: string, port: number): Promise<ListeningAddress> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error): void => {
      reject(new Error(`can't listen at HOST ${host}, PORT ${port}: ${error.message}`));
    };
    server.once('error', onError);
    server.listen(port, host, () => {
      server.off('error', onError);
      const { address, port: actualPort } = server.address() as AddressInfo;
      const origin = `http://${hostToReach(address)}:${actualPort}`;
      resolve({ address, port: actualPort, origin });
    });
  });
}

/** An address as it stands in a URL; one that means "all of them" as this machine's own. */
function hostToReach(address: string): string {
  if (address === '0.0.0.0') return '127.0.0.1';
  if (address === '::') return '[::1]';
  return isIPv6(address) ? `[${address}]` : address;
}

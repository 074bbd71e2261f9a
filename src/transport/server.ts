import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Log } from '../observe/log.ts';
import { BusyClients } from './busy-clients.ts';
import type { ClientLimits } from './client-limits.ts';
import { watchConnections } from './connections.ts';
import type { Cors } from './cors.ts';
import type { Graphiql } from './graphiql/graphiql.ts';
import { graphqlPath } from './graphql-path.ts';
import { createHostCheck, hasOneHost } from './host-check.ts';
import type { HttpTransport } from './http.ts';
import { createHotConnections } from './hot-connections.ts';
import { listen, type ListeningAddress } from './listen.ts';
import type { LoadShedding } from './load-shedding.ts';
import { refuseMalformed } from './malformed-requests.ts';
import { RefusalPace } from './refusal-pace.ts';
import {
  connectionRefusal,
  createRefuse,
  drainingRefusal,
  overloadRefusal,
  retryAfter,
} from './refusals.ts';
import { requestIdFrom } from './request-id.ts';
import { pathOf, toOriginForm } from './request-target.ts';
import { isForWebSocket, isOriginAllowed, rejectUpgrade } from './upgrade.ts';
import type { WebSocketTransport } from './websocket.ts';

/** An import would look at all that node:http has, and by its WebSocket make Node load its fetch. */
const { createServer } = process.getBuiltinModule('node:http');

/** What stands behind the one port. */
export interface GatewayServerOptions {
  readonly http: HttpTransport;
  readonly cors: Cors;
  readonly websocket: WebSocketTransport;
  /** Null where GraphiQL is off. */
  readonly graphiql: Graphiql | null;
  /** Origins of other hosts whose pages may open a WebSocket. */
  readonly corsOrigins: readonly string[];
  readonly limits: ClientLimits;
  readonly loadShedding: LoadShedding;
  readonly log: Log;
}

/** The one port of the gateway. */
export interface GatewayServer {
  /** Starts to listen. Rejects when the address can't be had, or a drain is over before it is. */
  listen(host: string, port: number): Promise<ListeningAddress>;
  /**
   * Refuses what is new and finishes what is under way: `/health/ready` turns 503 at once, and the
   * port stays open to say so until everything is done. What is not done after `drainMs` is cut.
   */
  drain(drainMs: number): Promise<void>;
  /** Gives up everything that is under way. */
  cut(): void;
}

const refuseWhileDraining = createRefuse(drainingRefusal, 'close');
const refuseConnection = createRefuse(connectionRefusal, 'close');
const refuseOverload = createRefuse(overloadRefusal);

/** Makes the server: routes a request to GraphQL, GraphiQL or the health answers. */
export function createGatewayServer(options: GatewayServerOptions): GatewayServer {
  const { http, cors, websocket, graphiql, corsOrigins, limits, loadShedding, log } = options;
  const isHostValid = createHostCheck();
  const isForAHost = (request: IncomingMessage): boolean =>
    isHostValid(request.headers.host) && hasOneHost(request);
  let isDraining = false;
  let isClosed = false;

  const server = createServer(
    { shouldUpgradeCallback: isForWebSocket, ...timeouts(limits) },
    (request, response) => {
      if (isDraining) busyClients.heard();
      toOriginForm(request);
      const path = pathOf(request);
      const isSurplus = connections.isSurplus(request.socket);
      // First of all, from the raw head: what is too much must cost next to nothing.
      if (path === graphqlPath && !isDraining && !isSurplus && !loadShedding.admits()) {
        const requestId = requestIdFrom(rawHeader(request, 'x-request-id'));
        if (cors(request, response, requestId)) return;
        refusalPace.refuse(request.socket, () => refuseOverload(response, requestId));
        return;
      }
      const requestId = requestIdFrom(request.headers['x-request-id']);
      if (isSurplus) response.setHeader('connection', 'close');
      if (!isForAHost(request)) {
        answer(response, requestId, 400, 'The Host header is not valid.');
      } else if (path.startsWith('/health/')) {
        answerHealth(path, whyNotReady(), response, requestId);
      } else if (isSurplus && path !== graphqlPath) refuseConnection(response, requestId);
      else if (graphiql?.handle(request, response, requestId)) return;
      else if (path !== graphqlPath) answer(response, requestId, 404, notFound);
      else if (cors(request, response, requestId)) return;
      else if (isSurplus) refuseConnection(response, requestId);
      else if (isDraining) refuseWhileDraining(response, requestId);
      else http.handle(request, response, requestId);
    },
  );
  const busyClients = new BusyClients();
  const refusalPace = new RefusalPace();
  refuseMalformed(server, (socket) => http.isOwing(socket) || refusalPace.isRefusing(socket));
  const connections = watchConnections(server, limits, log);
  const serve = takeListener(server);
  const hotConnections = createHotConnections({
    http,
    loadShedding,
    refusalPace,
    isServing: () => !isDraining,
    isHostValid,
    hasOrigins: corsOrigins.length > 0,
    serve,
    keepAliveMs: server.keepAliveTimeout,
    firstByteMs: limits.headersTimeoutMs,
  });
  server.on('connection', (socket: Socket) => {
    if (connections.isSurplus(socket)) serve(socket);
    else hotConnections.accept(socket);
  });

  const whyNotReady = (): string | null => {
    if (isDraining) return 'draining';
    if (connections.isFull) return 'too many connections';
    return loadShedding.isShedding ? 'overloaded' : null;
  };

  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    toOriginForm(request);
    if (http.isAnswering(socket) || refusalPace.isRefusing(socket)) {
      // Its client did not wait for answers that would now go into the WebSocket, or nowhere.
      socket.destroy();
      return;
    }
    const requestId = requestIdFrom(request.headers['x-request-id']);
    if (pathOf(request) !== graphqlPath) rejectUpgrade(socket, '404 Not Found', requestId);
    else if (!isForAHost(request)) {
      rejectUpgrade(socket, '400 Bad Request', requestId);
    } else if (isDraining || connections.isSurplus(socket) || !loadShedding.admits()) {
      rejectUpgrade(socket, '503 Service Unavailable', requestId, retryAfter.join(': '));
    } else if (!isOriginAllowed(request, corsOrigins)) {
      const { origin, host } = request.headers;
      log.warn({ requestId, origin, host }, 'websocket refused: foreign origin');
      rejectUpgrade(socket, '403 Forbidden', requestId);
    } else websocket.upgrade(request, socket, head, requestId);
  });

  const isCut = Promise.withResolvers<undefined>();
  function cut(): void {
    http.cut();
    websocket.cut();
    server.closeAllConnections();
    hotConnections.close();
    isCut.resolve(undefined);
  }

  async function finish(): Promise<void> {
    await Promise.all([http.idle(), websocket.drain()]);
    busyClients.heard(); // the last answer
    await busyClients.gone(() => !connections.isEmpty);
  }

  return {
    async listen(host, port) {
      const address = await listen(server, host, port);
      if (!isClosed) return address;
      server.close(); // it was too late: the drain found nothing to close yet
      throw new Error('The gateway was closed before it listened.');
    },
    async drain(drainMs) {
      isDraining = true;
      refusalPace.flush();
      const fuse = setTimeout(cut, drainMs);
      await Promise.race([finish(), isCut.promise]);
      isClosed = true;
      if (server.listening) {
        const closed = new Promise((resolve) => server.close(resolve));
        server.closeAllConnections();
        hotConnections.close();
        await closed;
        await new Promise((resolve) => setImmediate(resolve)); // what was cut is logged in this turn
      }
      connections.close();
      clearTimeout(fuse);
    },
    cut,
  };
}

/** Takes from Node's server what makes it listen to a connection, to be called when it shall. */
function takeListener(server: Server): (socket: Socket) => void {
  const [listener] = server.listeners('connection');
  if (listener === undefined) throw new Error('Node has another way to serve HTTP.');
  server.off('connection', listener as (socket: Socket) => void);
  return (socket) => {
    Reflect.apply(listener, server, [socket]);
    socket.resume(); // what has come is in the socket, not in the kernel
  };
}

/** Node's own, which answer with 408 what they cut. Its defaults are a minute and five. */
const timeouts = ({ headersTimeoutMs, requestTimeoutMs }: ClientLimits) => ({
  headersTimeout: Math.min(headersTimeoutMs, requestTimeoutMs), // or Node would not start
  requestTimeout: requestTimeoutMs,
  connectionsCheckingInterval: Math.min(1_000, Math.ceil(headersTimeoutMs / 4)),
});

const notFound = `Not found. The graph is at ${graphqlPath}.`;

function answerHealth(
  path: string,
  whyNotReady: string | null,
  response: ServerResponse,
  requestId: string,
): void {
  if (path === '/health/live') answer(response, requestId, 200, 'live');
  else if (path !== '/health/ready') answer(response, requestId, 404, notFound);
  else answer(response, requestId, whyNotReady === null ? 200 : 503, whyNotReady ?? 'ready');
}

function answer(response: ServerResponse, requestId: string, status: number, text: string): void {
  response.writeHead(status, {
    'x-request-id': requestId,
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(`${text}\n`);
}

/** One header of a request whose others are not worth to be looked at. */
function rawHeader({ rawHeaders }: IncomingMessage, name: string): string | undefined {
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const field = rawHeaders[index];
    if (field?.length === name.length && field.toLowerCase() === name) return rawHeaders[index + 1];
  }
  return undefined;
}

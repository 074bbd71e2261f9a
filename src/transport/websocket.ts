import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { CloseCode, handleProtocols, MessageType } from 'graphql-ws';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import { maxRequestBytes } from './graphql-pipeline.ts';
import type { TransportOptions } from './transport.ts';
import { WebSocketConnection } from './websocket-connection.ts';
import { createProtocol } from './websocket-protocol.ts';

/** Answers GraphQL over WebSocket (graphql-transport-ws). */
export interface WebSocketTransport {
  /** Takes over a socket whose upgrade has been found acceptable. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, requestId: string): void;
  /** Closes every connection with 1001 when its operations are complete; resolves when all are closed. */
  drain(): Promise<void>;
  /** Gives up on every connection at once. */
  terminate(): void;
}

/** Between two pings; a peer that hasn't answered one by the next is gone. */
const pingIntervalMs = 15_000;

/** How long a peer may take to answer a close, in milliseconds. */
const closeTimeoutMs = 2_000;

/**
 * Makes the transport. graphql-ws speaks the protocol; this is its adapter to `ws`, of our own
 * because the one that it ships tells nobody when a client completes a query that still runs, and
 * writes to the console for every socket that breaks.
 */
export function createWebSocketTransport(options: TransportOptions): WebSocketTransport {
  const { log } = options;
  const protocol = createProtocol(options);
  const connections = new Set<WebSocketConnection>();
  let onEmpty: (() => void) | null = null;
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: maxRequestBytes,
    handleProtocols,
    // @ts-expect-error its types lack the option, which ws has had since 8.19
    closeTimeout: closeTimeoutMs,
  });
  const requestIds = new WeakMap<IncomingMessage, string>();
  server.on('headers', (headers, request) => {
    headers.push(`x-request-id: ${requestIds.get(request) ?? ''}`);
  });
  const pings = setInterval(() => connections.forEach(pingOrTerminate), pingIntervalMs);
  pings.unref();

  function accept(socket: WebSocket, request: IncomingMessage, requestId: string): void {
    const connection = new WebSocketConnection(socket, requestId);
    connections.add(connection);
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        // A send that fails is followed by `close`, which cleans up: there is nobody to tell.
        send: (data) => new Promise((resolve) => socket.send(data, () => resolve())),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (handle) =>
          socket.on('message', (data: RawData) => {
            const text = asText(data);
            leaveIfComplete(connection, text);
            handle(text)
              .catch((error: unknown) => {
                log.error({ requestId, stack: error instanceof Error ? error.stack : null }, 'bug');
                socket.close(CloseCode.InternalServerError, 'Internal server error');
              })
              .finally(() => connection.closeIfDrained());
          }),
      },
      { connection, request },
    );
    socket.on('pong', () => (connection.isAlive = true));
    socket.on('error', (error) => log.debug({ requestId, reason: error.message }, 'socket error'));
    socket.once('close', (code, reason) => {
      connection.abort();
      void closed(code, reason.toString());
      connections.delete(connection);
      if (connections.size === 0) onEmpty?.();
    });
  }

  return {
    upgrade(request, socket, head, requestId) {
      requestIds.set(request, requestId);
      server.handleUpgrade(request, socket, head, (client) => accept(client, request, requestId));
    },
    async drain() {
      clearInterval(pings);
      for (const connection of connections) connection.drain();
      if (connections.size > 0) await new Promise<void>((resolve) => (onEmpty = resolve));
    },
    terminate() {
      for (const { socket } of connections) socket.terminate();
    },
  };
}

/** graphql-ws forgets a query whose client completes it, but lets it run: we stop it. */
function leaveIfComplete(connection: WebSocketConnection, text: string): void {
  if (!text.includes(`"${MessageType.Complete}"`)) return;
  try {
    const message: unknown = JSON.parse(text);
    if (isComplete(message)) connection.leave(message.id);
  } catch {
    // graphql-ws closes the socket over it
  }
}

const isComplete = (message: unknown): message is { id: string } =>
  typeof message === 'object' &&
  message !== null &&
  'type' in message &&
  message.type === MessageType.Complete &&
  'id' in message &&
  typeof message.id === 'string';

function asText(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return Buffer.isBuffer(data) ? data.toString() : Buffer.from(data).toString();
}

function pingOrTerminate(connection: WebSocketConnection): void {
  if (!connection.isAlive) {
    connection.socket.terminate();
    return;
  }
  connection.isAlive = false;
  connection.socket.ping();
}

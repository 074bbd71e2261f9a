import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { CloseCode, handleProtocols, MessageType, parseMessage } from 'graphql-ws';
import { WebSocket, WebSocketServer, type ServerOptions } from 'ws';
import { addressFingerprint } from './client-address.ts';
import type { ClientLimits } from './client-limits.ts';
import type { TransportOptions } from './transport.ts';
import { WebSocketConnection } from './websocket-connection.ts';
import { WebSocketGuard } from './websocket-guard.ts';
import { createProtocol } from './websocket-protocol.ts';

/** Answers GraphQL over WebSocket (graphql-transport-ws). */
export interface WebSocketTransport {
  /** Takes over a socket whose upgrade has been found acceptable. */
  upgrade(request: IncomingMessage, socket: Socket, head: Buffer, requestId: string): void;
  /** Closes every connection with 1001 when its operations are complete; resolves when all are closed. */
  drain(): Promise<void>;
  /** Gives up on every connection at once. */
  cut(): void;
}

/** Between two pings; a peer that hasn't answered one by the next is gone. */
const pingIntervalMs = 15_000;

/** In how many pieces a message may come, and how many pieces of one may wait. */
const maxFragments = 128;
const maxBufferedChunks = 4_096;

/** How long a peer may take to answer a close. */
const closeTimeoutMs = 2_000;

/** What `ws` knows and `@types/ws` does not yet; the tests of the drain hold it. */
interface KnownServerOptions extends ServerOptions {
  readonly closeTimeout: number;
}

/**
 * Makes the transport. graphql-ws speaks the protocol; this is its adapter to `ws`, of our own
 * because the one that it ships tells nobody when a client completes a query that still runs, and
 * writes to the console for every socket that breaks.
 */
export function createWebSocketTransport(options: TransportOptions): WebSocketTransport {
  const { limits, clientLimits, trustedProxies, log, logBug } = options;
  const protocol = createProtocol(options);
  const connections = new Set<WebSocketConnection>();
  let onEmpty: (() => void) | null = null;
  const serverOptions: KnownServerOptions = {
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: limits.maxRequestBytes,
    maxFragments,
    maxBufferedChunks,
    handleProtocols,
    closeTimeout: closeTimeoutMs,
  };
  const server = new WebSocketServer(serverOptions);
  const requestIds = new WeakMap<IncomingMessage, string>();
  server.on('headers', (headers, request) => {
    headers.push(`x-request-id: ${requestIds.get(request) ?? ''}`);
  });
  // Timers come before sockets: after a stall of the process what was sent may be there, unread.
  const onEach = (judge: (guard: WebSocketGuard) => void) => (): void => {
    setImmediate(() => connections.forEach(({ guard }) => judge(guard)));
  };
  const pings = setInterval(
    onEach((guard) => guard.pingOrTerminate()),
    pingIntervalMs,
  );
  const looks = setInterval(
    onEach((guard) => guard.terminateIfOverdue(performance.now())),
    clientLimits.requestTimeoutMs / 4,
  );
  pings.unref();
  looks.unref();

  function accept(connection: WebSocketConnection, request: IncomingMessage): void {
    const { socket, requestId } = connection;
    connections.add(connection);
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (text) => connection.send(text),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (handle) =>
          connection.listen((text) => {
            // On a socket that is being closed the answer would be lost.
            if (
              socket.readyState !== WebSocket.OPEN ||
              !isForServer(connection, text, clientLimits)
            )
              return;
            connection
              .handle(() => handle(text))
              .catch((error: unknown) => {
                logBug(error, requestId);
                socket.close(CloseCode.InternalServerError, 'Internal server error');
              });
          }),
      },
      {
        connection,
        headers: request.headers,
        addressFingerprint: addressOf(request, trustedProxies),
      },
    );
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
      server.handleUpgrade(request, socket, head, (client) => {
        const guard = new WebSocketGuard(client, socket, head.length, clientLimits);
        const { maxSendBufferBytes } = clientLimits;
        accept(new WebSocketConnection(client, requestId, guard, maxSendBufferBytes), request);
      });
    },
    async drain() {
      for (const connection of connections) connection.drain();
      if (connections.size > 0) await new Promise<void>((resolve) => (onEmpty = resolve));
      clearInterval(looks);
      clearInterval(pings); // not before: they end those who don't read their last answers
    },
    cut() {
      for (const connection of connections) connection.cut();
    },
  };
}

/**
 * Does what graphql-ws leaves undone before it gets the message: it forgets a query that its client
 * completes, but lets it run; it takes messages that only a server sends for an error of ours; and it
 * knows no limit for ids.
 */
function isForServer(
  connection: WebSocketConnection,
  text: string,
  { maxOperationIdLength }: ClientLimits,
): boolean {
  const message = parse(text);
  switch (message?.type) {
    case MessageType.Subscribe: {
      if (message.id.length <= maxOperationIdLength) return true;
      const reason = `An id has at most ${maxOperationIdLength} characters`;
      connection.socket.close(CloseCode.BadRequest, reason);
      return false;
    }
    case MessageType.Complete:
      connection.leave(message.id);
      return true;
    case MessageType.ConnectionAck:
    case MessageType.Next:
    case MessageType.Error:
      connection.socket.close(CloseCode.BadRequest, 'Invalid message received');
      return false;
    default:
      return true;
  }
}

const parse = (text: string): ReturnType<typeof parseMessage> | null => {
  try {
    return parseMessage(text);
  } catch {
    return null; // graphql-ws closes the socket over it
  }
};

/** Holds on to the least that the address can be told from: the request is large. */
function addressOf(
  { socket, headers: { 'x-forwarded-for': told } }: IncomingMessage,
  trustedProxies: number,
): () => string | null {
  const headers = trustedProxies === 0 || told === undefined ? {} : { 'x-forwarded-for': told };
  return () => addressFingerprint({ socket, headers }, trustedProxies);
}

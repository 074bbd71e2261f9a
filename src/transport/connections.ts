import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Log } from '../observe/log.ts';
import type { ClientLimits } from './client-limits.ts';
import { SlowReaders } from './slow-readers.ts';

/** The connections of the gateway's clients, WebSockets among them. */
export interface Connections {
  /** Says whether the connection is one too many: all that it gets is a refusal. */
  isSurplus(socket: Socket): boolean;
  /** True from the first one too many until there is room for some again. */
  readonly isFull: boolean;
  readonly isEmpty: boolean;
  close(): void;
}

/** So many connections beyond the limit are told so; any more are dropped. */
const politelyRefused = 256;

/** There is room again when this part of the limit is taken. */
const roomyPart = 0.95;

/** Between two looks at who does not read; shorter where the time-out is. */
const longestLookMs = 1_000;

/** Counts the connections of a server up to the limit, and cuts those of clients that do not read. */
export function watchConnections(server: Server, limits: ClientLimits, log: Log): Connections {
  const { maxConnections, sendTimeoutMs } = limits;
  const open = new Set<Socket>();
  const surplus = new Set<Socket>();
  const slowReaders = new SlowReaders(sendTimeoutMs);
  let isFull = false;

  server.maxConnections = maxConnections + politelyRefused;
  server.on('connection', (socket: Socket) => {
    if (open.size - surplus.size >= maxConnections) {
      surplus.add(socket);
      if (!isFull) log.warn({ maxConnections }, 'connections are refused');
      isFull = true;
    }
    open.add(socket);
    socket.once('close', () => {
      open.delete(socket);
      surplus.delete(socket);
      slowReaders.forget(socket);
      if (!isFull || open.size - surplus.size > maxConnections * roomyPart) return;
      isFull = false;
      log.info({ maxConnections }, 'connections are accepted again');
    });
  });

  function look(): void {
    const now = performance.now();
    for (const socket of open) {
      if (!slowReaders.isTooSlow(socket, now)) continue;
      log.info({ waitingBytes: socket.writableLength }, 'client cut: it does not read');
      // With a mere end the kernel would still hold, and offer, what nobody reads.
      socket.resetAndDestroy();
    }
  }
  // Timers come before sockets: after a stall of the process what was read may not be known yet.
  const looking = setInterval(() => setImmediate(look), Math.min(longestLookMs, sendTimeoutMs / 4));
  looking.unref();

  return {
    get isFull() {
      return isFull;
    },
    get isEmpty() {
      return open.size === 0;
    },
    isSurplus: (socket) => surplus.size > 0 && surplus.has(socket),
    close: () => clearInterval(looking),
  };
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Knows the requests of each connection that have no whole answer yet. A response that is still in line
 * behind another one's, because its client did not wait, is not told by Node when its connection goes.
 */
export class UnansweredRequests {
  readonly #bySocket = new WeakMap<Socket, Set<() => void>>();

  /** Calls `onEnd` once, when the answer is complete or its connection is gone. */
  add({ socket }: IncomingMessage, response: ServerResponse, onEnd: () => void): void {
    const ends = this.#bySocket.get(socket) ?? this.#watch(socket);
    const end = (): void => {
      if (ends.delete(end)) onEnd();
    };
    ends.add(end);
    response.once('close', end);
  }

  has(socket: Socket): boolean {
    return (this.#bySocket.get(socket)?.size ?? 0) > 0;
  }

  #watch(socket: Socket): Set<() => void> {
    const ends = new Set<() => void>();
    this.#bySocket.set(socket, ends);
    socket.once('close', () => {
      for (const end of ends) end();
    });
    return ends;
  }
}

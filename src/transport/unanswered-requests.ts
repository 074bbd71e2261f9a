import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Knows the requests of each connection that have no whole answer yet. A response that is still in line
 * behind another one's, because its client did not wait, is not told by Node when its connection goes.
 *
 * They are in arrays: V8 keeps what a Set once held for longer than the Set does, and with it all that a
 * request has made.
 */
export class UnansweredRequests {
  readonly #bySocket = new WeakMap<Socket, (() => void)[]>();

  /** Calls `onEnd` once, when the answer is complete or its connection is gone. */
  add({ socket }: IncomingMessage, response: ServerResponse, onEnd: () => void): void {
    const ends = this.#bySocket.get(socket) ?? this.#watch(socket);
    const end = (): void => {
      const index = ends.indexOf(end);
      if (index < 0) return;
      ends.splice(index, 1);
      onEnd();
    };
    ends.push(end);
    response.once('close', end);
  }

  has(socket: Socket): boolean {
    return (this.#bySocket.get(socket)?.length ?? 0) > 0;
  }

  #watch(socket: Socket): (() => void)[] {
    const ends: (() => void)[] = [];
    this.#bySocket.set(socket, ends);
    socket.once('close', () => {
      for (const end of [...ends]) end();
    });
    return ends;
  }
}

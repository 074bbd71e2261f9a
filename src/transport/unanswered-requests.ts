import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

interface Unanswered {
  readonly request: IncomingMessage;
  readonly end: () => void;
}

/**
 * Knows the requests of each connection that have no whole answer yet. A response that is still in line
 * behind another one's, because its client did not wait, is not told by Node when its connection goes.
 *
 * They are in arrays: V8 keeps what a Set once held for longer than the Set does, and with it all that a
 * request has made.
 */
export class UnansweredRequests {
  readonly #bySocket = new WeakMap<Socket, Unanswered[]>();

  /** Calls `onEnd` once, when the answer is complete or its connection is gone. */
  add(request: IncomingMessage, response: ServerResponse, onEnd: () => void): void {
    const { socket } = request;
    const unanswered = this.#bySocket.get(socket) ?? this.#watch(socket);
    const end = (): void => {
      const index = unanswered.indexOf(one);
      if (index < 0) return;
      unanswered.splice(index, 1);
      onEnd();
    };
    const one = { request, end };
    unanswered.push(one);
    response.once('close', end);
  }

  has(socket: Socket): boolean {
    return (this.#bySocket.get(socket)?.length ?? 0) > 0;
  }

  /** The same of those that have come whole. */
  hasWhole(socket: Socket): boolean {
    return this.#bySocket.get(socket)?.some(({ request }) => request.complete) ?? false;
  }

  #watch(socket: Socket): Unanswered[] {
    const unanswered: Unanswered[] = [];
    this.#bySocket.set(socket, unanswered);
    socket.once('close', () => {
      for (const { end } of [...unanswered]) end();
    });
    return unanswered;
  }
}

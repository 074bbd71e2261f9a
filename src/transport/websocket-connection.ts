import type { SubscribePayload } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { Caller } from '../caller.ts';
import type { OperationRecord } from './operation-record.ts';

/** One operation of a connection, from `subscribe` until it is complete. */
export interface RunningOperation {
  readonly id: string;
  readonly controller: AbortController;
  readonly record: OperationRecord;
}

/** Close codes (RFC 6455, 7.4.1) that are not part of graphql-transport-ws. */
const goingAway = 1001;

/** One client's socket and what runs on it. */
export class WebSocketConnection {
  readonly socket: WebSocket;
  readonly requestId: string;
  /** Known once `connection_init` has been accepted. */
  caller: Caller | null = null;
  /** False from a ping until its pong. */
  isAlive = true;
  // By the payload object and not by the id: an id is free again while its operation still ends.
  readonly #operations = new Map<SubscribePayload, RunningOperation>();
  #isDraining = false;

  constructor(socket: WebSocket, requestId: string) {
    this.socket = socket;
    this.requestId = requestId;
  }

  /** Takes an operation in. */
  begin(payload: SubscribePayload, operation: RunningOperation): void {
    this.#operations.set(payload, operation);
  }

  /** The operation that the client subscribed to with `payload`, while it runs. */
  running(payload: SubscribePayload): RunningOperation | undefined {
    return this.#operations.get(payload);
  }

  /** Takes note that an operation has been answered in full. */
  end(payload: SubscribePayload): void {
    const operation = this.#operations.get(payload);
    this.#operations.delete(payload);
    operation?.record.end(operation.controller.signal.aborted);
  }

  /** The client completed the operation: what it still waits for upstream ends now. */
  leave(id: string): void {
    for (const operation of this.#operations.values()) {
      if (operation.id === id) operation.controller.abort();
    }
  }

  /** Ends every operation, because the client is gone or the gateway can't wait any longer. */
  abort(): void {
    for (const [payload, { controller }] of this.#operations) {
      controller.abort();
      this.end(payload);
    }
  }

  /** Closes the socket as soon as nothing runs on it any more. */
  drain(): void {
    this.#isDraining = true;
    this.closeIfDrained();
  }

  /** To be called whenever a message has been worked off and all that it caused has been sent. */
  closeIfDrained(): void {
    if (this.#isDraining && this.#operations.size === 0) {
      this.socket.close(goingAway, 'Going away');
    }
  }
}

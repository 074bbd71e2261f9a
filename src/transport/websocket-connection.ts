import type { WebSocket } from 'ws';
import type { Caller } from '../caller.ts';
import type { Cancellation } from '../cancellation.ts';
import type { OperationRecord } from './operation-record.ts';
import type { WebSocketGuard } from './websocket-guard.ts';

/** One operation of a connection. */
export interface RunningOperation {
  readonly id: string;
  readonly cancellation: Cancellation;
  readonly record: OperationRecord;
}

/** While this part of what may wait for the client does, the gateway reads nothing from the client. */
const patientPart = 1 / 4;

/** The close code (RFC 6455, 7.4.1) of a server that goes away. */
const goingAway = 1001;

/** One client's socket and what runs on it. */
export class WebSocketConnection {
  readonly socket: WebSocket;
  readonly requestId: string;
  /** Known once `connection_init` has been accepted. */
  caller: Caller | null = null;
  readonly guard: WebSocketGuard;
  readonly #maxSendBufferBytes: number;
  readonly #operations = new Set<RunningOperation>();
  /** The operation that the message at hand has begun. */
  #begun: RunningOperation | null = null;
  /** How many operations the client has completed that have not ended yet. */
  #leaving = 0;
  #inbox: string[] = [];
  #work: (text: string) => void = () => undefined;
  /** True from the moment the gateway shuts down: what is new is refused. */
  isDraining = false;

  /** @param maxSendBufferBytes what may wait for the client to read it */
  constructor(
    socket: WebSocket,
    requestId: string,
    guard: WebSocketGuard,
    maxSendBufferBytes: number,
  ) {
    this.socket = socket;
    this.requestId = requestId;
    this.guard = guard;
    this.#maxSendBufferBytes = maxSendBufferBytes;
    socket.on('ping', () => this.#readOrWait()); // it has been answered
  }

  /** How many operations run on it. */
  get operations(): number {
    return this.#operations.size;
  }

  /**
   * Begins to work off the client's messages. While an operation that the client has completed still
   * ends, those after that wait: one of them may use its id again, as the protocol allows, and
   * graphql-ws would take the end of the old operation for the end of the new one.
   */
  listen(work: (text: string) => void): void {
    this.#work = work;
    this.socket.on('message', (data) => {
      if (!this.guard.countMessage()) return;
      const text = (data as Buffer).toString(); // a Buffer, since nobody has set binaryType
      if (this.#leaving === 0) work(text);
      else this.#inbox.push(text);
      this.#readOrWait();
    });
  }

  /**
   * Sends a message; resolves when it has left the process, or can't any more: a send that fails is
   * followed by the socket's close, which cleans up, and there is nobody to tell.
   */
  send(text: string): Promise<void> {
    return new Promise((resolve) => {
      this.socket.send(text, () => {
        resolve();
        this.#readOrWait();
      });
      this.#readOrWait();
    });
  }

  /**
   * Lets graphql-ws handle a message. An operation that the message begins ends with the promise,
   * which settles when all that the message causes has been sent, however that comes about.
   */
  handle(message: () => Promise<void>): Promise<void> {
    this.#begun = null;
    const handled = message(); // begins the operation before it first waits
    const operation = this.#begun as RunningOperation | null;
    return handled.finally(() => {
      if (operation) this.#end(operation);
      this.#closeIfDrained();
    });
  }

  /** Takes in the operation that the message at hand begins. */
  begin(operation: RunningOperation): void {
    this.#begun = operation;
    this.#operations.add(operation);
  }

  /** The client completed the operation: what it still waits for upstream ends now. */
  leave(id: string): void {
    for (const operation of this.#operations) {
      if (operation.id !== id || operation.cancellation.aborted) continue;
      this.#leaving++;
      operation.cancellation.abort();
    }
  }

  /** Ends every operation, because the client is gone. */
  abort(): void {
    for (const operation of this.#operations) {
      operation.cancellation.abort();
      this.#operations.delete(operation);
      operation.record.end(true);
    }
  }

  /** Gives up what runs on it, and closes it without another word. */
  cut(): void {
    for (const { record } of this.#operations) record.cut();
    this.socket.terminate();
  }

  /** Closes the socket as soon as nothing runs on it any more. */
  drain(): void {
    this.isDraining = true;
    this.#closeIfDrained();
  }

  #end(operation: RunningOperation): void {
    if (!this.#operations.delete(operation)) return;
    const hasLeft = operation.cancellation.aborted;
    operation.record.end(hasLeft);
    if (!hasLeft) return;
    this.#leaving--;
    let text;
    while (this.#leaving === 0 && (text = this.#inbox.shift()) !== undefined) this.#work(text);
    this.#readOrWait();
  }

  /**
   * A client that does not read, or is ahead of us, is not read from. If too much waits for it all the
   * same, or for too long, it is cut.
   */
  #readOrWait(): void {
    const { bufferedAmount } = this.socket;
    const mayWaitBytes = this.#maxSendBufferBytes;
    const isAhead = this.#inbox.length > 0 || bufferedAmount > mayWaitBytes * patientPart;
    if (bufferedAmount > mayWaitBytes) this.socket.terminate();
    else if (isAhead) this.socket.pause();
    else if (this.socket.isPaused) this.socket.resume();
  }

  #closeIfDrained(): void {
    if (this.isDraining && this.#operations.size === 0) this.socket.close(goingAway, 'Going away');
  }
}

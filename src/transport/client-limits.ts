/** What one client, and all of them together, may take of the gateway. */
export interface ClientLimits {
  /** Connections in this process, whatever runs on them. */
  readonly maxConnections: number;
  /** From the first byte of a request, or of the connection, to the end of the request's head. */
  readonly headersTimeoutMs: number;
  /** From the first byte of a request to its last; of a WebSocket message, too. */
  readonly requestTimeoutMs: number;
  /** So long what has been written for a client may wait until it has read it. */
  readonly sendTimeoutMs: number;
  /** More than that may not wait for the client of a WebSocket. */
  readonly maxSendBufferBytes: number;
  /** Operations that run at the same time on one WebSocket. */
  readonly maxOperationsPerSocket: number;
  /** Characters: the id is repeated in every message. */
  readonly maxOperationIdLength: number;
  /** Messages and pings from one WebSocket, averaged over ten seconds. */
  readonly maxMessagesPerSecond: number;
}

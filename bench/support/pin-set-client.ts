import { connect, type Socket } from 'node:net';
import { epochMs } from './clock.ts';

/** What every client asks for: the same text, as the clients of one application do. */
export const pinSetDocument =
  'subscription { pinSet { __typename ' +
  '... on PinSetEvent { provider type observedAt } ... on ProviderError { code } } }';

/** What a client tells. */
export interface PinSetListener {
  /** The gateway has taken the subscription. */
  onSubscribed(): void;
  /** A result has come, at a time in epoch milliseconds. */
  onResult(result: string, atMs: number): void;
  /** The gateway closed the connection, or refused or failed something. */
  onLost(reason: string): void;
}

/**
 * A client with one `pinSet`, over a bare socket: thousands of whole clients would need more of the
 * machine than the gateway that is measured.
 */
export abstract class PinSetClient {
  readonly socket: Socket;
  protected readonly listener: PinSetListener;

  constructor(url: URL, listener: PinSetListener) {
    this.listener = listener;
    this.socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true });
    this.socket.on('data', (chunk: Buffer) => this.receive(chunk, epochMs()));
    this.socket.on('error', (error) => listener.onLost(error.message));
    this.socket.on('end', () => listener.onLost('connection closed'));
  }

  protected abstract receive(chunk: Buffer, atMs: number): void;

  /** Says that it is done, as the protocol has it, and hangs up. */
  abstract complete(): void;

  /** Closes the connection from its side, and waits for the gateway's. */
  close(): void {
    this.stopListening();
    this.socket.end();
  }

  /** Stays, but neither reads nor says anything any more, as a client that has lost its network. */
  mute(): void {
    this.socket.removeAllListeners('end').removeAllListeners('data').pause();
  }

  /** Just goes, as a client does whose device is gone. */
  destroy(): void {
    this.stopListening();
    this.socket.destroy();
  }

  /** From now on nothing that the gateway does is a loss. */
  protected stopListening(): void {
    this.socket.removeAllListeners('end').removeAllListeners('data').resume();
  }
}

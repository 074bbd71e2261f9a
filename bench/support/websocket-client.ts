import { readFrames, textFrame, closeFrame, pongFrame, Opcode } from './websocket-frames.ts';
import { PinSetClient, pinSetDocument, type PinSetListener } from './pin-set-client.ts';

const subscribeFrame = textFrame({
  id: '1',
  type: 'subscribe',
  payload: { query: pinSetDocument },
});
const completeFrame = textFrame({ id: '1', type: 'complete' });
const pingFrame = textFrame({ type: 'ping' });

interface Message {
  readonly type: string;
  readonly payload?: unknown;
}

/** `pinSet` over WebSocket, in the protocol graphql-transport-ws. */
export class WebSocketClient extends PinSetClient {
  readonly #credential: string;
  #received: Buffer = Buffer.alloc(0);
  #isUpgraded = false;

  constructor(url: URL, credential: string, listener: PinSetListener) {
    super(url, listener);
    this.#credential = credential;
    this.socket.write(
      `GET ${url.pathname} HTTP/1.1\r\nhost: ${url.host}\r\nconnection: upgrade\r\n` +
        'upgrade: websocket\r\nsec-websocket-version: 13\r\n' +
        'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
        'sec-websocket-protocol: graphql-transport-ws\r\n\r\n',
    );
  }

  protected override receive(chunk: Buffer, atMs: number): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    if (!this.#isUpgraded) this.#readHead();
    if (!this.#isUpgraded) return;
    this.#received = readFrames(this.#received, (opcode, payload) => {
      if (opcode === Opcode.text) this.#read(payload.toString(), atMs);
      else if (opcode === Opcode.ping) this.socket.write(pongFrame(payload));
      else if (opcode === Opcode.close)
        this.listener.onLost(`closed: ${payload.toString('utf8', 2)}`);
    });
  }

  override complete(): void {
    this.stopListening();
    this.socket.end(Buffer.concat([completeFrame, closeFrame]));
  }

  override close(): void {
    this.stopListening();
    this.socket.end(closeFrame);
  }

  #readHead(): void {
    const end = this.#received.indexOf('\r\n\r\n');
    if (end === -1) return;
    const head = this.#received.toString('latin1', 0, end);
    this.#received = this.#received.subarray(end + 4);
    if (head.startsWith('HTTP/1.1 101 ')) {
      this.#isUpgraded = true;
      const payload = { 'x-pace-authorization': this.#credential };
      this.socket.write(textFrame({ type: 'connection_init', payload }));
    } else this.listener.onLost(head);
  }

  #read(text: string, atMs: number): void {
    switch ((JSON.parse(text) as Message).type) {
      case 'connection_ack':
        // A subscription is not answered before its event, but a ping behind it is.
        this.socket.write(Buffer.concat([subscribeFrame, pingFrame]));
        break;
      case 'pong':
        this.listener.onSubscribed();
        break;
      case 'next':
        this.listener.onResult(text, atMs);
        break;
      case 'complete':
        break;
      default:
        this.listener.onLost(text);
    }
  }
}

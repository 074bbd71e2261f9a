import { PinSetClient, pinSetDocument, type PinSetListener } from './pin-set-client.ts';

const body = JSON.stringify({ query: pinSetDocument });

/** `pinSet` over Server-Sent Events. */
export class SseClient extends PinSetClient {
  #received = '';
  #isSubscribed = false;

  constructor(url: URL, credential: string, listener: PinSetListener) {
    super(url, listener);
    this.socket.write(
      `POST ${url.pathname} HTTP/1.1\r\nhost: ${url.host}\r\naccept: text/event-stream\r\n` +
        `content-type: application/json\r\nx-pace-authorization: ${credential}\r\n` +
        `content-length: ${body.length}\r\n\r\n${body}`,
    );
  }

  protected override receive(chunk: Buffer, atMs: number): void {
    this.#received += chunk.toString('latin1');
    if (!this.#isSubscribed) this.#readHead();
    // The gateway writes an event in one chunk; what stands between them can't look like one.
    const result = /^event: next\r?\ndata: (.*)\n/m.exec(this.#received)?.[1];
    if (result === undefined) return;
    this.#received = '';
    this.listener.onResult(result, atMs);
  }

  override complete(): void {
    this.destroy(); // there is no other way to leave
  }

  #readHead(): void {
    const end = this.#received.indexOf('\r\n\r\n');
    if (end === -1) return;
    this.#isSubscribed = true;
    const isStream = /^HTTP\/1.1 200 [^]*\r\ncontent-type: *text\/event-stream/i;
    if (isStream.test(this.#received.slice(0, end))) this.listener.onSubscribed();
    else this.listener.onLost(this.#received);
    this.#received = this.#received.slice(end + 4);
  }
}

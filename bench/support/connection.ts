import { connect, type Socket } from 'node:net';

/** A silence of this length ends the run: a closed loop would wait for ever. */
const silenceMs = 10_000;

/** An answer, as it came. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

/**
 * One keep-alive connection that sends a request at a time. It knows just enough of HTTP for answers
 * with a content-length: with a whole client the load generator would cost more than some of the
 * servers.
 */
export class Connection {
  readonly #socket: Socket;
  #received = '';
  #settle: ((answer: Answer) => void) | null = null;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('latin1').setNoDelay().setTimeout(silenceMs);
    socket.on('data', (chunk: string) => this.#receive(chunk));
    socket.on('timeout', () => socket.destroy(new Error(`no answer within ${silenceMs} ms`)));
    socket.on('end', () => socket.destroy(new Error('the server closed the connection')));
  }

  static open(url: URL): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect(Number(url.port), url.hostname);
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject); // from now on an error ends the process
        resolve(new Connection(socket));
      });
    });
  }

  /** Sends the bytes of a whole request. `settle` is called once, with the whole answer. */
  exchange(request: string, settle: (answer: Answer) => void): void {
    this.#settle = settle;
    this.#socket.write(request, 'latin1');
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(chunk: string): void {
    this.#received += chunk;
    const headEnd = this.#received.indexOf('\r\n\r\n');
    if (headEnd === -1) return;
    const head = this.#received.slice(0, headEnd);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    if (length === undefined) throw new Error(`an answer without content-length:\n${head}`);
    const end = headEnd + 4 + Number(length);
    if (this.#received.length < end) return;

    const body = this.#received.slice(headEnd + 4, end);
    this.#received = this.#received.slice(end);
    const status = Number(head.slice('HTTP/1.1 '.length, 'HTTP/1.1 '.length + 3));
    const settle = this.#settle;
    this.#settle = null;
    settle?.({ status, body });
  }
}

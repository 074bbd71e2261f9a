import type { Socket } from 'node:net';
import { WebSocket, type ClientOptions } from 'ws';

/** A WebSocket on which the test sends whatever it likes, message by message. */
export interface RawWebSocket extends AsyncDisposable {
  readonly socket: WebSocket;
  /** The headers with which the gateway answered the upgrade. */
  readonly upgradeHeaders: Readonly<Record<string, string | string[] | undefined>>;
  /** Every message so far, as the text that came. */
  readonly messages: readonly string[];
  /** Sends an object as JSON, and text as it is. */
  send(message: object | string): void;
  /** Sends what `send` sends, together. */
  inOnePacket(send: () => void): void;
  /** Resolves with the first message of this type and, where given, of this id. */
  received(type: string, id?: string): Promise<string>;
  /** Sends `connection_init` and waits for its answer. */
  init(params?: Record<string, unknown>): Promise<void>;
  /** Resolves when the gateway has worked off what was sent before. */
  settled(): Promise<void>;
  /** Resolves with the code and reason with which the connection was closed. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

/** How to open it. */
export interface RawWebSocketOptions extends ClientOptions {
  /** By default graphql-transport-ws; an empty list asks for none. */
  readonly protocols?: readonly string[];
}

/** Opens a WebSocket; rejects when the upgrade is refused. */
export async function openWs(
  origin: string,
  { protocols = ['graphql-transport-ws'], ...options }: RawWebSocketOptions = {},
): Promise<RawWebSocket> {
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/graphql`, [...protocols], options);
  const messages: string[] = [];
  const closed = Promise.withResolvers<{ code: number; reason: string }>();
  let waiters: { matches: (text: string) => boolean; answer: PromiseWithResolvers<string> }[] = [];
  let upgradeHeaders: RawWebSocket['upgradeHeaders'] = {};
  let probes = 0;

  let transport: Socket | null = null;
  socket.once('upgrade', (response) => {
    upgradeHeaders = response.headers;
    transport = response.socket;
  });
  socket.on('message', (data: Buffer) => {
    const text = data.toString();
    messages.push(text);
    waiters = waiters.filter(({ matches, answer }) => {
      if (!matches(text)) return true;
      answer.resolve(text);
      return false;
    });
  });
  socket.once('close', (code, reason) => {
    closed.resolve({ code, reason: reason.toString() });
    for (const { answer } of waiters) answer.reject(new Error(`the socket was closed: ${code}`));
  });

  await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject));
  socket.on('error', () => undefined); // it shows in how the socket is closed

  const send = (message: object | string): void =>
    socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  const received = (type: string, id?: string): Promise<string> => {
    const matches = (text: string): boolean => {
      const message = JSON.parse(text) as { type: string; id?: string };
      return message.type === type && (id === undefined || message.id === id);
    };
    const earlier = messages.find(matches);
    if (earlier !== undefined) return Promise.resolve(earlier);
    const answer = Promise.withResolvers<string>();
    waiters.push({ matches, answer });
    return answer.promise;
  };
  return {
    socket,
    upgradeHeaders,
    messages,
    send,
    inOnePacket(sendAll) {
      transport?.cork();
      sendAll();
      transport?.uncork();
    },
    received,
    async init(params) {
      send({ type: 'connection_init', ...(params && { payload: params }) });
      await received('connection_ack');
    },
    async settled() {
      const id = `probe ${++probes}`;
      send({ id, type: 'subscribe', payload: { query: '{ __typename }' } });
      await received('complete', id);
    },
    closed: closed.promise,
    async [Symbol.asyncDispose]() {
      socket.terminate();
      await closed.promise;
    },
  };
}

/** The payload of a `next` or `error` message, as the bytes that came. */
export const payloadOf = (message: string): string =>
  /^\{"id":"[^"]*","type":"(?:next|error)","payload":(.*)\}$/s.exec(message)?.[1] ?? '';

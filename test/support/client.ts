import { createClient, type Client } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { TypedDocumentString } from '../generated/graphql.ts';

/** A GraphQL result. */
export interface Result<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly { readonly message: string; readonly [field: string]: unknown }[];
}

/** An HTTP answer with a GraphQL result. */
export interface HttpResult<Data> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Result<Data>;
}

/** Sends one operation by POST and reads the JSON answer. */
export async function post<Data, Variables>(
  origin: string,
  document: TypedDocumentString<Data, Variables> | string,
  variables: Variables,
  headers: Record<string, string> = {},
  signal?: AbortSignal,
): Promise<HttpResult<Data>> {
  const response = await fetch(`${origin}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query: document.toString(), variables }),
    ...(signal && { signal }),
  });
  const body = (await response.json()) as Result<Data>;
  return { status: response.status, headers: response.headers, body };
}

/** A subscription under way, over whichever transport. */
export interface Subscription extends AsyncDisposable {
  /** The payloads of its `next` events, as the bytes that came, so far. */
  readonly payloads: readonly string[];
  /** Resolves when the gateway has completed it, with the payloads. */
  readonly completed: Promise<readonly string[]>;
  /** Leaves, in the way that its transport has for it. */
  leave(): void;
}

/** A subscription over SSE. */
export interface SseSubscription extends Subscription {
  /** Resolves with the HTTP status when the gateway has begun its answer: it has taken it in. */
  readonly opened: Promise<number>;
}

/** Subscribes over SSE. Leaving destroys the connection. */
export function subscribeSse<Data, Variables>(
  origin: string,
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
  headers: Record<string, string> = {},
): SseSubscription {
  const controller = new AbortController();
  const payloads: string[] = [];
  const opened = Promise.withResolvers<number>();
  const completed = (async () => {
    const response = await fetch(`${origin}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
      body: JSON.stringify({ query: document.toString(), variables }),
      signal: controller.signal,
    });
    opened.resolve(response.status);
    if (response.body === null) throw new Error('no stream');
    let text = '';
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      let end;
      while ((end = text.indexOf('\n\n')) >= 0) {
        const event = text.slice(0, end);
        text = text.slice(end + 2);
        const data = /^event: next\ndata: (.*)$/s.exec(event)?.[1];
        if (data !== undefined) payloads.push(data);
        if (event.startsWith('event: complete')) return payloads;
      }
    }
    throw new Error('the stream ended without a complete event');
  })();
  completed.catch(opened.reject); // leaving early is no error of the test
  opened.promise.catch(() => undefined);
  return {
    payloads,
    completed,
    opened: opened.promise,
    leave: () => controller.abort(),
    [Symbol.asyncDispose]: () => {
      controller.abort();
      return Promise.resolve();
    },
  };
}

/** A WebSocket client with one connection, which speaks graphql-transport-ws. */
export interface WsClient extends AsyncDisposable {
  readonly client: Client;
  /** The socket below, once it is connected. */
  socket(): Promise<WebSocket>;
  /** Resolves with the code and reason with which the connection was closed. */
  readonly closed: Promise<{ code: number; reason: string }>;
  subscribe<Data, Variables>(
    document: TypedDocumentString<Data, Variables> | string,
    variables: Variables,
  ): Subscription;
}

/** Connects on the first operation, and sends `connectionParams` as its `connection_init` payload. */
export function connectWs(
  origin: string,
  connectionParams: Record<string, unknown> = {},
  upgradeHeaders: Record<string, string> = {},
): WsClient {
  const opened = Promise.withResolvers<WebSocket>();
  const closed = Promise.withResolvers<{ code: number; reason: string }>();
  class HeaderedWebSocket extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols, { headers: upgradeHeaders });
    }
  }
  const client = createClient({
    url: `${origin.replace('http', 'ws')}/graphql`,
    webSocketImpl: HeaderedWebSocket,
    connectionParams,
    lazy: true,
    retryAttempts: 0,
    on: {
      connected: (socket) => opened.resolve(socket as WebSocket),
      closed: (event) => closed.resolve(event as { code: number; reason: string }),
    },
  });
  return {
    client,
    socket: () => opened.promise,
    closed: closed.promise,
    subscribe(document, variables) {
      const payloads: string[] = [];
      const completed = Promise.withResolvers<readonly string[]>();
      completed.promise.catch(() => undefined);
      const leave = client.subscribe(
        { query: document.toString(), variables: variables as Record<string, unknown> },
        {
          next: (payload) => payloads.push(JSON.stringify(payload)),
          error: (error) => completed.reject(error),
          complete: () => completed.resolve(payloads),
        },
      );
      return {
        payloads,
        completed: completed.promise,
        leave,
        [Symbol.asyncDispose]: () => {
          leave();
          return Promise.resolve();
        },
      };
    },
    [Symbol.asyncDispose]: async () => client.dispose(),
  };
}

/** Parses the payload of an event. */
export const parsePayload = <Data>(payload: string | undefined): Result<Data> =>
  JSON.parse(payload ?? 'null') as Result<Data>;

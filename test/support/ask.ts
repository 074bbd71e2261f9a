import { sendJson } from './raw-http.ts';
import { openWs, payloadOf } from './raw-websocket.ts';

/** One operation as a client may send it, sound or not. */
export type RawOperation = Readonly<Record<string, unknown>>;

/** Headers, or the `connection_init` payload. */
export type Names = Readonly<Record<string, string>>;

/** Asks over one transport, and gives the first result of the operation. */
export type Ask = (origin: string, operation: RawOperation, names?: Names) => Promise<unknown>;

/** Asks over each transport. An answer that has no place for `data` comes as `{ errors }`. */
export const askOver = {
  HTTP: async (origin, operation, names = {}) => {
    return JSON.parse((await sendJson(origin, operation, names)).body) as unknown;
  },
  SSE: async (origin, operation, names = {}) => {
    const accept = 'text/event-stream';
    const { body } = await sendJson(origin, operation, { ...names, accept });
    return JSON.parse(/^event: next\ndata: (.*)$/m.exec(body)?.[1] ?? 'null') as unknown;
  },
  WebSocket: async (origin, operation, names = {}) => {
    await using socket = await openWs(origin);
    await socket.init({ ...names });
    socket.send({ id: '1', type: 'subscribe', payload: operation });
    const message = await Promise.race([
      socket.received('next', '1'),
      socket.received('error', '1').catch(() => Promise.reject(new Error('closed'))),
    ]);
    const payload = JSON.parse(payloadOf(message)) as unknown;
    return Array.isArray(payload) ? { errors: payload } : payload;
  },
} as const satisfies Record<string, Ask>;

import { describe, expect, it } from 'vitest';
import { startGateway } from '../support/gateway.ts';
import { sendJson, sendRaw } from '../support/raw-http.ts';
import { openWs } from '../support/raw-websocket.ts';
import { line, logOf, names, overHttp, overWebSocket, requestsIn } from './scene.ts';

describe('the log calls REFUSED', () => {
  const refused = { operationType: null, operationName: null, outcome: 'REFUSED', providers: {} };

  it.each([
    ['a syntax error', '{'],
    ['an unknown field', 'query Named { nothing }'],
  ])('a document with %s, and has no name from it', async (_what, query) => {
    const lines = await logOf(async ({ origin }) => {
      await sendJson(origin, { query }, names);
      await using socket = await openWs(origin);
      await socket.init(names);
      socket.send({ id: '1', type: 'subscribe', payload: { query } });
      await socket.received('error', '1');
    });
    expect(requestsIn(lines)).toEqual([
      line({ ...overHttp, ...refused }),
      line({ ...overWebSocket, ...refused }),
    ]);
  });

  it('a mutation by GET, and a body of the wrong type', async () => {
    const lines = await logOf(async ({ origin }) => {
      await sendRaw(origin, '/graphql?query=mutation%7B__typename%7D', { headers: names });
      const headers = { ...names, 'content-type': 'text/plain' };
      await sendRaw(origin, '/graphql', { method: 'POST', headers, body: 'x' });
    });
    expect(requestsIn(lines)).toEqual([
      line({ ...overHttp, ...refused, status: 405 }),
      line({ ...overHttp, ...refused, status: 415 }),
    ]);
  });
});

describe('the log has no request line for', () => {
  it('what is no operation: health, GraphiQL, unknown paths, a socket', async () => {
    const lines = await logOf(async ({ origin }) => {
      await sendRaw(origin, '/health/ready');
      await sendRaw(origin, '/nowhere');
      await sendRaw(origin, '/graphql', { headers: { accept: 'text/html' } });
      await using socket = await openWs(origin);
      await socket.init();
    });
    expect(requestsIn(lines)).toEqual([]);
  });

  it('a preflight', async () => {
    const app = 'https://app.example';
    const gateway = await startGateway({ ADM_URL: 'http://127.0.0.1:9', CORS_ORIGINS: app });
    const headers = { origin: app, 'access-control-request-method': 'POST' };
    const { status } = await sendRaw(gateway.origin, '/graphql', { method: 'OPTIONS', headers });
    await gateway.gateway.close();
    expect(status).toBe(204);
    expect(requestsIn(gateway.logLines())).toEqual([]);
  });
});

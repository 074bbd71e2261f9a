import { describe, expect, it } from 'vitest';
import type { Environment } from '../../src/config.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { openConnection, postOf, type RawConnection } from '../support/raw-connection.ts';
import { sendJson, sendRaw } from '../support/raw-http.ts';
import { openWs } from '../support/raw-websocket.ts';

const ADM_URL = 'http://127.0.0.1:1';
const known = { query: '{ __typename }' };

/** A gateway that has all the connections it may have: a WebSocket and one that has just been served. */
async function startFull(
  environment: Environment = {},
): Promise<{ gateway: TestGateway; open: RawConnection[] } & AsyncDisposable> {
  const gateway = await startGateway({ ADM_URL, MAX_CONNECTIONS: '20', ...environment });
  const open = await Promise.all(Array.from({ length: 20 }, () => openConnection(gateway.origin)));
  for (const connection of open) connection.write(postOf(known));
  await Promise.all(open.map((connection) => connection.received(/"data"/)));
  return {
    gateway,
    open,
    async [Symbol.asyncDispose]() {
      await Promise.all(open.map((connection) => connection[Symbol.asyncDispose]()));
      await gateway[Symbol.asyncDispose]();
    },
  };
}

describe('A connection beyond MAX_CONNECTIONS', () => {
  it('is told so with 503, and closed', async () => {
    await using full = await startFull();
    const { status, headers, body } = await sendJson(full.gateway.origin, known);
    expect({ status, body: JSON.parse(body) as unknown }).toEqual({
      status: 503,
      body: {
        errors: [
          {
            message: 'This gateway has too many connections. Try again later.',
            extensions: { code: 'OVERLOADED' },
          },
        ],
      },
    });
    expect(headers).toMatchObject({
      'retry-after': '1',
      connection: 'close',
      'content-type': 'application/json; charset=utf-8',
      'x-request-id': expect.stringMatching(/./) as string,
    });
  });

  it('gets no WebSocket', async () => {
    await using full = await startFull();
    await expect(openWs(full.gateway.origin)).rejects.toThrow('Unexpected server response: 503');
  });

  it('learns that the gateway is alive, and not ready', async () => {
    await using full = await startFull();
    const { origin } = full.gateway;
    const live = await sendRaw(origin, '/health/live');
    const ready = await sendRaw(origin, '/health/ready');
    expect([live.status, live.body]).toEqual([200, 'live\n']);
    expect([ready.status, ready.body]).toEqual([503, 'too many connections\n']);
    // Else a probe that keeps its connection would see this one's fate for ever.
    expect(ready.headers.connection).toBe('close');
  });

  it('is told so in a way that a page of an allowed origin can read', async () => {
    const origin = 'https://app.example';
    await using full = await startFull({ CORS_ORIGINS: origin });
    const refused = await sendJson(full.gateway.origin, known, { origin });
    expect([refused.status, refused.headers]).toMatchObject([
      503,
      {
        'access-control-allow-origin': origin,
        'access-control-expose-headers': 'x-request-id,retry-after',
      },
    ]);
    const preflight = await sendRaw(full.gateway.origin, '/graphql', {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    });
    expect(preflight.status).toBe(204);
  });

  it('takes nothing from those before it', async () => {
    await using full = await startFull();
    await sendJson(full.gateway.origin, known);
    const [first] = full.open;
    first?.write(postOf(known));
    await first?.received(/"data".*"data"/s);
  });

  it('is served when others have left, and the log has a line for both', async () => {
    await using full = await startFull();
    const { origin } = full.gateway;
    expect((await sendJson(origin, known)).status).toBe(503);
    expect((await sendJson(origin, known)).status).toBe(503);
    await Promise.all(full.open.slice(0, 2).map((connection) => connection[Symbol.asyncDispose]()));
    while ((await sendJson(origin, known)).status !== 200); // the gateway hears of it a little later
    const lines = full.gateway.logLines().map(({ msg }) => msg);
    expect(lines.filter((line) => line === 'connections are refused')).toHaveLength(1);
    expect(lines.filter((line) => line === 'connections are accepted again')).toHaveLength(1);
  });

  it('that nobody even answers any more is dropped', async () => {
    await using full = await startFull();
    const many = await Promise.all(
      Array.from({ length: 256 }, () => openConnection(full.gateway.origin)),
    );
    await using last = await openConnection(full.gateway.origin);
    expect(await last.closed).toBe('');
    await Promise.all(many.map((connection) => connection[Symbol.asyncDispose]()));
  });
});

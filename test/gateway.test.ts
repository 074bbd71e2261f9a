import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { loadConfig } from '../src/config.ts';
import { createGateway } from '../src/gateway.ts';
import { createLog } from '../src/observe/log.ts';

const newGateway = (host: string, port = 0) =>
  createGateway(loadConfig({ HOST: host, PORT: String(port), ADM_URL: 'http://127.0.0.1:9' }), {
    log: createLog('silent'),
  });

/** A port that was free just now. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const isOpen = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, host);
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

// A name is looked up first.
it.each(['127.0.0.1', 'localhost'])(
  'A gateway that is closed while it begins to listen at %s leaves no port open',
  async (host) => {
    const port = await freePort();
    const gateway = newGateway(host, port);
    const listening = expect(gateway.listen()).rejects.toThrow('closed before it listened');
    await gateway.close();
    await listening;
    expect(await isOpen(host, port)).toBe(false);
  },
);

it('A gateway that has been closed does not listen any more', async () => {
  const gateway = newGateway('127.0.0.1');
  await gateway.close();
  await expect(gateway.listen()).rejects.toThrow('The gateway has been closed.');
});

it('A gateway that can not listen can be closed', async () => {
  const gateway = newGateway('192.0.2.1'); // an address of nobody's (RFC 5737)
  const listening = expect(gateway.listen()).rejects.toThrow("can't listen at HOST 192.0.2.1");
  await gateway.close();
  await listening;
});

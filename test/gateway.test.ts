import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { loadConfig } from '../src/config.ts';
import { createGateway } from '../src/gateway.ts';
import { createLog } from '../src/observe/log.ts';

const newGateway = (host: string) =>
  createGateway(loadConfig({ HOST: host, PORT: '0', ADM_URL: 'http://127.0.0.1:9' }), {
    log: createLog('silent'),
  });

const isOpen = (url: string): Promise<boolean> =>
  new Promise((resolve) => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

// A name is looked up first.
it.each(['127.0.0.1', 'localhost'])(
  'A gateway that is closed while it begins to listen at %s leaves no port open',
  async (host) => {
    const gateway = newGateway(host);
    const listening = gateway.listen();
    await gateway.close();
    const { url } = await listening;
    expect(await isOpen(url)).toBe(false);
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

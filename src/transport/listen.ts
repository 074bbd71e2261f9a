import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Where the gateway listens. */
export interface ListeningAddress {
  readonly address: string;
  readonly port: number;
  /** How it is reached from this machine: `http://127.0.0.1:4000`. */
  readonly origin: string;
}

/** Starts to listen. Rejects when the address can't be had. */
export function listen(server: Server, host: string, port: number): Promise<ListeningAddress> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error): void => {
      reject(new Error(`can't listen at HOST ${host}, PORT ${port}: ${error.message}`));
    };
    server.once('error', onError);
    server.listen(port, host, () => {
      server.off('error', onError);
      const bound = server.address() as AddressInfo;
      const origin = `http://${hostToReach(bound)}:${bound.port}`;
      resolve({ address: bound.address, port: bound.port, origin });
    });
  });
}

/** An address as it stands in a URL; one that means "all of them" as this machine's own. */
function hostToReach({ address, family }: AddressInfo): string {
  if (address === '0.0.0.0') return '127.0.0.1';
  if (address === '::') return '[::1]';
  return family === 'IPv6' ? `[${address}]` : address;
}

import type { IncomingMessage } from 'node:http';
import { isIP, isIPv6 } from 'node:net';
import { fingerprint } from '../fingerprint.ts';

/**
 * The fingerprint of the address that a request comes from, as the proxies tell it that stand in front:
 * each adds the address of its own client at the end of `X-Forwarded-For`. What stands there before is
 * the client's, who may write what it likes. Null where the proxies that are promised have not said it.
 *
 * @param trustedProxies how many there are; with none, the connection has the address
 */
export function addressFingerprint(
  { socket, headers }: Pick<IncomingMessage, 'socket' | 'headers'>,
  trustedProxies: number,
): string | null {
  const told = headers['x-forwarded-for'];
  const forwarded = typeof told === 'string' ? told.split(',') : [];
  const address =
    trustedProxies === 0 ? socket.remoteAddress : withoutPort(forwarded.at(-trustedProxies) ?? '');
  return address !== undefined && isIP(address) ? fingerprint('address', network(address)) : null;
}

/** Some proxies add the port: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
const withoutPort = (text: string): string =>
  /^\[(.*)\](?::\d+)?$/.exec(text.trim())?.[1] ?? text.trim().replace(/^([\d.]+):\d+$/, '$1');

/** What one client has: an address of IPv4; of IPv6 the first half, for the second is its own choice. */
function network(address: string): string {
  if (!isIPv6(address)) return address;
  const mapped = /^::ffff:([\d.]+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  // In the one spelling that URLs have for it, without a zone.
  const { hostname } = new URL(`http://[${address.replace(/%.*$/, '')}]`);
  const [head = '', tail] = hostname.slice(1, -1).split('::');
  const before = head.split(':').filter(Boolean);
  const after = tail?.split(':').filter(Boolean) ?? [];
  const zeros = Array<string>(8 - before.length - after.length).fill('0');
  return [...before, ...zeros, ...after].slice(0, 4).join(':');
}

import type { IncomingMessage } from 'node:http';

/** Says whether a Host header is a host, and maybe a port. */
export type HostCheck = (host: string | undefined) => boolean;

/** Yoga makes an address of it, and fails over what can't be one. None at all is HTTP/1.0's. */
export function createHostCheck(): HostCheck {
  let valid = ''; // the one that came last, and as a rule comes again; also none
  return (host = '') => {
    if (host === valid) return true;
    if (host !== '' && (/[/?#@\\]/.test(host) || !URL.canParse(`http://${host}`))) return false;
    valid = host;
    return true;
  };
}

/** Two programs may each take another one of several (RFC 9112, 3.2). */
export function hasTwoHosts({ rawHeaders }: IncomingMessage): boolean {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 4 && name.toLowerCase() === 'host') count++;
  }
  return count > 1;
}

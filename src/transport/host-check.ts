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

/** Of several, two programs may each take another (RFC 9112, 3.2). */
export const hasOneHost = ({ headersDistinct }: IncomingMessage): boolean =>
  (headersDistinct['host']?.length ?? 0) <= 1;

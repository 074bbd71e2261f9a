import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A certificate for 127.0.0.1 that vouches for itself. */
export interface Certificate {
  readonly key: Buffer;
  readonly cert: Buffer;
  /** Where the certificate lies, for NODE_EXTRA_CA_CERTS, until this process ends. */
  readonly path: string;
}

/** Makes one with the openssl command: Node can sign, but has no way to write a certificate. */
export function createCertificate(): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'pin-gateway-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true }));
  const keyPath = join(folder, 'key.pem');
  const path = join(folder, 'cert.pem');
  const kind = '-x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2'.split(' ');
  const name = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  execFileSync('openssl', ['req', ...kind, ...name, '-keyout', keyPath, '-out', path], {
    stdio: 'ignore',
  });
  return { key: readFileSync(keyPath), cert: readFileSync(path), path };
}

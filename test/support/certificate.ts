import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';

/** What a TLS server shows. */
export interface Certificate {
  readonly key: Buffer;
  readonly cert: Buffer;
}

/** What is wrong with a certificate. */
export interface CertificateOptions {
  /** Whom it is for, as openssl writes a subjectAltName. */
  readonly altName?: string;
  /** How long it is valid, from now on. A negative number: it has expired. */
  readonly days?: number;
}

/** Makes a self-signed certificate with the openssl command: Node has no way to write one. */
export function createCertificate(options: CertificateOptions = {}): Certificate {
  const { altName = 'IP:127.0.0.1', days = 2 } = options;
  const folder = mkdtempSync(join(tmpdir(), 'pin-gateway-'));
  const [key, request, cert] = [join(folder, 'key'), join(folder, 'request'), join(folder, 'cert')];
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'ignore' });
  try {
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    // Trusted certificates are found by their names: each has one of its own.
    const name = ['-subj', `/CN=${randomUUID()}`, '-addext', `subjectAltName=${altName}`];
    openssl('req', '-new', ...curve, ...name, '-keyout', key, '-out', request);
    // `req -x509` would do it in one step, but not for a certificate that has expired.
    const signing = ['-signkey', key, '-copy_extensions', 'copyall', '-days', `${days}`];
    openssl('x509', '-req', '-in', request, ...signing, '-out', cert);
    return { key: readFileSync(key), cert: readFileSync(cert) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Makes this process trust a certificate from now on, and gives it back. */
export function trusted(certificate: Certificate): Certificate {
  setDefaultCACertificates([...getCACertificates('default'), certificate.cert.toString()]);
  return certificate;
}

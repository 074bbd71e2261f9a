import type { Caller } from '../caller.ts';
import { providerNames, type ProviderName } from '../pins.ts';
import { Secret } from '../secret.ts';
import { trimBlanks } from '../trim-blanks.ts';

/** Looks up what the client sent under a name in lower case. */
export type Lookup = (name: string) => unknown;

/** The client sent a value that can't stand in an HTTP header. */
export class InvalidFieldError extends Error {
  override readonly name = 'InvalidFieldError';

  constructor(field: string) {
    super(`The value of ${field} cannot be sent in an HTTP header.`);
  }
}

/**
 * Takes from a request what may be passed on to the providers, and nothing else.
 *
 * @param forwardsTo the providers for which the plain `authorization` may be used
 * @throws {InvalidFieldError}
 */
export function readCaller(
  lookup: Lookup,
  forwardsTo: ReadonlySet<ProviderName>,
  requestId: string,
  addressFingerprint: Caller['addressFingerprint'],
): Caller {
  const credentials: Partial<Record<ProviderName, Secret>> = {};
  for (const name of providerNames) {
    const own = headerValue(lookup, credentialFields[name]);
    const credential = own ?? (forwardsTo.has(name) ? headerValue(lookup, 'authorization') : null);
    if (credential !== null) credentials[name] = new Secret(credential);
  }
  const tenantId = headerValue(lookup, 'nv-tenant-id');
  return { credentials, tenantId, requestId, addressFingerprint };
}

/** The fields that carry the credential for one provider alone. */
export const credentialFields = {
  ADM: 'x-adm-authorization',
  PACE: 'x-pace-authorization',
  PIMS: 'x-pims-authorization',
} as const satisfies Record<ProviderName, string>;

/** A value as it may be sent on; null when there is none. */
function headerValue(lookup: Lookup, field: string): string | null {
  const value = lookup(field);
  if (value === undefined || value === null || value === '') return null;
  // The same characters that HTTP allows (RFC 9110, 5.5): over WebSocket anything can come.
  if (typeof value !== 'string' || !/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
    throw new InvalidFieldError(field);
  }
  // Blanks around a value are no part of it (RFC 9110, 5.5): with them one credential could pass for
  // many, each with attempts of its own.
  return trimBlanks(value) || null;
}

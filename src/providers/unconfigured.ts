import { providerError } from '../error-mapping.ts';
import type { ProviderName } from '../pins.ts';
import type { Adm } from './adm/client.ts';
import type { Pace } from './pace/client.ts';
import type { Pims } from './pims/client.ts';

/** Stands for ADM where it has no address: it answers what it could be asked with NOT_CONFIGURED. */
export const createUnconfiguredAdm = (): Adm => ({
  ...unconfigured('ADM'),
  readPins: () => Promise.resolve([providerError('ADM', 'not configured')]),
});

/** Stands for PACE where it has no address. */
export const createUnconfiguredPace = (): Pace => ({
  ...unconfigured('PACE'),
  readPins: () => Promise.resolve([providerError('PACE', 'not configured')]),
  waitForPin: () => Promise.resolve(providerError('PACE', 'not configured')),
});

/** Stands for PIMS where it has no address. */
export const createUnconfiguredPims = (): Pims => ({
  ...unconfigured('PIMS'),
  generateOtp: () => Promise.resolve(providerError('PIMS', 'not configured')),
});

const unconfigured = <Name extends ProviderName>(name: Name) => ({
  name,
  configured: false,
  availability: () => 'NOT_CONFIGURED' as const,
  [Symbol.asyncDispose]: () => Promise.resolve(),
});

import type { ProviderName } from './pins.ts';
import type { Secret } from './secret.ts';

/** On whose behalf an operation runs: all that a client may send on to a provider, and no more. */
export interface Caller {
  /** One credential for each provider, used verbatim as that provider's Authorization. */
  readonly credentials: Readonly<Partial<Record<ProviderName, Secret>>>;
  /** The tenant at ADM, where the request names one. */
  readonly tenantId: string | null;
  /** Goes into every log line and upstream request that the operation causes. */
  readonly requestId: string;
  /**
   * Tells callers apart by their network address, which stays unknown behind it: a fingerprint; null
   * when there is no address. Worked out when it is asked for, since few operations need it.
   */
  readonly addressFingerprint: () => string | null;
}

import DataLoader from 'dataloader';
import type { Caller } from '../caller.ts';
import { providerError } from '../error-mapping.ts';
import { isProviderError } from '../errors.ts';
import type { PinSetHub } from '../hub/hub.ts';
import type { ProviderName } from '../pins.ts';
import type { PinProvider, PinResult, Provider } from '../providers/provider.ts';

/** What the schema works with, for the life of the process. */
export interface Services {
  /** All of them, configured or not, in the order of the graph. */
  readonly providers: readonly PinProvider[];
  readonly hub: PinSetHub;
  readonly otpProvider: Provider<'generateOtp'>;
}

/** One operation as the transport hands it over. */
export interface Operation {
  readonly caller: Caller;
  /** Aborts when the client is no longer there to be answered. */
  readonly signal: AbortSignal;
  /** Takes note of how a provider did in this operation: `OK` or an error code. */
  readonly report: (provider: ProviderName, outcome: string) => void;
}

/** What every resolver of one operation shares. */
export interface Context extends Operation, Services {
  /**
   * The PINs of one provider. However often and under whatever alias an operation selects them, the
   * provider is asked once.
   */
  readonly pins: DataLoader<ProviderName, readonly PinResult[]>;
  /** Whether this operation may ask for a one-time password: true once, then never again. */
  readonly mayGenerateOtp: () => boolean;
}

/** Makes the context of one operation. */
export function createContext(services: Services, operation: Operation): Context {
  let otpsAsked = 0;
  return {
    ...services,
    ...operation,
    // Not batched: there is nothing to send together, and no reason to wait for a tick.
    pins: new DataLoader((names) => Promise.all(names.map((name) => readPins(name))), {
      batch: false,
    }),
    mayGenerateOtp: () => otpsAsked++ === 0,
  };

  async function readPins(name: ProviderName): Promise<readonly PinResult[]> {
    const provider = services.providers.find((candidate) => candidate.name === name);
    const results = (await provider?.readPins?.(operation.caller, operation.signal)) ?? [
      providerError(name, 'not supported'),
    ];
    operation.report(name, results.find(isProviderError)?.code ?? 'OK');
    return results;
  }
}

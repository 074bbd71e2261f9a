import DataLoader from 'dataloader';
import type { Caller } from '../caller.ts';
import type { Signal } from '../cancellation.ts';
import { providerError } from '../error-mapping.ts';
import { isProviderError, type ProviderError } from '../errors.ts';
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
  readonly signal: Signal;
  /** Takes note of what a provider had for this operation: an error, or what was asked for. */
  readonly report: (provider: ProviderName, error: ProviderError | null) => void;
}

/** What every resolver of one operation shares. */
export interface Context extends Operation, Services {
  /**
   * The PINs of one provider. However often and under whatever alias an operation selects them, the
   * provider is asked once.
   */
  readonly pins: Pick<DataLoader<ProviderName, readonly PinResult[]>, 'load'>;
  /** Whether this operation may ask for a one-time password: true once, then never again. */
  readonly mayGenerateOtp: () => boolean;
}

/** Makes the context of one operation. */
export function createContext(services: Services, operation: Operation): Context {
  const { caller, signal } = operation;
  let otpsAsked = 0;
  let pins: Context['pins'] | null = null;

  // What comes of requests that the client's departure has cut says nothing about their providers.
  const report: Operation['report'] = (provider, error) => {
    if (!signal.aborted) operation.report(provider, error);
  };

  return {
    ...services,
    ...operation,
    report,
    pins: { load: (name) => (pins ??= createLoader()).load(name) }, // a subscription needs none
    mayGenerateOtp: () => otpsAsked++ === 0,
  };

  /** Not batched: there is nothing to send together, and no reason to wait for a tick. */
  function createLoader(): Context['pins'] {
    return new DataLoader((names) => Promise.all(names.map((name) => readPins(name))), {
      batch: false,
      batchScheduleFn: queueMicrotask,
    });
  }

  async function readPins(name: ProviderName): Promise<readonly PinResult[]> {
    const provider = services.providers.find((candidate) => candidate.name === name);
    const results = (await provider?.readPins?.(caller, signal)) ?? [
      providerError(name, 'not supported'),
    ];
    report(name, results.find(isProviderError) ?? null);
    return results;
  }
}

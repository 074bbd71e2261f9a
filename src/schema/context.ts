import type { Caller } from '../caller.ts';
import type { Signal } from '../cancellation.ts';
import type { ProviderError } from '../errors.ts';
import type { PinSetHub } from '../hub/hub.ts';
import type { ProviderName } from '../pins.ts';
import type { PinProvider, Provider } from '../providers/provider.ts';
import { PinLoader } from './pin-loader.ts';

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
export interface Context extends Operation {
  readonly services: Services;
  readonly pins: PinLoader;
  /** Whether this operation may ask for a one-time password: true once, then never again. */
  readonly mayGenerateOtp: () => boolean;
}

/** Makes the context of one operation, with whatever else the transport knows of it. */
export function createContext<O extends Operation>(services: Services, operation: O): O & Context {
  let otpsAsked = 0;
  // What comes of requests that the client's departure has cut says nothing about their providers.
  const report: Operation['report'] = (provider, error) => {
    if (!operation.signal.aborted) operation.report(provider, error);
  };
  return {
    ...operation,
    services,
    report,
    pins: new PinLoader(services, operation, report),
    mayGenerateOtp: () => otpsAsked++ === 0,
  };
}

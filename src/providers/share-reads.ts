import type { Caller } from '../caller.ts';
import { Cancellation, type Signal } from '../cancellation.ts';
import { providerError } from '../error-mapping.ts';
import { fingerprint } from '../fingerprint.ts';
import type { PinResult, Provider } from './provider.ts';

type Reading = Promise<readonly PinResult[]>;

/** A read that is under way, and those who wait for it. */
interface SharedRead {
  readonly results: Reading;
  readonly cancellation: Cancellation;
  readers: number;
}

/**
 * The same provider, but while it is asked for the PINs of a credential, others with that credential
 * (and tenant) wait for the same answer instead of asking again. It is shared in flight only: who comes
 * after it asks anew. The last one to leave ends the request.
 */
export function shareReads<P extends Provider<'readPins'>>(provider: P): P {
  const underWay = new Map<string, SharedRead>();

  function start(key: string, caller: Caller): SharedRead {
    const cancellation = new Cancellation();
    const end = (): void => {
      // Where everyone has left, another one may have taken its place.
      if (underWay.get(key) === read) underWay.delete(key);
    };
    const results = provider.readPins(caller, cancellation);
    const read: SharedRead = { results, cancellation, readers: 0 };
    underWay.set(key, read);
    results.then(end, end);
    return read;
  }

  function leave(key: string, read: SharedRead): void {
    if (--read.readers > 0) return;
    if (underWay.get(key) === read) underWay.delete(key);
    read.cancellation.abort();
  }

  function readPins(caller: Caller, signal: Signal): Reading {
    const credential = caller.credentials[provider.name];
    if (credential === undefined) return provider.readPins(caller, signal); // nobody is asked
    const key = fingerprint(provider.name, credential, caller.tenantId);
    const read = underWay.get(key) ?? start(key, caller);
    read.readers++;
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        leave(key, read);
        resolve([providerError(provider.name, 'connection failed')]);
      };
      read.results.then(resolve, reject);
      signal.addEventListener('abort', onAbort);
      if (signal.aborted) onAbort();
    });
  }

  return { ...provider, readPins };
}

import type { Caller } from '../caller.ts';
import { Cancellation, type Signal } from '../cancellation.ts';
import { providerError } from '../error-mapping.ts';
import { fingerprint } from '../fingerprint.ts';
import type { PinResult, Provider } from './provider.ts';

type PinResults = readonly PinResult[];

/** Someone who waits for a read. */
interface Reader {
  readonly resolve: (results: PinResults) => void;
  readonly reject: (bug: unknown) => void;
}

/** A read that is under way, and those who wait for it. */
interface SharedRead {
  readonly cancellation: Cancellation;
  readonly readers: Set<Reader>;
}

/**
 * The same provider, but while it is asked for the PINs of a credential, others with that credential
 * (and tenant) wait for the same answer instead of asking again. It is shared in flight only: who comes
 * after it asks anew. The last one to leave ends the request.
 */
export function shareReads<P extends Provider<'readPins'>>(provider: P): P {
  const underWay = new Map<string, SharedRead>();

  /** Once it has ended, or everyone has left: then another one may have taken its place already. */
  function forget(key: string, read: SharedRead): void {
    if (underWay.get(key) === read) underWay.delete(key);
  }

  function start(key: string, caller: Caller): SharedRead {
    const read: SharedRead = { cancellation: new Cancellation(), readers: new Set() };
    underWay.set(key, read);
    provider.readPins(caller, read.cancellation).then(
      (results) => {
        forget(key, read);
        for (const { resolve } of read.readers) resolve(results);
      },
      (bug: unknown) => {
        forget(key, read);
        for (const { reject } of read.readers) reject(bug);
      },
    );
    return read;
  }

  function readPins(caller: Caller, signal: Signal): Promise<PinResults> {
    const credential = caller.credentials[provider.name];
    if (credential === undefined) return provider.readPins(caller, signal); // nobody is asked
    const key = fingerprint(provider.name, credential, caller.tenantId);
    const read = underWay.get(key) ?? start(key, caller);
    return new Promise((resolve, reject) => {
      const reader = { resolve, reject };
      read.readers.add(reader);
      const leave = (): void => {
        resolve([providerError(provider.name, 'connection failed')]);
        read.readers.delete(reader);
        if (read.readers.size > 0) return;
        forget(key, read);
        read.cancellation.abort();
      };
      signal.addEventListener('abort', leave);
      if (signal.aborted) leave();
    });
  }

  return { ...provider, readPins };
}

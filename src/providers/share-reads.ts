import type { Caller } from '../caller.ts';
import { Cancellation, type Signal } from '../cancellation.ts';
import { providerError } from '../error-mapping.ts';
import { fingerprint } from '../fingerprint.ts';
import type { PinResult, Provider } from './provider.ts';

type PinResults = readonly PinResult[];

/**
 * Someone who waits for a read. Once that is settled nothing must lead from the read to them: V8 keeps
 * what a map once held for longer than the map does, and with it all that a request has made.
 */
interface Reader {
  readonly resolve: (results: PinResults) => void;
  readonly reject: (bug: unknown) => void;
  /** Is no longer called when they leave. */
  readonly release: () => void;
}

/** A read that is under way, and those who wait for it. */
interface SharedRead {
  readonly cancellation: Cancellation;
  readers: Reader[];
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
    const read: SharedRead = { cancellation: new Cancellation(), readers: [] };
    const reading = provider.readPins(caller, read.cancellation); // first: a bug may be thrown here
    underWay.set(key, read);
    reading.then(
      (results) => settle(key, read, ({ resolve }) => resolve(results)),
      (bug: unknown) => settle(key, read, ({ reject }) => reject(bug)),
    );
    return read;
  }

  function settle(key: string, read: SharedRead, give: (reader: Reader) => void): void {
    forget(key, read);
    const readers = read.readers;
    read.readers = [];
    for (const reader of readers) {
      reader.release();
      give(reader);
    }
  }

  function readPins(caller: Caller, signal: Signal): Promise<PinResults> {
    const credential = caller.credentials[provider.name];
    if (credential === undefined) return provider.readPins(caller, signal); // nobody is asked
    const key = fingerprint(provider.name, credential, caller.tenantId);
    const read = underWay.get(key) ?? start(key, caller);
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        resolve([providerError(provider.name, 'connection failed')]);
        read.readers = read.readers.filter((other) => other !== reader);
        if (read.readers.length > 0) return;
        forget(key, read);
        read.cancellation.abort();
      };
      const release = (): void => signal.removeEventListener('abort', leave);
      const reader = { resolve, reject, release };
      read.readers.push(reader);
      signal.addEventListener('abort', leave);
      if (signal.aborted) leave();
    });
  }

  return { ...provider, readPins };
}

import type { Caller } from '../caller.ts';
import { providerError } from '../error-mapping.ts';
import { fingerprint } from '../fingerprint.ts';
import type { Provider } from '../providers/provider.ts';
import { drainingError } from './draining.ts';
import type { PinSetHub } from './hub.ts';
import { settledWait } from './settled-wait.ts';
import { SharedWait, type Subscriber } from './shared-wait.ts';
import { waitUntilSet } from './wait-until-set.ts';

/** What a hub within one process needs. */
export interface MemoryHubOptions {
  /** The provider to wait at. */
  readonly provider: Provider<'waitForPin'>;
  /** How long one upstream poll asks to be held. */
  readonly pollSeconds: number;
  /** How long nothing but failures are retried. */
  readonly giveUpSeconds: number;
  /** Subscribers at the most, all callers together. */
  readonly maxSubscriptions: number;
}

/** A hub within one process. */
export function createMemoryHub(options: MemoryHubOptions): PinSetHub {
  const { provider, pollSeconds, giveUpSeconds, maxSubscriptions } = options;
  const waits = new Map<string, SharedWait>();
  let subscribers = 0;
  let draining = false;

  const keyOf = ({ credentials, tenantId }: Caller): string =>
    fingerprint(provider.name, credentials[provider.name], tenantId);

  function start(key: string, caller: Caller): SharedWait {
    const wait = new SharedWait(() => {
      if (wait.size === 0) waits.delete(key);
      subscribers--;
    });
    waits.set(key, wait);
    const settle = (give: (subscriber: Subscriber) => void): void => {
      if (wait.signal.aborted) return; // everyone left while the outcome was on its way
      waits.delete(key);
      subscribers -= wait.settle(give);
    };
    waitUntilSet(
      (seconds, signal) => provider.waitForPin(caller, seconds, signal),
      { pollSeconds, giveUpSeconds },
      wait.signal,
    ).then(
      (outcome) => outcome && settle((subscriber) => subscriber.resolve(outcome)),
      (bug: unknown) => settle((subscriber) => subscriber.reject(bug)),
    );
    return wait;
  }

  return {
    provider: provider.name,
    subscribers: () => subscribers,
    join(caller) {
      if (draining) return settledWait(drainingError());
      if (subscribers >= maxSubscriptions) {
        return settledWait(providerError(provider.name, 'subscription limit'));
      }
      subscribers++;
      const key = keyOf(caller);
      return (waits.get(key) ?? start(key, caller)).join();
    },
    drain(withinMs) {
      draining = true;
      const crowd = Math.max(farewells, (subscribers * farewellIntervalMs) / Math.max(1, withinMs));
      const tellSome = (): void => {
        let left = Math.ceil(crowd);
        for (const [key, wait] of waits) {
          if (left === 0) break;
          const told = wait.settle(({ resolve }) => resolve(drainingError()), left);
          if (wait.size === 0) waits.delete(key);
          subscribers -= told;
          left -= told;
        }
        if (subscribers > 0) setTimeout(tellSome, farewellIntervalMs);
      };
      tellSome();
    },
  };
}

/** A crowd is told little by little, so that not all of its sockets end, and come back, at once. */
const farewells = 100;
const farewellIntervalMs = 20;

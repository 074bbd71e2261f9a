import DataLoader from 'dataloader';
import { providerError } from '../error-mapping.ts';
import { isProviderError } from '../errors.ts';
import type { ProviderName } from '../pins.ts';
import type { PinResult } from '../providers/provider.ts';
import type { Operation, Services } from './context.ts';

/**
 * The PINs of each provider, for one operation. However often and under whatever alias it selects
 * them, the provider is asked once.
 */
export class PinLoader {
  readonly #services: Services;
  readonly #operation: Operation;
  readonly #report: Operation['report'];
  #loader: DataLoader<ProviderName, readonly PinResult[]> | null = null; // most operations need none

  constructor(services: Services, operation: Operation, report: Operation['report']) {
    this.#services = services;
    this.#operation = operation;
    this.#report = report;
  }

  load(name: ProviderName): Promise<readonly PinResult[]> {
    // There is nothing to send together, and no reason to wait for more than a microtask.
    this.#loader ??= new DataLoader(
      (names) => Promise.all(names.map((name) => this.#readPins(name).catch(asError))),
      { batchScheduleFn: queueMicrotask },
    );
    return this.#loader.load(name);
  }

  async #readPins(name: ProviderName): Promise<readonly PinResult[]> {
    const provider = this.#services.providers.find((candidate) => candidate.name === name);
    if (!provider?.readPins) {
      const error = providerError(name, 'not supported');
      this.#report(name, error);
      return [error];
    }
    const { caller, signal } = this.#operation;
    const results = await provider.readPins(caller, signal);
    this.#report(name, results.find(isProviderError) ?? null);
    return results;
  }
}

/** A bug in one provider is none of the others' business. */
const asError = (bug: unknown): Error =>
  bug instanceof Error ? bug : new Error('a bug', { cause: bug });

import type { ProviderError } from '../errors.ts';
import type { Log } from '../observe/log.ts';
import type { ProviderName } from '../pins.ts';
import type { Load } from './load-shedding.ts';

/** How an operation reached the gateway. */
export type Transport = 'http' | 'websocket';

/** How an operation ended. */
export type Outcome = 'OK' | 'ERRORS' | 'REFUSED' | 'LEFT' | 'CUT';

/**
 * Collects what is known of one operation, and writes its line of the log when it ends. Until then, or
 * until it turns out to be a subscription, which only waits, it counts as load.
 */
export class OperationRecord {
  readonly #log: Log;
  readonly #load: Load;
  readonly #startedAt = performance.now();
  readonly #providers: Partial<Record<ProviderName, string>> = {};
  readonly #requestId: string;
  readonly #transport: Transport;
  #operation: { type: string; name: string | null } | null = null;
  #hasErrors = false;
  #ended = false;
  #isLoad = true;

  constructor(log: Log, load: Load, transport: Transport, requestId: string) {
    this.#log = log;
    this.#load = load;
    load.begin();
    this.#transport = transport;
    this.#requestId = requestId;
  }

  /** Takes note of what the client asked for. Only names from a valid document get here. */
  name(type: string, name: string | null): void {
    this.#operation = { type, name };
    if (type === 'subscription') this.unload();
  }

  /** Counts it as load no more. */
  unload(): void {
    if (!this.#isLoad) return;
    this.#isLoad = false;
    this.#load.end();
  }

  /** Takes note of what a provider had for the operation: an error, or what was asked for. */
  readonly report = (provider: ProviderName, error: ProviderError | null): void => {
    this.#providers[provider] = error?.code ?? 'OK';
  };

  /** Whether there were GraphQL errors in the answer. */
  get hasErrors(): boolean {
    return this.#hasErrors;
  }

  /** Takes note of GraphQL errors in the answer. Error entries among the data are none. */
  noteErrors(): void {
    this.#hasErrors = true;
  }

  /**
   * Writes the line, once.
   *
   * @param hasLeft whether the client went away before the answer was complete
   * @param status the HTTP status of the answer, where there has been one
   */
  end(hasLeft: boolean, status?: number): void {
    this.#write(this.#outcome(hasLeft), status);
  }

  /** Writes the line of one that the gateway gives up itself, because its time to drain is over. */
  cut(): void {
    this.#write('CUT');
  }

  #write(outcome: Outcome, status?: number): void {
    if (this.#ended) return;
    this.#ended = true;
    this.unload();
    this.#log.info(
      {
        requestId: this.#requestId,
        transport: this.#transport,
        operationType: this.#operation?.type ?? null,
        operationName: this.#operation?.name ?? null,
        outcome,
        status, // pino leaves out what is undefined
        durationMs: Math.round((performance.now() - this.#startedAt) * 10) / 10,
        providers: this.#providers,
      },
      'request',
    );
  }

  #outcome(hasLeft: boolean): Outcome {
    if (hasLeft) return 'LEFT';
    if (this.#operation === null) return 'REFUSED';
    return this.#hasErrors ? 'ERRORS' : 'OK';
  }
}

import type { Log } from '../observe/log.ts';
import { leaveSignals, signals } from './early-signals.ts';
import { end } from './end.ts';

/** A second signal this much later is meant: the operator does not want to wait for the drain. */
const impatienceMs = 1_000;

/** How long it may then still take. */
const cutMs = 500;

/** What a process runs. */
export interface Closable {
  close(): PromiseLike<void>;
  /** Makes a close that is under way short. */
  cut?(): void;
}

/**
 * Keeps the process until SIGTERM or SIGINT, then closes what it runs and ends it with status 0. A
 * terminal sends Ctrl-C to npm and to us, and npm passes its own on: that counts as one signal.
 */
export function closeOnSignal(running: Closable, log?: Log): void {
  let firstAt: number | null = null;
  let isCut = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (firstAt === null) {
      firstAt = performance.now();
      void running.close().then(
        () => end(0),
        (error: unknown) => {
          process.stderr.write(`${String(error)}\n`);
          end(1);
        },
      );
    } else if (!isCut && performance.now() - firstAt > impatienceMs) {
      isCut = true;
      log?.warn({ signal }, 'what is under way is cut');
      process.exitCode = 1;
      setTimeout(() => process.exit(), running.cut ? cutMs : 0);
      running.cut?.();
    }
  };
  for (const signal of signals) process.on(signal, onSignal);
  leaveSignals();
}

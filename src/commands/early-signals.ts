/** What asks a process to end: an orchestrator, and a terminal. */
export const signals = ['SIGTERM', 'SIGINT'] as const;

const onSignal = (): never => process.exit(0);

/**
 * Ends the process, as asked, while there is nothing to close yet. Without it a signal that comes while
 * it loads would look like a failure; the first process of a container would not even hear it.
 */
export function endOnEarlySignal(): void {
  for (const signal of signals) process.on(signal, onSignal);
}

/** Leaves signals to whoever has something to close. */
export function leaveSignals(): void {
  for (const signal of signals) process.off(signal, onSignal);
}

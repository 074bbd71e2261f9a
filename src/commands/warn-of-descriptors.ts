import { readFileSync } from 'node:fs';
import type { Log } from '../observe/log.ts';

/**
 * Warns at the start when the process may not even have as many descriptors open as clients may have
 * connections. What comes when none is left is closed before anyone can refuse or log it.
 */
export function warnOfDescriptors(maxConnections: number, log: Log): void {
  const descriptors = maxDescriptors();
  if (descriptors === null || descriptors > maxConnections) return;
  log.warn({ maxConnections, descriptors }, 'MAX_CONNECTIONS is more than ulimit -Hn allows');
}

/** As `ulimit -Hn` has it, for Node takes all it can; null without a limit, or on another system than Linux. */
function maxDescriptors(): number | null {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    const [, soft] = /^Max open files +(\d+)/m.exec(limits) ?? [];
    return soft === undefined ? null : Number(soft);
  } catch {
    return null;
  }
}

import { bugFields, type Log } from '../observe/log.ts';
import { end } from './end.ts';

/** How long what is under way may still take. Nobody knows what works after a bug: not for long. */
const lastWordsMs = 5_000;

/**
 * Decides what an error does that nothing has caught, a rejection that nobody handles among them. What
 * it left behind is unknown, so the process does not go on: it logs a `bug`, closes what it runs, as
 * far as that can be done in a few seconds, and ends with status 1 for its supervisor to start anew.
 *
 * Node's own words are not printed: they hold the message and the source line, and so maybe a secret.
 * Nor do its diagnostic reports, where an operator has them written, hold the environment.
 */
export function endOnBug(log: Log, close: () => PromiseLike<void>): void {
  process.report.excludeEnv = true;
  let isEnding = false;
  process.on('uncaughtException', (bug, origin) => {
    log.error({ origin, ...bugFields(bug) }, 'bug');
    process.exitCode = 1; // also where a drain is under way that would end with 0
    if (isEnding) return;
    isEnding = true;
    const fail = (): void => end(1);
    setTimeout(fail, lastWordsMs);
    close().then(fail, fail);
  });
}

import { destination, pino, type DestinationStream, type Logger } from 'pino';

/** Where the gateway writes what happened: JSON lines, each with a message and named fields. */
export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;

/**
 * Opens the log.
 *
 * @param level the lowest severity that is written, as pino names it
 * @param output where to; standard output by default
 */
export const createLog = (level: string, output: DestinationStream = standardOutput()): Log =>
  pino({ level, base: null, timestamp: isoTime }, output);

let lastTime = 0;
let timeField = '';

/** The same as pino's own, but made once a millisecond: under load many lines share one. */
function isoTime(): string {
  const now = Date.now();
  if (now !== lastTime) {
    lastTime = now;
    timeField = `,"time":"${new Date(now).toISOString()}"`;
  }
  return timeField;
}

/** What pino calls an error, in numbers. */
const errorLevel = 50;

/** How long a line may wait for others to be written with. */
const collectMs = 10;

/**
 * Standard output, to which lines are written several at a time: under load a write for each would
 * cost as much as the query it tells of. An error is written at once with all that waits, and so is
 * what is left when the process ends; only one that is killed loses its last lines.
 */
function standardOutput(): DestinationStream & { lastLevel: number } {
  const output = destination({ dest: 1, sync: true });
  let lines = '';
  const flush = (): void => {
    output.write(lines);
    lines = '';
  };
  process.on('exit', flush);
  return {
    [Symbol.for('pino.metadata')]: true, // makes pino set lastLevel
    lastLevel: 0,
    write(line) {
      if (lines === '') setTimeout(flush, collectMs).unref();
      lines += line;
      if (this.lastLevel >= errorLevel) flush();
    },
  };
}

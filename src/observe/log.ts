import { destination, pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';

/** Where the gateway writes what happened: JSON lines, each with a message and named fields. */
export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;

/**
 * Opens the log.
 *
 * @param level the lowest severity that is written, as pino names it
 * @param output where to; standard output by default, written at once so that a crash loses nothing
 */
export const createLog = (
  level: string,
  output: DestinationStream = destination({ dest: 1, sync: true }),
): Log => pino({ level, base: null, timestamp: stdTimeFunctions.isoTime }, output);

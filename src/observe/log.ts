import { pino, type DestinationStream, type Logger } from 'pino';

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

/** What pino calls an error, and a warning, in numbers. */
const errorLevel = 50;
const warningLevel = 40;

/** The least time between two writes, but for errors: lines that come meanwhile are written together. */
const collectMs = 10;

/** How much may wait for a reader that is behind, in characters. */
const maxWaiting = 1024 * 1024;

/**
 * Standard output, to which lines are written several at a time: under load a write for each would
 * cost as much as the query it tells of. An error is written at once with all that waits, and so is
 * what is left when the process ends; only one that is killed loses its last lines.
 *
 * Nobody waits for the reader: what one that is stuck does not take is dropped and counted, and without
 * a reader there is no log.
 */
function standardOutput(): DestinationStream & { lastLevel: number } {
  const { stdout } = process;
  let lines = '';
  let dropped = 0;
  let isBroken = false;
  let writtenAt = -Infinity;
  const flush = (): void => {
    if (isBroken || lines === '') return;
    if (stdout.writableLength + lines.length > maxWaiting) dropped += countLines(lines);
    else {
      stdout.write(dropped > 0 ? droppedLine(dropped) + lines : lines);
      dropped = 0;
    }
    lines = '';
    writtenAt = performance.now();
  };
  const flushSoon = (): void => {
    const waitMs = writtenAt + collectMs - performance.now();
    if (waitMs > 0) setTimeout(flush, waitMs).unref();
    else setImmediate(flush);
  };
  stdout.on('error', () => (isBroken = true));
  process.on('exit', flush);
  return {
    [Symbol.for('pino.metadata')]: true, // makes pino set lastLevel
    lastLevel: 0,
    write(line) {
      if (isBroken) return;
      if (lines === '') flushSoon();
      lines += line;
      if (this.lastLevel >= errorLevel) flush();
    },
  };
}

const countLines = (text: string): number => text.split('\n').length - 1;

const droppedLine = (count: number): string =>
  `${JSON.stringify({ level: warningLevel, time: new Date().toISOString(), lines: count, msg: 'log lines dropped' })}\n`;

/**
 * What the log says of an error that nobody expected: its name and the frames of its stack. Its message
 * and its other fields may hold what a client or a provider sent, a secret for one.
 */
export const bugFields = (bug: unknown): { readonly name: string; readonly stack: string[] } =>
  bug instanceof Error ? { name: bug.name, stack: framesOf(bug) } : { name: typeof bug, stack: [] };

/** The stack below the message, which stands above it and may look like frames itself. */
function framesOf({ message, stack }: Error): string[] {
  const text = stack ?? '';
  const start = text.indexOf(message);
  if (start < 0) return []; // the message was changed: who knows where it ends
  const below = text.slice(start + message.length).split('\n');
  return below.map((line) => line.trim()).filter((line) => line.startsWith('at '));
}

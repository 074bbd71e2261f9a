import { GraphQLError } from 'graphql';
import type { Log } from '../observe/log.ts';
import { isUnexpected } from './mask-error.ts';

/** Logs what nobody expected: each error once, wherever it is noticed, as long as it is a bug. */
export type BugLog = (error: unknown, requestId?: string) => void;

/**
 * Makes it. Only the error's name and the frames of its stack are logged: its message and its other
 * fields may hold what a client or a provider sent, a secret for one.
 */
export function createBugLog(log: Log): BugLog {
  const logged = new WeakSet();
  return (error, requestId) => {
    if (!isUnexpected(error)) return;
    const path = error instanceof GraphQLError ? error.path : undefined;
    const bug = error instanceof GraphQLError ? error.originalError : error;
    if (bug instanceof Error) {
      if (logged.has(bug)) return;
      logged.add(bug);
    }
    const { name, stack } = bug instanceof Error ? bug : { name: typeof bug };
    log.error({ requestId, path, name, stack: framesOf(stack) }, 'bug');
  };
}

/** The lines below the message. A line of the message that looks like a frame is not above them all. */
const framesOf = (stack = ''): string[] => {
  const lines = stack.split('\n');
  const last = lines.findLastIndex((line) => !/^ {4}at /.test(line));
  return lines.slice(last + 1).map((line) => line.trim());
};

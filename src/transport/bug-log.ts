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
    const name = bug instanceof Error ? bug.name : typeof bug;
    log.error({ requestId, path, name, stack: bug instanceof Error ? framesOf(bug) : [] }, 'bug');
  };
}

/** The stack below the message, which stands above it and may look like frames itself. */
function framesOf({ message, stack }: Error): string[] {
  const text = stack ?? '';
  const start = text.indexOf(message);
  if (start < 0) return []; // the message was changed: who knows where it ends
  const below = text.slice(start + message.length).split('\n');
  return below.map((line) => line.trim()).filter((line) => line.startsWith('at '));
}

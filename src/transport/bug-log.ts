import { GraphQLError } from 'graphql';
import { bugFields, type Log } from '../observe/log.ts';
import { isUnexpected } from './mask-error.ts';

/** Logs what nobody expected: each error once, wherever it is noticed, as long as it is a bug. */
export type BugLog = (error: unknown, requestId?: string) => void;

/** Makes it. */
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
    log.error({ requestId, path, ...bugFields(bug) }, 'bug');
  };
}

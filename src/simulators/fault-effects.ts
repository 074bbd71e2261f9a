import type { IncomingMessage } from 'node:http';
import { finished } from 'node:stream/promises';
import type { Clock } from './clock.ts';
import type { Fault } from './faults.ts';
import type { Provider } from './provider.ts';
import type { Reply } from './reply.ts';

/** The request that a fault meets. */
export interface FaultTarget {
  readonly provider: Provider;
  readonly clock: Clock;
  readonly request: IncomingMessage;
  /** Aborts when the client has gone away. */
  readonly gone: AbortSignal;
}

/**
 * Lets a fault meet a request. Resolves with the reply to send instead of the provider's, or with
 * `undefined` when the client has gone or the provider is to answer after all.
 */
export async function meetFault(fault: Fault, target: FaultTarget): Promise<Reply | undefined> {
  const { clock, request, gone } = target;
  switch (fault.kind) {
    case 'slow':
      return delay(clock, fault.delayMs, gone);
    case 'hang':
      request.resume();
      return whenAborted(gone);
    case 'reset':
      // Not before the client has sent everything: so it cannot know what became of its request.
      await finished(request.resume());
      request.socket.resetAndDestroy();
      return whenAborted(gone);
    case 'garbage':
      return {
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: '<html><body>This is not the answer',
      };
    case 'status':
      return statusReply(fault, target.provider);
  }
}

function delay(clock: Clock, delayMs: number, gone: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    const end = (): void => {
      cancel();
      gone.removeEventListener('abort', end);
      resolve(undefined);
    };
    const cancel = clock.after(delayMs, end);
    gone.addEventListener('abort', end);
  });
}

function whenAborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}

function statusReply(fault: Extract<Fault, { kind: 'status' }>, provider: Provider): Reply {
  const { status, retryAfterSeconds } = fault;
  const headers: Record<string, string> =
    retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  if (status < 400) return { status, headers };
  const detail = 'This failure was asked for at /_simulator/fault.';
  return provider.describeProblem({ status, detail, headers });
}

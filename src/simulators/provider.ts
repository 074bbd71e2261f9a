import type { Problem } from './problem.ts';
import type { Reply } from './reply.ts';
import type { Route } from './routes.ts';

/** What makes a simulator one provider and not another. */
export interface Provider {
  readonly name: 'ADM' | 'PACE' | 'PIMS';
  /** The calls of the provider's documents: counted, and met by faults. */
  readonly routes: readonly Route[];
  /** The simulator's own calls below `/_simulator`: never counted, never met by faults. */
  readonly controls: readonly Route[];
  /** A refusal in the words of the provider. */
  readonly describeProblem: (problem: Problem) => Reply;
  /** What `GET /_simulator/state` tells beyond the fault and the counts; never a PIN. */
  readonly state: () => Readonly<Record<string, unknown>>;
}

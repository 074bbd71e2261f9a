import type { Log } from '../observe/log.ts';
import type { ProviderName } from '../pins.ts';
import type { Services } from '../schema/context.ts';
import type { BugLog } from './bug-log.ts';
import type { ClientLimits } from './client-limits.ts';
import type { CompiledQueries } from './compiled-queries.ts';
import type { Documents } from './documents.ts';
import type { GraphqlPipeline, OperationLimits } from './graphql-pipeline.ts';
import type { LoadShedding } from './load-shedding.ts';

/** What a transport needs to run operations. */
export interface TransportOptions {
  readonly pipeline: GraphqlPipeline;
  /** The pipeline's own memory of documents. */
  readonly documents: Documents;
  readonly queries: CompiledQueries;
  readonly services: Services;
  readonly limits: OperationLimits;
  /** The providers for which the plain `authorization` may be used. */
  readonly forwardsTo: ReadonlySet<ProviderName>;
  /** How many proxies stand in front, each of which adds to `X-Forwarded-For`. */
  readonly trustedProxies: number;
  readonly clientLimits: ClientLimits;
  readonly loadShedding: LoadShedding;
  readonly log: Log;
  readonly logBug: BugLog;
}

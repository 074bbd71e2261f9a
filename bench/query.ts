import {
  commandFor,
  serverNames,
  upstreamCommand,
  type ServerName,
  type UpstreamUrls,
} from './servers.ts';
import type { GatewayOptions } from './support/gateway-process.ts';
import { runLoad } from './support/load-process.ts';
import { median } from './support/median.ts';
import { startServer, type ServerProcess } from './support/server-process.ts';
import type { Rows } from './support/table.ts';

/** How the query benchmark runs. */
export interface QueryOptions extends GatewayOptions {
  readonly servers?: readonly ServerName[];
  /** How often each server has its turn. */
  readonly rounds?: number;
  /** Requests in a turn. */
  readonly requests?: number;
  /** Requests to each server before the first turn, for its code to be compiled. */
  readonly warmUpRequests?: number;
  /** Connections of the load generator: as many requests are always under way. */
  readonly connections?: number;
}

/** One turn of one server. */
export interface QuerySample {
  /** CPU time of the server, user and system, of all its threads. */
  readonly cpuMicrosecondsPerRequest: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** The most resident memory that was seen, in KiB. */
  readonly rssKib: number;
  /** CPU time of the load generator: with the upstreams' it shows who was the bottleneck. */
  readonly loadCpuMicrosecondsPerRequest: number;
  /** CPU time of both upstreams together. */
  readonly upstreamCpuMicrosecondsPerRequest: number;
}

/** One server: the median of each figure over all its turns. */
export interface QueryResult extends QuerySample {
  readonly server: ServerName;
  /** CPU per request over the aggregator's of the same round, the median; null without it. */
  readonly ratioToAggregator: number | null;
  readonly samples: readonly QuerySample[];
}

/**
 * Asks every server for the same PINs. They take turns, so that a noisy minute of the machine hits
 * them all, and a ratio is taken within a round.
 */
export async function benchQuery({
  servers: names = serverNames,
  rounds = 7,
  requests = 20_000,
  warmUpRequests = 20_000,
  connections = 64,
  ...gatewayOptions
}: QueryOptions = {}): Promise<QueryResult[]> {
  await using upstream = await startServer(upstreamCommand);
  await using started = new AsyncDisposableStack();
  const urls = JSON.parse(upstream.url) as UpstreamUrls;
  const runs: { name: ServerName; server: ServerProcess; samples: QuerySample[] }[] = [];
  for (const name of names) {
    const server = started.use(await startServer(commandFor(name, urls, gatewayOptions)));
    runs.push({ name, server, samples: [] });
  }

  let firstUser = 0;
  const load = ({ url }: ServerProcess, count: number) => {
    const options = { url, connections, requests: count, firstUser };
    firstUser += count;
    return runLoad(options);
  };

  for (const { server } of runs) await load(server, warmUpRequests);
  for (let round = 0; round < rounds; round++) {
    for (const { server, samples } of runs) {
      samples.push(await measure(server, upstream, () => load(server, requests)));
    }
  }

  const base = runs.find(({ name }) => name === 'aggregator')?.samples;
  return runs.map(({ name, samples }) => summarize(name, samples, base));
}

/** How often the memory is looked at. */
const rssIntervalMs = 100;

async function measure(
  server: ServerProcess,
  upstream: ServerProcess,
  load: () => ReturnType<typeof runLoad>,
): Promise<QuerySample> {
  let rssKib = 0;
  const watch = setInterval(() => (rssKib = Math.max(rssKib, server.rssKib())), rssIntervalMs);
  const serverBefore = server.cpuMicroseconds();
  const upstreamBefore = upstream.cpuMicroseconds();
  const { requests, durationMs, p50Ms, p99Ms, cpuMicroseconds } = await load().finally(() =>
    clearInterval(watch),
  );
  return {
    cpuMicrosecondsPerRequest: (server.cpuMicroseconds() - serverBefore) / requests,
    requestsPerSecond: (requests / durationMs) * 1000,
    p50Ms,
    p99Ms,
    rssKib,
    loadCpuMicrosecondsPerRequest: cpuMicroseconds / requests,
    upstreamCpuMicrosecondsPerRequest: (upstream.cpuMicroseconds() - upstreamBefore) / requests,
  };
}

function summarize(
  server: ServerName,
  samples: readonly QuerySample[],
  base: readonly QuerySample[] | undefined,
): QueryResult {
  const middle = (field: keyof QuerySample) => median(samples.map((sample) => sample[field]));
  const ratios = base?.map(
    (sample, round) =>
      (samples[round]?.cpuMicrosecondsPerRequest ?? NaN) / sample.cpuMicrosecondsPerRequest,
  );
  return {
    server,
    ratioToAggregator: ratios ? median(ratios) : null,
    cpuMicrosecondsPerRequest: middle('cpuMicrosecondsPerRequest'),
    requestsPerSecond: middle('requestsPerSecond'),
    p50Ms: middle('p50Ms'),
    p99Ms: middle('p99Ms'),
    rssKib: middle('rssKib'),
    loadCpuMicrosecondsPerRequest: middle('loadCpuMicrosecondsPerRequest'),
    upstreamCpuMicrosecondsPerRequest: middle('upstreamCpuMicrosecondsPerRequest'),
    samples,
  };
}

/** The results as a table. */
export const queryRows = (results: readonly QueryResult[]): Rows =>
  results.map((result) => ({
    server: result.server,
    'CPU µs/request': result.cpuMicrosecondsPerRequest.toFixed(0),
    'to the aggregator': result.ratioToAggregator?.toFixed(2) ?? '',
    'requests/s': result.requestsPerSecond.toFixed(0),
    'p50 ms': result.p50Ms.toFixed(1),
    'p99 ms': result.p99Ms.toFixed(1),
    'RSS MiB': (result.rssKib / 1024).toFixed(0),
    'load CPU µs/request': result.loadCpuMicrosecondsPerRequest.toFixed(0),
    'upstream CPU µs/request': result.upstreamCpuMicrosecondsPerRequest.toFixed(0),
  }));

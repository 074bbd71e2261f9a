// What the gateway does when twice as much is asked of it as it can serve. Needs nothing from
// bench/node_modules, and on Linux a core each for the gateway and for the load. As a program:
//   node overload.ts [--cli <path>] [--rounds <n>] [--connections <n>] [--setting <name>=<value>]...
import { parseArgs } from 'node:util';
import type { OfferedLoadCommands, OpenLoopReport } from './offered-load.ts';
import { upstreamCommand, type UpstreamUrls } from './servers.ts';
import { startGateway, type GatewayOptions } from './support/gateway-process.ts';
import { startServer, type ServerProcess } from './support/server-process.ts';
import { markdownTable, type Rows } from './support/table.ts';
import { startWorker, type Worker } from './support/worker.ts';

/** How the overload benchmark runs. */
export interface OverloadOptions extends GatewayOptions {
  readonly rounds: number;
  /** Over which too much is offered. */
  readonly connections: number;
  /** How much of the best rate is offered in the overload, and after it. */
  readonly overload?: number;
  readonly afterwards?: number;
  readonly settings?: Readonly<Record<string, string>>;
}

/** One round: the best rate three times, with a control and the overload between. */
export interface OverloadResult {
  /** Requests a second, all of them served: the mean of before and after the overload. */
  readonly bestRate: number;
  /** All three: what lies between is compared with what the machine gave then, not at its best. */
  readonly bestRates: readonly [first: number, before: number, after: number];
  /**
   * The best rate once more, for as long as the overload lasts, of the mean of its neighbours. It differs
   * from 1 by the machine alone, whose changing is in the share of the overload as well. What more the
   * load generator does in an overload is not in it.
   */
  readonly controlShare: number;
  readonly overload: OpenLoopReport;
  /** What was served in the overload, of the best rate. */
  readonly goodputShare: number;
  /**
   * Cores that the gateway had, at its best and in the overload. Twice the load takes twice the time of
   * the load generator: where that needs the gateway's core, the share says more about the machine.
   */
  readonly cores: readonly [best: number, overload: number];
  /** The lowest and the highest of a second, of the best rate. The first second, before it sheds, is not counted. */
  readonly goodputRange: readonly [number, number];
  /** Statuses of the health addresses that were seen during the overload. */
  readonly ready: readonly number[];
  readonly live: readonly number[];
  /** The longest that a health address took to answer. */
  readonly slowestHealthMs: number;
  readonly afterwards: OpenLoopReport;
  /** From the end of the overload until everything was served, and `/health/ready` was 200, again. */
  readonly recoverySeconds: number;
}

const warmUpMs = 6_000;
const closedLoopMs = 4_000;
const overloadMs = 15_000;
const afterwardsMs = 8_000;

/** Of the closed loop: it serves as much with half of them, and with twice as many. */
const closedLoop = 64;

/**
 * Of the open loop: so many that the load is there whatever the gateway does. With thousands more the
 * loopback interface drops packets (softnet_stat), and what is measured is also how long TCP waits to
 * send them again.
 */
const usualConnections = 1_000;
const healthIntervalMs = 250;

/** Runs the benchmark. */
export async function benchOverload({
  rounds,
  connections,
  overload = 2,
  afterwards = 0.25,
  settings = {},
  ...gatewayOptions
}: OverloadOptions): Promise<OverloadResult[]> {
  await using upstream = await startServer(upstreamCommand);
  const { adm, pace } = JSON.parse(upstream.url) as UpstreamUrls;
  const environment = { ADM_URL: adm, PACE_URL: pace, ...settings };
  await using gateway = await startGateway(gatewayOptions, environment);
  await using load = startWorker<OfferedLoadCommands>('offered-load.ts');
  await load.ask('closed', { url: gateway.url, connections: closedLoop, durationMs: warmUpMs });
  const results: OverloadResult[] = [];
  for (let round = 0; round < rounds; round++) {
    results.push(await runRound(gateway, load, { connections, overload, afterwards }));
  }
  return results;
}

/** Requests a second, and the cores that the gateway had, when it is always asked for as many things at once. */
async function measureRate(
  gateway: ServerProcess,
  load: Worker<OfferedLoadCommands>,
  durationMs = closedLoopMs,
): Promise<{ rate: number; cores: number }> {
  const cores = watchCores(gateway);
  const { url } = gateway;
  const rate = await load.ask('closed', { url, connections: closedLoop, durationMs });
  return { rate, cores: cores() };
}

interface RoundOptions {
  readonly connections: number;
  readonly overload: number;
  readonly afterwards: number;
}

async function runRound(
  gateway: ServerProcess,
  load: Worker<OfferedLoadCommands>,
  { connections, overload, afterwards }: RoundOptions,
): Promise<OverloadResult> {
  const { url } = gateway;
  const first = await measureRate(gateway, load);
  const control = await measureRate(gateway, load, overloadMs);
  const before = await measureRate(gateway, load);
  const offer = (part: number, durationMs: number) =>
    load.ask('open', { url, requestsPerSecond: before.rate * part, durationMs, connections });

  const health = watchHealth(url);
  const overloadCores = watchCores(gateway);
  const much = await offer(overload, overloadMs);
  const cores = [before.cores, overloadCores()] as const;
  const during = health.soFar();
  const endedAt = performance.now();
  const little = await offer(afterwards, afterwardsMs);
  const { notReadyAt } = await health.stop();
  const after = await measureRate(gateway, load);

  const bestRate = mean([before.rate, after.rate]);
  const shares = much.servedInSecond.slice(1).map((served) => served / bestRate);
  const recoveryMs = Math.max(little.lastRefusalMs, notReadyAt - endedAt, 0);
  return {
    bestRate,
    bestRates: [first.rate, before.rate, after.rate],
    controlShare: control.rate / mean([first.rate, before.rate]),
    overload: much,
    goodputShare: much.servedPerSecond / bestRate,
    cores,
    goodputRange: [Math.min(...shares), Math.max(...shares)],
    ...during,
    afterwards: little,
    recoverySeconds: recoveryMs / 1000,
  };
}

/** Tells how many cores a process has had since then. */
function watchCores(process: ServerProcess): () => number {
  const cpuBefore = process.cpuMicroseconds();
  const startedAt = performance.now();
  return () => (process.cpuMicroseconds() - cpuBefore) / 1000 / (performance.now() - startedAt);
}

/** Asks for both health addresses again and again. */
function watchHealth(url: string) {
  const ready = new Set<number>();
  const live = new Set<number>();
  let slowestHealthMs = 0;
  let notReadyAt = 0;
  const look = async (): Promise<void> => {
    const startedAt = performance.now();
    const [one, other] = await Promise.all(
      ['/health/ready', '/health/live'].map((path) => fetch(new URL(path, url))),
    );
    await Promise.all([one?.text(), other?.text()]);
    const now = performance.now();
    slowestHealthMs = Math.max(slowestHealthMs, now - startedAt);
    ready.add(one?.status ?? 0);
    live.add(other?.status ?? 0);
    if (one?.status !== 200) notReadyAt = now;
  };
  let looking = Promise.resolve();
  const timer = setInterval(() => {
    looking = looking.then(look);
  }, healthIntervalMs);
  return {
    soFar: () => ({ ready: [...ready], live: [...live], slowestHealthMs }),
    async stop() {
      clearInterval(timer);
      await looking;
      return { notReadyAt };
    },
  };
}

/** The results as rows of a table. */
export const overloadRows = (results: readonly OverloadResult[]): Rows =>
  results.map(({ bestRate, bestRates, overload, goodputRange: [least, most], ...result }) => ({
    'best rate/s, three times': bestRates.map((rate) => rate.toFixed(0)).join(', '),
    'offered/s': (overload.sentPerSecond + overload.unsentPerSecond).toFixed(0),
    'of the best, offered': percent((overload.sentPerSecond + overload.unsentPerSecond) / bestRate),
    'of it sent': percent(
      overload.sentPerSecond / (overload.sentPerSecond + overload.unsentPerSecond),
    ),
    'served/s': overload.servedPerSecond.toFixed(0),
    'of the best, served': percent(result.goodputShare),
    'without overload': percent(result.controlShare),
    'cores at best, in overload': result.cores.map((cores) => cores.toFixed(2)).join(', '),
    'worst to best second': `${percent(least)} to ${percent(most)}`,
    'in part/s': overload.partialPerSecond.toFixed(0),
    'served p50/p99 ms': pair(overload.servedP50Ms, overload.servedP99Ms),
    'refused p50/p99 ms': pair(overload.refusedP50Ms, overload.refusedP99Ms),
    'live, ready': `${result.live.join()}, ${result.ready.join()}`,
    'slowest health ms': result.slowestHealthMs.toFixed(0),
    'recovery s': result.recoverySeconds.toFixed(1),
    'p99 ms afterwards': result.afterwards.servedP99Ms.toFixed(1),
  }));

/** What all rounds say together. */
export function overloadSummary(results: readonly OverloadResult[]): string {
  const tell = (shares: readonly number[]): string => {
    const error = shares.length > 1 ? ` ± ${percent(standardError(shares))} (standard error)` : '';
    return `${percent(mean(shares))}${error} of the best rate, at least ${percent(Math.min(...shares))}`;
  };
  return [
    `In overload: ${tell(results.map(({ goodputShare }) => goodputShare))}`,
    `Without: ${tell(results.map(({ controlShare }) => controlShare))}`,
  ].join('\n');
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Of the mean of these, of which there are two at least. */
function standardError(values: readonly number[]): number {
  const middle = mean(values);
  const squares = values.map((value) => (value - middle) ** 2);
  return Math.sqrt(mean(squares) / (values.length - 1));
}

const percent = (part: number): string => `${(part * 100).toFixed(0)} %`;
const pair = (one: number, other: number): string => `${one.toFixed(0)} / ${other.toFixed(0)}`;

if (import.meta.main) {
  const { cli, rounds, connections, setting } = parseArgs({
    options: {
      cli: { type: 'string' },
      rounds: { type: 'string', default: '9' },
      connections: { type: 'string', default: String(usualConnections) },
      setting: { type: 'string', multiple: true, default: [] },
    },
  }).values;
  const results = await benchOverload({
    rounds: Number(rounds),
    connections: Number(connections),
    settings: Object.fromEntries(setting.map((text) => text.split('=', 2) as [string, string])),
    ...(cli !== undefined && { gatewayCli: cli }),
  });
  process.stdout.write(`${markdownTable(overloadRows(results))}\n${overloadSummary(results)}\n`);
}

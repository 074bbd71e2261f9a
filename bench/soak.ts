// Asks the gateway short queries and subscribes and leaves in every way there is, for as long as it
// takes, and then looks for what has not been let go of. Exits with 1 when there is something. Needs
// nothing from bench/node_modules, and Linux. As a program:
//   node soak.ts [--cli <path>] [--requests <n>] [--cycles <n>]
import { parseArgs } from 'node:util';
import type { PaceCommands } from './pace-server.ts';
import { upstreamCommand, type UpstreamUrls } from './servers.ts';
import type { GatewayOptions } from './support/gateway-process.ts';
import { runLoad } from './support/load-process.ts';
import type { PinSetClient } from './support/pin-set-client.ts';
import type { ProbeReport } from './support/probe.ts';
import { startProbedGateway, type ProbedGateway } from './support/probed-gateway.ts';
import { startServer } from './support/server-process.ts';
import { runCycles } from './support/subscription-cycles.ts';
import { markdownTable, type Rows } from './support/table.ts';
import { waitUntil } from './support/wait-until.ts';
import { startWorker, type Worker } from './support/worker.ts';

/** How much is asked for. */
export interface SoakOptions extends GatewayOptions {
  readonly requests: number;
  readonly cycles: number;
  /** How much more of the heap may be alive afterwards. */
  readonly heapGrowthKib: number;
}

/** One figure, before and after. */
export interface SoakFigure {
  readonly name: string;
  readonly before: number;
  readonly after: number;
  /** How much more there may be afterwards; null where it only informs. */
  readonly allowedGrowth: number | null;
}

const connections = 32;

/** What has been read and compiled, and every pool that has been opened, is no leak. */
const warmUp = { requests: 20_000, cycles: 400 };

/** A mute client is found out by the second ping, after 30 seconds at the most. */
const settleMs = 60_000;

interface Stage {
  readonly gateway: ProbedGateway;
  readonly pace: Worker<PaceCommands>;
  /** How many it has open that nobody has asked for anything. */
  readonly idleDescriptors: number;
}

interface Snapshot extends ProbeReport {
  readonly descriptors: number;
  readonly rssKib: number;
  readonly openPolls: number;
  readonly paceConnections: number;
}

/** Runs it. Rejects when an answer was not whole, or a subscriber was not told. */
export async function soak(options: SoakOptions): Promise<SoakFigure[]> {
  await using upstream = await startServer({ ...upstreamCommand, env: { KEEP_ALIVE_MS: '2000' } });
  await using pace = startWorker<PaceCommands>('pace-server.ts');
  await using gateway = await startProbedGateway(options, {
    ADM_URL: (JSON.parse(upstream.url) as UpstreamUrls).adm,
    PACE_URL: (await pace.ask('address')).url,
    PACE_POLL_SECONDS: '10',
  });
  const stage = { gateway, pace, idleDescriptors: gateway.process.descriptors() };
  let firstUser = 0;
  const run = async (requests: number, cycles: number): Promise<PinSetClient[]> => {
    const { url } = gateway.process;
    const setPin = (credential: string) => pace.ask('set', credential);
    const [mute] = await Promise.all([
      runCycles({ url, cycles, firstUser, setPin }),
      runLoad({ url, connections, requests, firstUser }),
    ]);
    firstUser += Math.max(requests, cycles);
    return mute;
  };

  const { requests, cycles, heapGrowthKib } = options;
  letGo(await run(Math.min(warmUp.requests, requests), Math.min(warmUp.cycles, cycles)));
  await settle(stage);
  const before = await look(stage);
  const mute = await run(requests, cycles);
  await settle(stage);
  letGo(mute);
  return compare(before, await look(stage), heapGrowthKib);
}

const letGo = (clients: readonly PinSetClient[]): void =>
  clients.forEach((client) => client.destroy());

/** Returns when nothing is under way any more. What then is left will stay, and the table tells. */
async function settle({ gateway, pace, idleDescriptors }: Stage): Promise<void> {
  const isIdle = async (): Promise<boolean> => {
    const { openPolls, connections: paceConnections } = await pace.ask('counts');
    const descriptors = gateway.process.descriptors();
    return openPolls === 0 && paceConnections === 0 && descriptors <= idleDescriptors;
  };
  await waitUntil('an idle gateway', settleMs, isIdle).catch(() => undefined);
}

async function look({ gateway, pace }: Stage): Promise<Snapshot> {
  const { openPolls, connections: paceConnections } = await pace.ask('counts');
  const descriptors = gateway.process.descriptors(); // the probe needs one itself
  const report = await gateway.probe();
  const rssKib = gateway.process.rssKib();
  return { ...report, descriptors, rssKib, openPolls, paceConnections };
}

function compare(before: Snapshot, after: Snapshot, heapGrowthKib: number): SoakFigure[] {
  const kinds = [...new Set([...Object.keys(before.resources), ...Object.keys(after.resources)])];
  const figure = (
    name: string,
    of: (snapshot: Snapshot) => number,
    allowedGrowth: number | null = 0,
  ): SoakFigure => ({ name, before: of(before), after: of(after), allowedGrowth });
  return [
    figure('heap after GC, KiB', ({ heapKib }) => heapKib, heapGrowthKib),
    figure('resident memory, KiB', ({ rssKib }) => rssKib, null),
    figure('file descriptors', ({ descriptors }) => descriptors),
    ...kinds.map((kind) => figure(kind, ({ resources }) => resources[kind] ?? 0)),
    figure('warnings (listeners)', ({ warnings }) => warnings.length),
    figure('upstream polls', ({ openPolls }) => openPolls),
    figure('connections to PACE', ({ paceConnections }) => paceConnections),
  ];
}

/** Tells whether there is more of something than there may be. */
export const hasGrown = ({ before, after, allowedGrowth }: SoakFigure): boolean =>
  allowedGrowth !== null && after - before > allowedGrowth;

const soakRows = (figures: readonly SoakFigure[]): Rows =>
  figures.map((figure) => ({
    figure: figure.name,
    before: String(figure.before),
    after: String(figure.after),
    'may grow by': figure.allowedGrowth === null ? 'anything' : String(figure.allowedGrowth),
    verdict: hasGrown(figure) ? 'HAS GROWN' : 'ok',
  }));

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      cli: { type: 'string' },
      requests: { type: 'string', default: '1000000' },
      cycles: { type: 'string', default: '10000' },
    },
  });
  const startedAt = performance.now();
  const figures = await soak({
    requests: Number(values.requests),
    cycles: Number(values.cycles),
    heapGrowthKib: 4 * 1024,
    ...(values.cli !== undefined && { gatewayCli: values.cli }),
  });
  const minutes = ((performance.now() - startedAt) / 60_000).toFixed(1);
  process.stdout.write(
    `${values.requests} requests and ${values.cycles} subscriptions, ${minutes} minutes\n\n` +
      markdownTable(soakRows(figures)),
  );
  process.exitCode = figures.some(hasGrown) ? 1 : 0;
}

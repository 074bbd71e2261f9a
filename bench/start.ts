// How long the gateway takes to start, and what it needs when it has nothing to do. Needs nothing from
// bench/node_modules. As a program:
//   node start.ts [--cli <path>]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { gatewayCommand, startGateway, type GatewayOptions } from './support/gateway-process.ts';
import { median } from './support/median.ts';
import { markdownTable, type Rows } from './support/table.ts';

/** How the start benchmark runs. */
export interface StartOptions extends GatewayOptions {
  /** Starts that count, the first of all apart. */
  readonly starts?: number;
}

/** One start. */
export interface StartSample {
  /** From the start of the process to the line that says where it listens. */
  readonly readyMs: number;
  /** Resident memory, in KiB, of a gateway that nobody has asked for anything. */
  readonly idleRssKib: number;
}

/** The medians of all starts but the first, whose code is not in Node's compile cache yet. */
export interface StartResult extends StartSample {
  readonly first: StartSample;
  readonly samples: readonly StartSample[];
}

/** How long after its start the gateway is taken to be idle. */
const idleAfterMs = 3_000;

/** Nobody listens there: starting asks no provider for anything. */
const providerUrl = 'http://127.0.0.1:9';

/** Starts the gateway again and again, for all three providers. */
export async function benchStart({
  starts = 10,
  ...gatewayOptions
}: StartOptions = {}): Promise<StartResult> {
  // Node keeps its compile cache below the folder for temporary files: a new one is without it.
  const folder = await mkdtemp(join(tmpdir(), 'pin-gateway-bench-'));
  const env = {
    TMPDIR: folder,
    ADM_URL: providerUrl,
    PACE_URL: providerUrl,
    PIMS_URL: providerUrl,
  };
  try {
    const first = await measure(gatewayOptions, env);
    await startAndStop(gatewayOptions, env);
    const samples: StartSample[] = [];
    for (let start = 0; start < starts; start++) samples.push(await measure(gatewayOptions, env));
    return {
      first,
      readyMs: median(samples.map(({ readyMs }) => readyMs)),
      idleRssKib: median(samples.map(({ idleRssKib }) => idleRssKib)),
      samples,
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

type Env = Readonly<Record<string, string>>;

async function measure(options: GatewayOptions, env: Env): Promise<StartSample> {
  await using gateway = await startGateway(options, env);
  await sleep(idleAfterMs);
  return { readyMs: gateway.readyMs, idleRssKib: gateway.rssKib() };
}

/** Node writes its compile cache when a process ends by itself, which measured ones do not. */
async function startAndStop(options: GatewayOptions, env: Env): Promise<void> {
  const { args, env: settings } = gatewayCommand(options, env);
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env['PATH'], NODE_ENV: 'production', ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data'); // it listens
  child.kill('SIGTERM');
  await once(child, 'exit');
}

/** The result as rows of a table. */
export const startRows = (result: StartResult): Rows =>
  [
    { start: 'first', ...result.first },
    { start: `median of ${result.samples.length} more`, ...result },
  ].map(({ start, readyMs, idleRssKib }) => ({
    start,
    'ready after ms': readyMs.toFixed(0),
    'idle RSS MiB': (idleRssKib / 1024).toFixed(1),
  }));

if (import.meta.main) {
  const { cli } = parseArgs({ options: { cli: { type: 'string' } } }).values;
  const result = await benchStart(cli === undefined ? {} : { gatewayCli: cli });
  process.stdout.write(markdownTable(startRows(result)));
}

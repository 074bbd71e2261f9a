// What a `pinSet` subscription costs the gateway while its PIN is waited for, when it is set and when
// its client goes. Needs nothing from bench/node_modules. As a program:
//   node subscriptions.ts [--cli <path>] [--subscriptions <n>] [--node-arg=<option>]... [a b ...]
import { parseArgs } from 'node:util';
import type { Transport } from './herd.ts';
import type { PaceServerOptions } from './pace-server.ts';
import type { GatewayOptions } from './support/gateway-process.ts';
import {
  hold,
  leaveAll,
  singleEvents,
  storm,
  type Baseline,
  type HeldResult,
  type LatencyResult,
  type LeaveResult,
  type StormResult,
} from './support/subscription-phases.ts';
import { credentialsOf, SubscriptionRig } from './support/subscription-rig.ts';
import { markdownTable, type Rows } from './support/table.ts';

/** One of the situations that are measured. */
export interface Scenario {
  readonly transport: Transport;
  /** `shared`: all clients are the same user, so that one poll serves them all. */
  readonly credentials: 'own' | 'shared';
  /** How PACE is reached; https is HTTP/2 where the gateway can. */
  readonly scheme: PaceServerOptions['scheme'];
  readonly subscriptions: number;
  /** What is done, in the order of the results. */
  readonly phases: readonly ('hold' | 'single events' | 'storm' | 'leave')[];
}

const webSocket = { transport: 'websocket', credentials: 'own' } as const;

/** All of them. */
export const scenarios = {
  a: { ...webSocket, scheme: 'http', subscriptions: 5_000, phases: ['hold', 'storm'] },
  b: { ...webSocket, scheme: 'https', subscriptions: 10_000, phases: ['hold', 'leave'] },
  c: {
    transport: 'websocket',
    credentials: 'shared',
    scheme: 'http',
    subscriptions: 10_000,
    phases: ['hold', 'storm'],
  },
  d: {
    transport: 'sse',
    credentials: 'own',
    scheme: 'http',
    subscriptions: 4_000,
    phases: ['hold', 'storm'],
  },
  e: { ...webSocket, scheme: 'http', subscriptions: 650, phases: ['single events'] },
  f: { ...webSocket, scheme: 'https', subscriptions: 650, phases: ['single events'] },
  g: { ...webSocket, scheme: 'https', subscriptions: 5_000, phases: ['hold', 'storm'] },
} as const satisfies Record<string, Scenario>;

/** The name of a scenario. */
export type ScenarioName = keyof typeof scenarios;

/** How the subscription benchmark runs. */
export interface SubscriptionOptions extends GatewayOptions {
  /** By default all of them. */
  readonly scenarios?: readonly ScenarioName[];
  /** Instead of the number that the scenario has. */
  readonly subscriptions?: number;
}

/** The figures of one scenario; null where it has no such phase. */
export interface SubscriptionResult {
  readonly name: ScenarioName;
  readonly scenario: Scenario;
  readonly baseline: Baseline;
  readonly held: HeldResult | null;
  readonly singleEvents: LatencyResult | null;
  readonly storm: StormResult | null;
  readonly left: LeaveResult | null;
}

/** PINs set one by one; the other subscriptions of the scenario are idle behind them. */
const singleEventCount = 150;

/** Runs the scenarios, one after the other, each with a gateway of its own. */
export async function benchSubscriptions({
  scenarios: names = Object.keys(scenarios) as ScenarioName[],
  subscriptions,
  ...gatewayOptions
}: SubscriptionOptions = {}): Promise<SubscriptionResult[]> {
  const results: SubscriptionResult[] = [];
  for (const name of names) {
    const scenario = { ...scenarios[name], ...(subscriptions !== undefined && { subscriptions }) };
    results.push({ name, scenario, ...(await run(scenario, gatewayOptions)) });
  }
  return results;
}

async function run(
  { transport, credentials: whose, scheme, subscriptions, phases }: Scenario,
  gatewayOptions: GatewayOptions,
): Promise<Omit<SubscriptionResult, 'name' | 'scenario'>> {
  await using rig = await SubscriptionRig.start(transport, { scheme }, gatewayOptions);
  const { gateway } = rig;
  const baseline = { rssKib: gateway.rssKib(), descriptors: gateway.descriptors() };
  const credentials =
    whose === 'own'
      ? credentialsOf('user', subscriptions)
      : new Array<string>(subscriptions).fill('Bearer user');
  await rig.subscribe(credentials);
  const has = (phase: Scenario['phases'][number]) => phases.includes(phase);
  return {
    baseline,
    held: has('hold') ? await hold(rig, baseline, credentials) : null,
    singleEvents: has('single events')
      ? await singleEvents(rig, credentials, singleEventCount)
      : null,
    storm: has('storm') ? await storm(rig, credentials) : null,
    left: has('leave') ? await leaveAll(rig, baseline) : null,
  };
}

/** The results as rows of a table. */
export const subscriptionRows = (results: readonly SubscriptionResult[]): Rows =>
  results.map(({ name, scenario, held, singleEvents, storm, left }) => ({
    scenario: `${name}: ${describe(scenario)}`,
    'polls open': held?.openPolls.toString() ?? '',
    'KiB RSS each': held?.rssKibPerSubscription.toFixed(1) ?? '',
    'CPU µs/poll': held?.cpuMicrosecondsPerPoll?.toFixed(0) ?? '',
    'idle CPU %': held?.cpuPercentOfCore.toFixed(1) ?? '',
    'single event p50/p99 ms': singleEvents
      ? `${singleEvents.p50Ms.toFixed(2)} / ${singleEvents.p99Ms.toFixed(2)}`
      : '',
    'storm p50/p99/slowest ms': storm
      ? [storm.p50Ms, storm.p99Ms, storm.slowestMs].map((ms) => ms.toFixed(0)).join(' / ')
      : '',
    'storm in all ms': storm?.totalMs.toFixed(0) ?? '',
    'CPU µs/event': storm?.cpuMicrosecondsPerEvent.toFixed(0) ?? '',
    'after leaving': left
      ? `${left.pollsEndSeconds.toFixed(1)} s to no polls, ${left.sessionsLost} sessions lost, ` +
        `${(left.rssKibOverBaseline / 1024).toFixed(0)} MiB and ` +
        `${left.descriptorsOverBaseline} descriptors more`
      : '',
  }));

const describe = ({ transport, credentials, scheme, subscriptions }: Scenario): string =>
  `${subscriptions} ${transport}, ${credentials} credentials, ${scheme}`;

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      cli: { type: 'string' },
      subscriptions: { type: 'string' },
      'node-arg': { type: 'string', multiple: true, default: [] },
    },
  });
  const results = await benchSubscriptions({
    nodeArgs: values['node-arg'],
    ...(values.cli !== undefined && { gatewayCli: values.cli }),
    ...(values.subscriptions !== undefined && { subscriptions: Number(values.subscriptions) }),
    ...(positionals.length > 0 && { scenarios: positionals.map(toScenarioName) }),
  });
  process.stdout.write(markdownTable(subscriptionRows(results)));
}

function toScenarioName(text: string): ScenarioName {
  if (text in scenarios) return text as ScenarioName;
  throw new Error(`no scenario ${text}: they are ${Object.keys(scenarios).join(', ')}`);
}

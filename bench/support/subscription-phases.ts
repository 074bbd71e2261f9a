import { setTimeout as sleep } from 'node:timers/promises';
import { epochMs } from './clock.ts';
import { median } from './median.ts';
import { percentile } from './percentile.ts';
import { pollSeconds, type SubscriptionRig } from './subscription-rig.ts';

/** The gateway with nobody subscribed. */
export interface Baseline {
  readonly rssKib: number;
  readonly descriptors: number;
}

/** What it takes to hold the subscriptions while nothing happens. */
export interface HeldResult {
  /** Resident memory over the baseline. Nobody forces a garbage collection. */
  readonly rssKibPerSubscription: number;
  readonly rssKib: number;
  readonly descriptors: number;
  readonly openPolls: number;
  /** Connections between the gateway and PACE. */
  readonly upstreamConnections: number;
  /**
   * CPU time of the gateway for each poll that is over and begun again, pings included; null when
   * the polls are too few to be what the time is spent on.
   */
  readonly cpuMicrosecondsPerPoll: number | null;
  readonly cpuPercentOfCore: number;
}

/** Every PIN is set at once. */
export interface StormResult {
  readonly events: number;
  /** From PACE writing a user's answer to the client having it. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly slowestMs: number;
  /** From the first PIN being set to the last client having its event. */
  readonly totalMs: number;
  readonly cpuMicrosecondsPerEvent: number;
}

/** One PIN after the other is set. From PACE writing the answer to the client having it. */
export interface LatencyResult {
  readonly events: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Every client goes at once. */
export interface LeaveResult {
  /** Until PACE held no poll any more. */
  readonly pollsEndSeconds: number;
  /** HTTP/2 sessions that broke over it. */
  readonly sessionsLost: number;
  /** When all has settled, over the baseline. */
  readonly rssKibOverBaseline: number;
  readonly descriptorsOverBaseline: number;
}

/** Between two looks at the memory, which goes up and down with the garbage. */
const rssIntervalMs = 500;

/** How long the gateway has to settle when the last poll has ended. */
const settleMs = 20_000;

/** Between two single events. */
const eventIntervalMs = 20;

/** Measures one round of polls, after a round for everything to settle. */
export async function hold(
  rig: SubscriptionRig,
  baseline: Baseline,
  credentials: readonly string[],
): Promise<HeldResult> {
  const { gateway } = rig;
  const windowMs = pollSeconds * 1000;
  await sleep(windowMs * 1.2);
  const rssSamples: number[] = [];
  const watch = setInterval(() => rssSamples.push(gateway.rssKib()), rssIntervalMs);
  const before = await rig.counts();
  const cpuBefore = gateway.cpuMicroseconds();
  await sleep(windowMs);
  const cpuMicroseconds = gateway.cpuMicroseconds() - cpuBefore;
  const after = await rig.counts();
  clearInterval(watch);
  await rig.report();
  const rssKib = median(rssSamples);
  const polls = after.totalPolls - before.totalPolls;
  return {
    rssKibPerSubscription: (rssKib - baseline.rssKib) / credentials.length,
    rssKib,
    descriptors: gateway.descriptors(),
    openPolls: after.openPolls,
    upstreamConnections: after.connections,
    cpuMicrosecondsPerPoll: polls >= credentials.length / 2 ? cpuMicroseconds / polls : null,
    cpuPercentOfCore: cpuMicroseconds / (windowMs * 10),
  };
}

/** Sets every PIN at once. */
export async function storm(
  rig: SubscriptionRig,
  credentials: readonly string[],
): Promise<StormResult> {
  const cpuBefore = rig.gateway.cpuMicroseconds();
  const setAt = epochMs();
  await rig.pace.ask('setAll', [...new Set(credentials)]);
  await rig.allTold(credentials.length);
  const cpuMicroseconds = rig.gateway.cpuMicroseconds() - cpuBefore;
  const receivedAt = await rig.herd.ask('receivedAt');
  const latenciesMs = await latencies(rig, credentials, receivedAt);
  return {
    events: credentials.length,
    p50Ms: percentile(latenciesMs, 0.5),
    p99Ms: percentile(latenciesMs, 0.99),
    slowestMs: percentile(latenciesMs, 1),
    totalMs: percentile([...receivedAt], 1) - setAt,
    cpuMicrosecondsPerEvent: cpuMicroseconds / credentials.length,
  };
}

/** Sets the PINs of the first `events` users, one after the other. */
export async function singleEvents(
  rig: SubscriptionRig,
  credentials: readonly string[],
  events: number,
): Promise<LatencyResult> {
  const told = credentials.slice(0, events);
  for (const credential of told) {
    await rig.pace.ask('set', credential);
    await sleep(eventIntervalMs);
  }
  await rig.allTold(events);
  const latenciesMs = await latencies(rig, told, await rig.herd.ask('receivedAt'));
  return { events, p50Ms: percentile(latenciesMs, 0.5), p99Ms: percentile(latenciesMs, 0.99) };
}

/** Has every client go at once. */
export async function leaveAll(rig: SubscriptionRig, baseline: Baseline): Promise<LeaveResult> {
  const before = await rig.counts();
  const leftAt = performance.now();
  await rig.herd.ask('destroy');
  await rig.noPolls(120_000);
  const pollsEndSeconds = (performance.now() - leftAt) / 1000;
  await sleep(settleMs);
  const after = await rig.counts();
  return {
    pollsEndSeconds,
    sessionsLost: after.sessionsLost - before.sessionsLost,
    rssKibOverBaseline: rig.gateway.rssKib() - baseline.rssKib,
    descriptorsOverBaseline: rig.gateway.descriptors() - baseline.descriptors,
  };
}

async function latencies(
  rig: SubscriptionRig,
  credentials: readonly string[],
  receivedAt: Float64Array,
): Promise<number[]> {
  const answeredAt = await rig.pace.ask('answeredAt');
  return credentials.map(
    (credential, index) => (receivedAt[index] ?? NaN) - (answeredAt.get(credential) ?? NaN),
  );
}

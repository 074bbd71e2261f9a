import { performance } from 'node:perf_hooks';
import type { Log } from '../observe/log.ts';

/** Counts the operations that are under way: what costs time, and is not told to wait. */
export interface Load {
  begin(): void;
  end(): void;
}

/** Decides what may still begin when there is more to do than one process can. */
export interface LoadShedding extends Load {
  /** True from when it begins to refuse until it has had nothing to refuse for a while. */
  readonly isShedding: boolean;
  /** Says whether one more request, upgrade or operation may begin. */
  admits(): boolean;
  close(): void;
}

/** How it decides. */
export interface LoadSheddingOptions {
  /** A turn of the event loop may take as long as this, whoever made it so long. */
  readonly maxEventLoopDelayMs: number;
  /** With more operations than this under way, subscriptions apart, it may take a part of that. */
  readonly maxBusyOperations: number;
  readonly log: Log;
}

/** Between two looks at the event loop. */
const intervalMs = 50;

/** So many looks in a row have to find too much: a garbage collection, or a crowd's arrival, is not that long. */
const patience = 8;

/** One turn, however long, counts as this many of the longest at most: what blocks once is not load. */
const longestCounted = 2;

/**
 * In a busy process so many are enough, with none between that finds short turns, and shorter turns are
 * too long: it is likely to be load that makes them so.
 */
const busyPatience = 3;
const busyPart = 0.2;

/**
 * While more than a thousand sockets are ready at a time, libuv goes on with them for many rounds of one
 * turn: with thousands of busy clients for seconds. No timer fires meanwhile, so whoever asks to be admitted
 * looks as well, each time that the longest turn is over again, but no sooner than this.
 */
const leastWithinMs = 2 * intervalMs;

/** The part that is aimed at while load is shed. With longer turns, and more under way, less is served. */
const aimedPart = 0.05;

/** No less than this is aimed at, whatever the longest is: other things than load make turns as long. */
const shortestAimMs = 5;

/** So many may always be under way: with fewer the process would wait for providers, and refuse. */
const fewestUnderWay = 16;

/** How much of the new there is in the average of the turns' lengths. */
const newPart = 0.3;

/** How the number of operations that may be under way changes from look to look. */
const fewer = 0.93;
const more = 1.03;

/** So long nothing must have been refused before it is over. */
const calmMs = 1_500;

/**
 * Looks how long the turns of the event loop are: all that has come in a turn waits for the next. When
 * they stay too long it lets no more begin than end, with so much under way that the turns are short
 * again. While operations only wait, because a provider hangs, the turns are short whatever their number.
 *
 * Deciding costs a comparison and a look at the clock. Node has the measures; the libraries for it are for
 * one framework, or know only how late a timer is, which says little until it is far too late.
 */
export function createLoadShedding(
  options: LoadSheddingOptions,
  turns: TurnLength = new MeasuredTurns(),
): LoadShedding {
  const { maxEventLoopDelayMs, maxBusyOperations, log } = options;
  const withinMs = Math.max(leastWithinMs, maxEventLoopDelayMs);
  let isShedding = false;
  let underWay = 0;
  let longLooks = 0;
  let longBusyLooks = 0;

  /** By the timer, and by whoever: with so many of the latter since, in one turn. */
  let timerLookedAt = performance.now();
  let lookedAt = timerLookedAt;
  let looksWithin = 0;
  let busyLooksWithin = 0;

  /** Of the turns, smoothed. */
  let averageMs = 0;

  /** While it sheds: how many may be under way. */
  let limit = maxBusyOperations;
  let refused = 0;
  let refusedBefore = 0;
  let begunAt = 0;
  let calmSince = 0;

  function look(): void {
    const now = performance.now();
    timerLookedAt = lookedAt = now;
    looksWithin = busyLooksWithin = 0;
    const turnMs = turns.measure();
    const countedMs = Math.min(turnMs, longestCounted * maxEventLoopDelayMs);
    averageMs += (countedMs - averageMs) * newPart;
    if (isShedding) {
      adapt(averageMs);
      endIfCalm(now);
      return;
    }
    longLooks = averageMs > maxEventLoopDelayMs ? longLooks + 1 : 0;
    if (turnMs <= maxEventLoopDelayMs * busyPart) longBusyLooks = 0;
    else if (underWay > maxBusyOperations) longBusyLooks++;
    if (longLooks >= patience || longBusyLooks >= busyPatience) begin(now, turnMs);
  }

  /** Within a turn that goes on; a single stall, however long, is one look. */
  function lookWithin(now: number): void {
    lookedAt = now;
    looksWithin++;
    if (underWay > maxBusyOperations) busyLooksWithin++;
    const isLoad = looksWithin >= patience || busyLooksWithin >= busyPatience;
    if (isLoad && !isShedding) begin(now, now - timerLookedAt);
  }

  function begin(now: number, turnMs: number): void {
    isShedding = true;
    limit = Math.min(underWay, maxBusyOperations);
    begunAt = calmSince = now;
    refused = refusedBefore = 0;
    const fields = { underWay, turnMs: Math.round(turnMs), averageMs: Math.round(averageMs) };
    log.warn(fields, 'load shedding begins');
  }

  function adapt(turnMs: number): void {
    const isTooLong = turnMs > Math.max(shortestAimMs, maxEventLoopDelayMs * aimedPart);
    if (isTooLong || refused > refusedBefore) {
      limit = Math.max(fewestUnderWay, limit * (isTooLong ? fewer : more));
    }
  }

  function endIfCalm(now: number): void {
    if (refused > refusedBefore) calmSince = now;
    refusedBefore = refused;
    if (now - calmSince < calmMs) return;
    isShedding = false;
    longLooks = longBusyLooks = 0;
    log.warn({ refused, durationMs: Math.round(now - begunAt) }, 'load shedding ends');
  }

  const looking = setInterval(look, intervalMs);
  looking.unref();
  return {
    get isShedding() {
      return isShedding;
    },
    begin() {
      underWay++;
    },
    end() {
      underWay--;
    },
    admits() {
      const now = performance.now();
      if (now - lookedAt > withinMs) lookWithin(now);
      if (!isShedding || underWay < limit) return true;
      refused++;
      return false;
    },
    close: () => clearInterval(looking),
  };
}

/** Measures the turns of the event loop. */
export interface TurnLength {
  /** How long, in milliseconds, the turns since the last call were on average, waiting apart. */
  measure(): number;
}

/** As Node counts them. */
class MeasuredTurns implements TurnLength {
  #utilization = performance.eventLoopUtilization();
  #turns = performance.nodeTiming.uvMetricsInfo.loopCount;

  measure(): number {
    const utilization = performance.eventLoopUtilization();
    const turns = performance.nodeTiming.uvMetricsInfo.loopCount;
    const activeMs = utilization.active - this.#utilization.active;
    const turnMs = activeMs / Math.max(1, turns - this.#turns);
    this.#utilization = utilization;
    this.#turns = turns;
    return turnMs;
  }
}

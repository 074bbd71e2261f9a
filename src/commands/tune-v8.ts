import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** From how many waiting subscribers on memory is worth more than time, and below how many no more. */
const crowd = 1_000;
const fewAgain = 100;

const intervalMs = 250;

/**
 * How far the space for old objects may grow over what is alive before it is searched for garbage. V8
 * decides anew each time, and for little just after all garbage has been collected.
 */
const oldGrowthPercent = 150;

/**
 * The same in a crowd: of thousands of long polls, which live just long enough to become old and then
 * die, half of the memory would be garbage.
 */
const crowdedOldGrowthPercent = 20;

/**
 * How fast the space for new objects grows: at once to its largest. While it is small, requests that
 * are under way become old objects, and then have to be searched for one by one.
 */
const youngGrowth = 16;

/** In a crowd it is no larger than this, about: with more, a part of each subscriber would be garbage. */
const largestYoungBytes = 16 * 1024 * 1024;

/** Until all that belongs to the start is done. */
const startingMs = 1_000;

/** Until the connections behind those who have left are closed, too. */
const leavingMs = 12_000;

/**
 * After how many calls V8's last compiler gets a function. By default these are 10,000, as the middle one
 * would have it meanwhile: without that, a storm is told by code that is hardly compiled at all.
 */
const hotCalls = 800;

/** Since Node 24 V8 knows that setting; an older one would print a complaint. */
const countsCalls = parseInt(process.versions.node, 10) >= 24;

/** From a collection to the one for a crowd that comes, at least: it may come and go, and come again. */
const restMs = 10_000;

/**
 * Has V8 work as this program needs it, not as a page in a browser. Node has options for that, but none
 * that a running program could set; what it can set are V8's own.
 *
 * - The memory that was needed only to start is given back, and that kept small which a crowd of waiting
 *   subscribers takes: half of it would be room that V8 keeps because it may. Queries pay for it with
 *   time, so it is done for crowds only.
 * - V8's memory reducer is off. It makes the space for new objects small after a rest of some seconds,
 *   and throws away compiled code whose objects have died: a query after it would cost twice as much as
 *   one before. Once and for all: V8 ends the process when it finds that the reducer has done more than
 *   it may.
 * - Its middle compiler, Maglev, is off, as it is in Node 22. When a crowd comes it compiles hundreds of
 *   functions at a time, with memory that glibc's allocator keeps. What is hot gets to the last one, and
 *   sooner than by default.
 * - No new object is taken for an old one. V8 guesses so where many that are made in the same place have
 *   survived a collection, as those of queries under way do. They die soon, but old ones are not found dead
 *   for long, and keep what they lead to: looking after all that took a seventh of the time of a query.
 *
 * @param subscribers how many wait right now
 */
export function tuneV8(subscribers: () => number): void {
  setFlagsFromString('--memory-reducer-gc-count=0');
  setFlagsFromString('--no-maglev');
  setFlagsFromString('--no-allocation-site-pretenuring');
  if (countsCalls) setFlagsFromString(`--invocation-count-for-turbofan=${hotCalls}`);
  preferTime();
  setTimeout(collectGarbage, startingMs).unref();
  let isCrowded = false;
  let collectedAt = -Infinity;
  let collecting: NodeJS.Timeout | undefined;
  const collectIn = (delayMs: number): void => {
    clearTimeout(collecting);
    const collect = (): void => {
      collectGarbage();
      collectedAt = performance.now();
    };
    collecting = setTimeout(collect, Math.max(0, delayMs)).unref();
  };
  setInterval(() => {
    const count = subscribers();
    if (!isCrowded && count >= crowd) {
      isCrowded = true;
      preferMemory();
      collectIn(collectedAt + restMs - performance.now()); // also makes the young space small again
    } else if (isCrowded && count < fewAgain) {
      isCrowded = false;
      preferTime();
      collectIn(leavingMs);
    }
    if (isCrowded) limitYoungSpace();
  }, intervalMs).unref();
}

function preferTime(): void {
  setFlagsFromString(`--heap-growing-percent=${oldGrowthPercent}`);
  setFlagsFromString(`--semi-space-growth-factor=${youngGrowth}`);
}

function preferMemory(): void {
  setFlagsFromString(`--heap-growing-percent=${crowdedOldGrowthPercent}`);
}

function limitYoungSpace(): void {
  const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
  const growthFactor = (young?.space_size ?? 0) >= largestYoungBytes ? 1 : 2;
  setFlagsFromString(`--semi-space-growth-factor=${growthFactor}`);
}

type CollectGarbage = (options: {
  type: 'major';
  flavor: 'last-resort';
  execution: 'sync';
}) => void;

/** V8 looks for garbage when something new needs room: without this a quiet gateway would keep it all. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as CollectGarbage;
  setFlagsFromString('--no-expose-gc');
  // V8 forgets the shape of objects of which there are none just now. That of a waiting tick it never
  // learns again: process.nextTick would take five times as long from then on. So there is one.
  process.nextTick(() => undefined);
  gc({ type: 'major', flavor: 'last-resort', execution: 'sync' });
}

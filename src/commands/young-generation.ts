import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/**
 * Half of it is in use at a time. It is what Node had by default until version 22; now V8 takes three
 * times as much as soon as thousands of subscribers come, and rarely gives it back.
 */
const largestBytes = 32 * 1024 * 1024;

/** V8 doubles it at the most every few hundred milliseconds. */
const intervalMs = 250;

/**
 * Keeps the space of V8 for new objects from growing further than is of use. There is an option to
 * Node for that, but none that a running program could set: what can be set is how fast it grows.
 */
export function limitYoungGeneration(): void {
  let isLimited = false;
  setInterval(() => {
    const space = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
    const isLarge = (space?.space_size ?? 0) >= largestBytes;
    if (isLarge === isLimited) return;
    isLimited = isLarge;
    setFlagsFromString(`--semi-space-growth-factor=${isLarge ? 1 : 2}`);
  }, intervalMs).unref();
}

import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/**
 * The space for new objects; half of it is in use at a time. This is what Node had by default until
 * version 22; now V8 takes three times as much as soon as thousands of subscribers come.
 */
const largestYoungBytes = 32 * 1024 * 1024;

/** V8 doubles it at the most every few hundred milliseconds. */
const intervalMs = 250;

/**
 * How far the space for old objects may grow over what is alive before it is searched for garbage. By
 * default it is up to 300 %: with thousands of long polls, which live just long enough to become old
 * and then die, half of the memory would be garbage.
 */
const oldGrowthPercent = 20;

/**
 * Keeps V8 from using memory only because there is some. Node has options for that, but none that a
 * running program could set; what can be set is how fast the spaces grow.
 */
export function limitHeapGrowth(): void {
  setFlagsFromString(`--heap-growing-percent=${oldGrowthPercent}`);
  let isLimited = false;
  setInterval(() => {
    const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
    const isLarge = (young?.space_size ?? 0) >= largestYoungBytes;
    if (isLarge === isLimited) return;
    isLimited = isLarge;
    setFlagsFromString(`--semi-space-growth-factor=${isLarge ? 1 : 2}`);
  }, intervalMs).unref();
}

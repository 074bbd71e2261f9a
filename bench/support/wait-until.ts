import { setTimeout as sleep } from 'node:timers/promises';

const intervalMs = 50;

/** Looks again and again until something holds; fails when that takes longer than `limitMs`. */
export async function waitUntil(
  what: string,
  limitMs: number,
  holds: () => boolean | Promise<boolean>,
): Promise<void> {
  const giveUpAt = performance.now() + limitMs;
  while (!(await holds())) {
    if (performance.now() > giveUpAt) throw new Error(`not within ${limitMs} ms: ${what}`);
    await sleep(intervalMs);
  }
}

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { hasGrown, soak } from '../bench/soak.ts';

const gatewayCli = fileURLToPath(new URL('../src/cli.ts', import.meta.url));
const isLinux = existsSync('/proc/self/fd');

/** The short form of `npm run soak`. Half a minute of it is the wait for those who have gone mute. */
it.skipIf(!isLinux)(
  `2,000 queries and 200 subscriptions that end in every way leave nothing behind${isLinux ? '' : ' (skipped: it looks into /proc, which only Linux has)'}`,
  { timeout: 120_000 },
  async () => {
    const figures = await soak({ requests: 2_000, cycles: 200, heapGrowthKib: 2_048, gatewayCli });
    expect(figures.filter(hasGrown)).toEqual([]);
    expect(figures.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['heap after GC, KiB', 'file descriptors', 'upstream polls']),
    );
  },
);

// For CI: fails when a query costs the gateway more than twice what it costs the aggregator. Takes the
// path of the built gateway's command line, by default ../dist/cli.js. Needs nothing from
// bench/node_modules.
import { benchQuery } from './query.ts';

const limit = 2;

/** A machine that does something else meanwhile must not fail the build: it gets another chance. */
const chances = 3;

const gatewayCli = process.argv[2];

async function measureRatio(): Promise<number> {
  const results = await benchQuery({
    servers: ['gateway', 'aggregator'],
    rounds: 5,
    requests: 5_000,
    warmUpRequests: 10_000,
    ...(gatewayCli !== undefined && { gatewayCli }),
  });
  for (const { server, cpuMicrosecondsPerRequest } of results) {
    process.stdout.write(`${server}: ${cpuMicrosecondsPerRequest.toFixed(0)} µs CPU per request\n`);
  }
  return results.find(({ server }) => server === 'gateway')?.ratioToAggregator ?? NaN;
}

process.exitCode = 1;
for (let chance = 0; chance < chances && process.exitCode !== 0; chance++) {
  const ratio = await measureRatio();
  process.stdout.write(`ratio: ${ratio.toFixed(2)} (at most ${limit})\n`);
  if (ratio <= limit) process.exitCode = 0;
}

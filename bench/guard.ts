// For CI: fails when a query costs the gateway more than twice what it costs the aggregator. Takes the
// path of the built gateway's command line, by default ../dist/cli.js. Needs nothing from
// bench/node_modules.
//
// What a machine does beside adds to a figure and takes nothing from it: of many short rounds those are
// compared that cost each of them least.
import { benchQuery, type QueryResult } from './query.ts';

const limit = 2;

/** A machine that does something else meanwhile must not fail the build: it gets other chances. */
const chances = 5;

const gatewayCli = process.argv[2];

async function measureRatio(): Promise<number> {
  const results = await benchQuery({
    servers: ['gateway', 'aggregator'],
    rounds: 12,
    requests: 3_000,
    warmUpRequests: 20_000,
    ...(gatewayCli !== undefined && { gatewayCli }),
  });
  const [gateway = NaN, aggregator = NaN] = results.map(leastCpu);
  process.stdout.write(
    `CPU per request: gateway ${gateway.toFixed(0)} µs, aggregator ${aggregator.toFixed(0)} µs\n`,
  );
  return gateway / aggregator;
}

const leastCpu = ({ samples }: QueryResult): number =>
  Math.min(...samples.map(({ cpuMicrosecondsPerRequest }) => cpuMicrosecondsPerRequest));

process.exitCode = 1;
for (let chance = 0; chance < chances && process.exitCode !== 0; chance++) {
  const ratio = await measureRatio();
  process.stdout.write(`ratio: ${ratio.toFixed(2)} (at most ${limit})\n`);
  if (ratio <= limit) process.exitCode = 0;
}

// A closed loop of queries over keep-alive connections, each with a credential of its own. A process
// of its own, so that its CPU time is nobody else's: takes a LoadOptions as JSON in its argument and
// prints a LoadReport as JSON. It fails with the first answer that is not whole.
import { Connection, type Answer } from './support/connection.ts';
import { percentile } from './support/percentile.ts';
import { accountPins, expectedPins } from './support/workload.ts';

/** What to send, and where. */
export interface LoadOptions {
  readonly url: string;
  readonly connections: number;
  /** How many requests, over all connections. */
  readonly requests: number;
  /** The number of the first user: every request is another one's. */
  readonly firstUser: number;
}

/** How it went. */
export interface LoadReport {
  readonly requests: number;
  /** From the first request to the last answer, connecting apart. */
  readonly durationMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** CPU time of the load generator itself, user and system, in microseconds. */
  readonly cpuMicroseconds: number;
}

interface PinsAnswer {
  readonly data: {
    readonly account: {
      readonly pins: readonly Partial<Record<'provider' | 'type' | 'status', string>>[];
    };
  };
}

const options = JSON.parse(process.argv[2] ?? '') as LoadOptions;
const url = new URL(options.url);
const body = JSON.stringify({ query: accountPins });
const expected = expectedPins.join();
const latenciesMs: number[] = [];
let sent = 0;

const requestFor = (credential: string): string =>
  `POST ${url.pathname} HTTP/1.1\r\nhost: ${url.host}\r\n` +
  'accept: application/json\r\ncontent-type: application/json\r\n' +
  `x-adm-authorization: ${credential}\r\nx-pace-authorization: ${credential}\r\n` +
  `content-length: ${body.length}\r\n\r\n${body}`;

function check({ status, body }: Answer): void {
  if (status === 200 && pinsIn(body) === expected) return;
  throw new Error(`an answer is not whole: ${status} ${body}`);
}

const pinsIn = (body: string): string =>
  (JSON.parse(body) as PinsAnswer).data.account.pins
    .map(({ provider, type, status }) => `${provider} ${type} ${status}`)
    .join();

/** Sends one request after the other until all have been sent. */
const drive = (connection: Connection): Promise<void> =>
  new Promise((resolve) => {
    const next = () => {
      if (sent === options.requests) {
        resolve();
        return;
      }
      const user = options.firstUser + sent++;
      const startedAt = performance.now();
      connection.exchange(requestFor(`Bearer user-${user}`), (answer) => {
        latenciesMs.push(performance.now() - startedAt);
        check(answer);
        next();
      });
    };
    next();
  });

const connections = await Promise.all(
  Array.from({ length: options.connections }, () => Connection.open(url)),
);
const cpuBefore = process.cpuUsage();
const startedAt = performance.now();
await Promise.all(connections.map(drive));
const durationMs = performance.now() - startedAt;
const { user, system } = process.cpuUsage(cpuBefore);
for (const connection of connections) connection.close();

const report: LoadReport = {
  requests: latenciesMs.length,
  durationMs,
  p50Ms: percentile(latenciesMs, 0.5),
  p99Ms: percentile(latenciesMs, 0.99),
  cpuMicroseconds: user + system,
};
process.stdout.write(`${JSON.stringify(report)}\n`);

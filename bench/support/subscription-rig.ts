import { setTimeout as sleep } from 'node:timers/promises';
import type { HerdCommands, HerdReport, Transport } from '../herd.ts';
import type { PaceCommands, PaceCounts, PaceServerOptions } from '../pace-server.ts';
import { startGateway, type GatewayOptions } from './gateway-process.ts';
import type { ServerProcess } from './server-process.ts';
import { waitUntil } from './wait-until.ts';
import { startWorker, type Worker } from './worker.ts';

/** Short, for a round of polls to be over soon. */
export const pollSeconds = 10;

const opensPerSecond = 500;
const warmUpClients = 300;

/** Longer than anyone keeps an idle connection to PACE. */
const quietWindowMs = 5_000;

/** A gateway that uses no more CPU in that time, in microseconds, has nothing left to do. */
const quietMicroseconds = 50_000;

/** The gateway between its clients and PACE, each in a process of its own. */
export class SubscriptionRig implements AsyncDisposable {
  readonly gateway: ServerProcess;
  readonly pace: Worker<PaceCommands>;
  readonly herd: Worker<HerdCommands>;
  readonly #transport: Transport;

  private constructor(
    gateway: ServerProcess,
    pace: Worker<PaceCommands>,
    herd: Worker<HerdCommands>,
    transport: Transport,
  ) {
    this.gateway = gateway;
    this.pace = pace;
    this.herd = herd;
    this.#transport = transport;
  }

  /** Starts all three and lets the gateway's code be compiled by a few hundred who come and go. */
  static async start(
    transport: Transport,
    paceOptions: Partial<PaceServerOptions>,
    gatewayOptions: GatewayOptions,
  ): Promise<SubscriptionRig> {
    await using stack = new AsyncDisposableStack();
    const pace = stack.use(startWorker<PaceCommands>('pace-server.ts', paceOptions));
    const herd = stack.use(startWorker<HerdCommands>('herd.ts'));
    const { url, caPath } = await pace.ask('address');
    const gateway = stack.use(
      await startGateway(gatewayOptions, {
        PACE_URL: url,
        PACE_POLL_SECONDS: String(pollSeconds),
        ...(caPath !== null && { NODE_EXTRA_CA_CERTS: caPath }),
      }),
    );
    const rig = new SubscriptionRig(gateway, pace, herd, transport);
    await rig.#warmUp();
    stack.move();
    return rig;
  }

  /** Opens a client for each credential; returns when PACE holds a poll for each distinct one. */
  async subscribe(credentials: readonly string[]): Promise<void> {
    const { url } = this.gateway;
    const transport = this.#transport;
    await this.herd.ask('open', { url, transport, credentials, opensPerSecond });
    const expected = new Set(credentials).size;
    await waitUntil('a poll for every credential', 60_000, async () => {
      return (await this.counts()).openPolls >= expected;
    });
  }

  counts(): Promise<PaceCounts> {
    return this.pace.ask('counts');
  }

  /** Returns when every client has its event. */
  async allTold(clients: number): Promise<void> {
    await waitUntil('every event', 60_000, async () => {
      return (await this.report()).events === clients;
    });
  }

  /** @throws Error when a client got what is no event, or lost its connection: no figure counts then */
  async report(): Promise<HerdReport> {
    const report = await this.herd.ask('report');
    const { failures, firstFailures } = report;
    if (failures > 0) throw new Error(`${failures} clients failed: ${firstFailures.join('; ')}`);
    return report;
  }

  async noPolls(limitMs: number): Promise<void> {
    await waitUntil('no polls', limitMs, async () => (await this.counts()).openPolls === 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.gateway[Symbol.asyncDispose]();
    await this.herd[Symbol.asyncDispose]();
    await this.pace[Symbol.asyncDispose]();
  }

  async #warmUp(): Promise<void> {
    await this.subscribe(credentialsOf('warm-up', warmUpClients));
    await sleep(pollSeconds * 1200); // their second polls, too
    await this.herd.ask('complete');
    await this.noPolls(30_000);
    await this.#quiet();
  }

  async #quiet(): Promise<void> {
    const { gateway } = this;
    await waitUntil('a quiet gateway', 60_000, async () => {
      const cpuBefore = gateway.cpuMicroseconds();
      const descriptorsBefore = gateway.descriptors();
      await sleep(quietWindowMs);
      const isIdle = gateway.cpuMicroseconds() - cpuBefore <= quietMicroseconds;
      return isIdle && gateway.descriptors() === descriptorsBefore;
    });
  }
}

/** As many distinct credentials. */
export const credentialsOf = (name: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `Bearer ${name}-${index}`);

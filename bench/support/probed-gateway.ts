import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { startGateway, type GatewayOptions } from './gateway-process.ts';
import type { ProbeReport } from './probe.ts';
import type { ServerProcess } from './server-process.ts';

/** A gateway that tells what is alive in it. */
export interface ProbedGateway extends AsyncDisposable {
  readonly process: ServerProcess;
  probe(): Promise<ProbeReport>;
}

/** Starts it. */
export async function startProbedGateway(
  options: GatewayOptions,
  settings: Readonly<Record<string, string>>,
): Promise<ProbedGateway> {
  await using stack = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'soak-'));
  stack.defer(() => rmSync(folder, { recursive: true }));
  const socketPath = join(folder, 'probe');
  const script = new URL('probe.ts', import.meta.url).href;
  const nodeArgs = [...(options.nodeArgs ?? []), '--expose-gc', '--import', script];
  const env = { ...settings, PROBE_SOCKET: socketPath };
  const gateway = stack.use(await startGateway({ ...options, nodeArgs }, env));
  const started = stack.move();
  return {
    process: gateway,
    probe: async () => JSON.parse(await text(connect(socketPath))) as ProbeReport,
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

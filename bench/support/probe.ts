// Goes into the gateway's process (--import) and tells over a Unix socket, whose path is in PROBE_SOCKET,
// what is alive there. Needs --expose-gc.
import { createServer } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** What is alive in the gateway. */
export interface ProbeReport {
  /** The heap and what hangs on it outside, after a garbage collection. */
  readonly heapKib: number;
  /** What keeps the event loop going, timers and sockets for instance, counted by its kind. */
  readonly resources: Readonly<Record<string, number>>;
  /** Names of warnings so far: a leak of listeners is one, MaxListenersExceededWarning. */
  readonly warnings: readonly string[];
}

const warnings: string[] = [];
process.on('warning', ({ name }) => warnings.push(name));

async function report(): Promise<ProbeReport> {
  for (let round = 0; round < 3; round++) {
    globalThis.gc?.();
    await nextTurn(); // what the collection has found dead is let go of
  }
  const { heapUsed, external } = process.memoryUsage();
  const resources: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
  return { heapKib: Math.round((heapUsed + external) / 1024), resources, warnings };
}

const server = createServer((socket) => {
  void report().then((found) => socket.end(JSON.stringify(found)));
});
server.listen(process.env['PROBE_SOCKET']).unref();

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** A server under measurement, in a process of its own. */
export interface ServerProcess extends AsyncDisposable {
  /** What its first line on standard output that matches `readyLine` gave. */
  readonly url: string;
  /** From the start of the process to that line. */
  readonly readyMs: number;
  /** CPU time, user and system, of all its threads since it started, in microseconds. */
  cpuMicroseconds(): number;
  /** Resident memory in KiB, as the operating system counts it. */
  rssKib(): number;
  /** Open file descriptors. */
  descriptors(): number;
}

/** How a server is started. */
export interface ServerCommand {
  /** Arguments to Node. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Finds the address in a line of its output; the first group is it. */
  readonly readyLine: RegExp;
}

/** A server that has not said where it listens by then never will. */
const longestStartMs = 30_000;

/** Linux counts CPU time in ticks of a hundredth of a second. */
const microsecondsPerTick = 10_000;

/** Starts a server and waits until it says where it listens. What it prints after that is dropped. */
export async function startServer({ args, env, readyLine }: ServerCommand): Promise<ServerProcess> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env['PATH'], NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await addressFrom(child, readyLine);
  const readyMs = performance.now() - startedAt;
  const proc = `/proc/${child.pid}`;
  return {
    url,
    readyMs,
    cpuMicroseconds() {
      // The name of the program, in parentheses, may hold blanks: count from behind it.
      const fields = readFileSync(`${proc}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ');
      return (Number(fields[11]) + Number(fields[12])) * microsecondsPerTick;
    },
    rssKib: () =>
      Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`${proc}/status`, 'utf8'))?.[1] ?? NaN),
    descriptors: () => readdirSync(`${proc}/fd`).length,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

function addressFrom(child: ChildProcess, readyLine: RegExp): Promise<string> {
  const { stdout } = child;
  if (!stdout) throw new Error('the server has no standard output');
  return new Promise((resolve, reject) => {
    const fuse = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`the server does not say where it listens: ${child.spawnargs.join(' ')}`));
    }, longestStartMs);
    child.once('exit', (code) => reject(new Error(`the server ended with status ${code}`)));
    const lines = createInterface(stdout);
    lines.on('line', (line) => {
      const url = readyLine.exec(line)?.[1];
      if (url === undefined) return;
      clearTimeout(fuse);
      lines.close();
      stdout.resume(); // to the end of its life, or a server that logs would block on a full pipe
      resolve(url);
    });
  });
}

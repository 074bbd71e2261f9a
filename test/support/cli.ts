import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** The folder of the project. */
export const projectFolder = fileURLToPath(new URL('../../', import.meta.url));

/** How a process ended and all that it wrote. */
export interface CliEnd {
  /** Null when a signal ended it. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A `pin-gateway` process. Disposing ends it by force, if it still runs. */
export interface CliProcess extends AsyncDisposable {
  /** What it has written so far. */
  readonly stdout: string;
  readonly stderr: string;
  /** Resolves with the first match in its standard output; rejects when it ends without one. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<CliEnd>;
}

/**
 * Starts `pin-gateway` with these arguments and with no other environment variables than these.
 *
 * @param script what to run instead of `src/cli.ts`
 * @param descriptors files and sockets that it may have open, where that is not up to the machine
 */
export function startCli(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  script = fileURLToPath(new URL('../../src/cli.ts', import.meta.url)),
  descriptors: number | null = null,
): CliProcess {
  const command = [process.execPath, script, ...args] as const;
  const limited = [
    '/bin/sh',
    '-c',
    `ulimit -n ${descriptors}; exec "$0" "$@"`,
    ...command,
  ] as const;
  const [file, ...given] = descriptors === null ? command : limited;
  const child = spawn(file, given, {
    cwd: projectFolder,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  let isOver = false;
  const waiters = new Set<() => void>();
  const tell = (): void => waiters.forEach((waiter) => waiter());
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    tell();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = once(child, 'close').then(([status]): CliEnd => {
    isOver = true;
    tell();
    return { status: typeof status === 'number' ? status : null, stdout, stderr };
  });
  return {
    get stdout() {
      return stdout;
    },
    get stderr() {
      return stderr;
    },
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const match = pattern.exec(stdout);
          if (match === null && !isOver) return;
          waiters.delete(look);
          if (match) resolve(match);
          else reject(new Error(`ended without ${String(pattern)}: ${stdout}${stderr}`));
        };
        waiters.add(look);
        look();
      }),
    kill: (signal) => child.kill(signal),
    ended,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/**
 * The environment in which a `pin-gateway` runs this code when it gets SIGUSR2: what goes wrong within a
 * process can't be had from outside.
 *
 * @param before what runs before the gateway is loaded
 */
export const onUsr2 = (code: string, before = ''): { readonly NODE_OPTIONS: string } => {
  const script = `${before} process.on('SIGUSR2', () => { ${code} })`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(script)}` };
};

/** Runs `pin-gateway` to its end. */
export async function runCli(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  script?: string,
): Promise<CliEnd> {
  await using process = startCli(args, environment, script);
  return await process.ended;
}

/** The lines of a log. */
export const linesOf = (text: string): Record<string, unknown>[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** Waits until a `serve` or `start` listens, and gives its origin: `http://127.0.0.1:<port>`. */
export async function originOf(gateway: CliProcess): Promise<string> {
  const [, url = ''] = await gateway.printed(/"url":"([^"]+)"[^\n]*"msg":"listening"/);
  return new URL(url).origin;
}

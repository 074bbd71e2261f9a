#!/usr/bin/env node
import { endOnEarlySignal } from './commands/early-signals.ts';
import { print } from './commands/print.ts';
import { ConfigError } from './config.ts';

/** What `pin-gateway` can do. Each command is loaded only when it is asked for. */
const commands: Readonly<Record<string, { help: string; run: () => Promise<void> }>> = {
  start: {
    help: 'the gateway in front of three simulated providers: nothing to configure',
    run: async () => (await import('./commands/start.ts')).start(),
  },
  serve: {
    help: 'the gateway in front of real providers, from the settings in the environment',
    run: async () => (await import('./commands/serve.ts')).serve(),
  },
  simulate: {
    help: 'the three simulated providers alone',
    run: async () => (await import('./commands/simulate.ts')).simulate(),
  },
  schema: {
    help: 'prints the schema of the graph (SDL)',
    run: async () => (await import('./commands/schema.ts')).printSdl(),
  },
};

/** Exit statuses: 0 ended as asked, 1 failed, 2 asked or set up wrongly. */
const failed = 1;
const wrong = 2;

const usage = [
  'Usage: pin-gateway <command>',
  '',
  ...Object.entries(commands).map(([name, { help }]) => `  ${name.padEnd(10)}${help}`),
  '',
  'Settings are environment variables; the README lists them.',
].join('\n');

const [name, ...rest] = process.argv.slice(2);
const command = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
const isHelp = (word: string | undefined): boolean =>
  word === 'help' || word === '--help' || word === '-h';

endOnEarlySignal();
if (!isNodeRecent(process.versions.node)) {
  process.stderr.write(`pin-gateway needs Node 22.19 or later; this is ${process.version}.\n`);
  process.exitCode = failed;
} else if (isHelp(name) || (command && rest.length === 1 && isHelp(rest[0]))) {
  print(`${usage}\n`);
} else if (name === '--version' || name === '-v') {
  print(`${(await import('./commands/version.ts')).version()}\n`);
} else if (command === undefined || rest.length > 0) {
  process.stderr.write(`pin-gateway: ${misuse()}\n\n${usage}\n`);
  process.exitCode = wrong;
} else {
  try {
    // What the commands load is compiled once for all the starts to come. Older Nodes lack it.
    (await import('node:module')).enableCompileCache();
    await command.run();
  } catch (error) {
    process.exitCode = error instanceof ConfigError ? wrong : failed;
    process.stderr.write(`pin-gateway ${name}: ${explain(error)}\n`);
  }
}

/** Said before anything is loaded that would fail on an older Node, and not say why. */
function isNodeRecent(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 19);
}

function misuse(): string {
  if (name === undefined) return 'no command given';
  return command ? `unexpected "${rest.join(' ')}"` : `unknown command "${name}"`;
}

function explain(error: unknown): string {
  if (error instanceof ConfigError) {
    return ['the settings are wrong.', ...error.problems.map((line) => `  ${line}`)].join('\n');
  }
  return error instanceof Error ? error.message : String(error);
}

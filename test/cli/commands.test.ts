import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { runCli } from '../support/cli.ts';

const usage = `Usage: pin-gateway <command>

  start     the gateway in front of three simulated providers: nothing to configure
  serve     the gateway in front of real providers, from the settings in the environment
  simulate  the three simulated providers alone
  schema    prints the schema of the graph (SDL)

Settings are environment variables; the README lists them.
`;

describe('pin-gateway', () => {
  it.each(['--help', '-h', 'help'])('%s prints the usage', async (word) => {
    expect(await runCli([word])).toEqual({ status: 0, stdout: usage, stderr: '' });
  });

  it.each(['start', 'serve', 'simulate', 'schema'])('%s --help prints it, too', async (command) => {
    expect(await runCli([command, '--help'])).toEqual({ status: 0, stdout: usage, stderr: '' });
  });

  it.each(['--version', '-v'])('%s prints the version of the package', async (word) => {
    const file = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
    const { version } = JSON.parse(file) as { version: string };
    expect(await runCli([word])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
  });

  it.each<[what: string, args: string[], problem: string]>([
    ['nothing', [], 'no command given'],
    ['an unknown command', ['sevre'], 'unknown command "sevre"'],
    ['a name that objects have', ['constructor'], 'unknown command "constructor"'],
    ['an unknown option', ['--port'], 'unknown command "--port"'],
    ['a command with too many arguments', ['schema', 'schema'], 'unexpected "schema"'],
  ])('does nothing but say what is wrong, and the usage, for %s', async (_what, args, problem) => {
    const stderr = `pin-gateway: ${problem}\n\n${usage}`;
    expect(await runCli(args)).toEqual({ status: 2, stdout: '', stderr });
  });
});

describe('pin-gateway schema', () => {
  it('prints what stands in schema.graphql, whatever the settings are', async () => {
    const sdl = await readFile(new URL('../../schema.graphql', import.meta.url), 'utf8');
    const wrong = { PORT: 'x', INTROSPECTION: 'off' };
    expect(await runCli(['schema'], wrong)).toEqual({ status: 0, stdout: sdl, stderr: '' });
  });
});

import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';
import { projectFolder } from './support/cli.ts';

const eslint = new ESLint({ cwd: projectFolder });
const rule = '@typescript-eslint/no-restricted-imports';

/** What the map of the rooms has against a file that imports this. */
async function refusals(file: string, specifier: string): Promise<string[]> {
  const code = `import ${JSON.stringify(specifier)};\n`;
  const [result] = await eslint.lintText(code, { filePath: `${projectFolder}${file}` });
  if (result === undefined) throw new Error(`${file} is not linted`);
  const fatal = result.messages.filter(({ fatal }) => fatal);
  if (fatal.length > 0) throw new Error(`${file}: ${fatal[0]?.message ?? ''}`);
  return result.messages.filter(({ ruleId }) => ruleId === rule).map(({ message }) => message);
}

describe('the map of the rooms', () => {
  it.each<[file: string, specifier: string]>([
    ['src/pins.ts', './errors.ts'],
    ['src/secret.ts', 'node:util'],
    ['src/errors.ts', './error-mapping.ts'],
    ['src/error-mapping.ts', './providers/provider.ts'],
    ['src/caller.ts', './transport/caller.ts'],
    ['src/fingerprint.ts', 'undici'],
    ['src/providers/provider.ts', 'undici'],
    ['src/providers/get-with-retry.ts', '../hub/hub.ts'],
    ['src/providers/http.ts', 'graphql'],
    ['src/providers/http-connect.ts', 'undici'],
    ['src/providers/http.ts', '../observe/log.ts'],
    ['src/providers/otp-limit.ts', 'undici'],
    ['src/providers/unconfigured.ts', 'node:fs'],
    ['src/providers/adm/client.ts', 'undici'],
    ['src/providers/adm/client.ts', '../pace/client.ts'],
    ['src/providers/pims/http-bridge.ts', '../../schema/context.ts'],
    ['src/hub/memory.ts', '../providers/http.ts'],
    ['src/hub/memory.ts', '../schema/context.ts'],
    ['src/hub/hub.ts', 'graphql'],
    ['src/schema/pin.ts', 'undici'],
    ['src/schema/pin.ts', '../providers/http.ts'],
    ['src/schema/pin.ts', './../providers/http.ts'],
    ['src/schema/otp.ts', '../providers/pims/client.ts'],
    ['src/schema/pin-set.ts', '../hub/memory.ts'],
    ['src/schema/context.ts', 'node:http'],
    ['src/schema/index.ts', '../transport/http.ts'],
    ['src/transport/http.ts', '../providers/provider.ts'],
    ['src/transport/websocket.ts', '../hub/hub.ts'],
    ['src/transport/server.ts', '../config.ts'],
    ['src/transport/mask-error.ts', 'undici'],
    ['src/observe/log.ts', '../transport/operation-record.ts'],
    ['src/observe/log.ts', 'graphql'],
    ['src/simulators/adm.ts', '../providers/adm/wire.ts'],
    ['src/simulators/adm.ts', '../pins.ts'],
    ['src/simulators/server.ts', 'undici'],
    ['src/config.ts', './gateway.ts'],
    ['src/settings.ts', 'node:fs'],
    ['src/gateway.ts', 'graphql'],
    ['src/gateway.ts', 'node:http'],
    ['src/commands/serve.ts', '../transport/server.ts'],
    ['src/commands/schema.ts', '../schema/builder.ts'],
    ['src/commands/start.ts', '../simulators/adm.ts'],
    ['src/cli.ts', './gateway.ts'],
    ['src/cli.ts', 'graphql'],
  ])('refuses that %s imports %s', async (file, specifier) => {
    expect(await refusals(file, specifier)).toEqual([
      expect.stringContaining('This room may import only: '),
    ]);
  });

  it.each<[file: string, specifier: string]>([
    ['src/providers/http-connect.ts', 'node:tls'],
    ['src/schema/pin.ts', '../providers/provider.ts'],
    ['src/hub/memory.ts', '../errors.ts'],
    ['src/transport/http.ts', '../schema/context.ts'],
    ['src/gateway.ts', './hub/memory.ts'],
    ['src/commands/start.ts', '../simulators/index.ts'],
  ])('allows that %s imports %s', async (file, specifier) => {
    expect(await refusals(file, specifier)).toEqual([]);
  });

  it('has a room for every file', async () => {
    const results = await eslint.lintFiles(['src']);
    const files = results.map(({ filePath }) => filePath.replaceAll('\\', '/'));
    const roomless: string[] = [];
    for (const file of files) {
      const config = (await eslint.calculateConfigForFile(file)) as { rules: object };
      if (!(rule in config.rules)) roomless.push(file.slice(file.lastIndexOf('/src/') + 1));
    }
    expect(roomless).toEqual([]);
    expect(files.length).toBeGreaterThan(50);
  });
});

import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { projectFolder } from './support/cli.ts';

const secretlint = join(projectFolder, 'node_modules/secretlint/bin/secretlint.js');
const config = join(projectFolder, '.secretlintrc.json');

interface Report {
  readonly filePath: string;
  readonly messages: readonly { readonly messageId: string }[];
}

/** What the project's own check finds in these files, which it looks for as it does in the project. */
async function findSecrets(files: Readonly<Record<string, string>>) {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'secrets-')));
  try {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    const args = [secretlint, '--secretlintrc', config, '--format', 'json', '**/*'];
    const linted = promisify(execFile)(process.execPath, args, { cwd: folder });
    const { stdout, code } = await linted.then(
      (output) => ({ ...output, code: 0 }),
      (error: unknown) => error as { readonly stdout: string; readonly code: number },
    );
    const found = (JSON.parse(stdout) as Report[]).map(
      ({ filePath, messages }) =>
        [filePath.slice(folder.length + 1), messages.map(({ messageId }) => messageId)] as const,
    );
    return { code, found: Object.fromEntries(found) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Nobody's, and put together here: written out they would be found in this file. */
const token = 'a1B2c3D4e5'.repeat(4).slice(0, 36);
const { privateKey } = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

it('The check of the project finds a secret wherever someone leaves it', async () => {
  const files = {
    'docs/key.md': privateKey,
    '.github/workflows/ci.yml': `env:\n  GH_TOKEN: ghp_${token}\n`,
    '.npmrc': `//registry.example/:_authToken=npm_${token}\n`,
    'src/none.ts': 'export const none = 1;\n',
  };
  expect(await findSecrets(files)).toEqual({
    code: 1,
    found: {
      'docs/key.md': ['PrivateKey'],
      '.github/workflows/ci.yml': ['GITHUB_TOKEN'],
      '.npmrc': ['Npmrc_authToken', 'NPM_ACCESS_TOKEN'],
      'src/none.ts': [],
    },
  });
  expect(await findSecrets({ 'src/none.ts': files['src/none.ts'] })).toEqual({
    code: 0,
    found: { 'src/none.ts': [] },
  });
});

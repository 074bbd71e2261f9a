// Writes what is printed from the code: schema.graphql and docs/errors.md. With --check it writes
// nothing and fails when one of them is stale.
import { readFile, writeFile } from 'node:fs/promises';
import { printSchema } from 'graphql';
import { createSchema } from '../src/schema/index.ts';
import { printErrorCatalogue } from './error-catalogue.ts';

const files = {
  'schema.graphql': `${printSchema(createSchema())}\n`,
  'docs/errors.md': printErrorCatalogue(),
};

const isCheck = process.argv.includes('--check');

for (const [path, text] of Object.entries(files)) {
  const url = new URL(`../${path}`, import.meta.url);
  if (!isCheck) {
    await writeFile(url, text);
  } else if ((await readFile(url, 'utf8').catch(() => '')) !== text) {
    process.stderr.write(`${path} is stale: run "npm run generate" and commit it\n`);
    process.exitCode = 1;
  }
}

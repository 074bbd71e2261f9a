// Runs every benchmark, prints a Markdown table for each and writes results.json beside this file.
// Takes the path of the built gateway's command line, by default ../dist/cli.js.
import { readFile, writeFile } from 'node:fs/promises';
import { benchQuery, queryRows } from './query.ts';
import { benchStart, startRows } from './start.ts';
import { benchSubscriptions, subscriptionRows } from './subscriptions.ts';
import { describeMachine } from './support/machine.ts';
import { markdownTable, type Rows } from './support/table.ts';

/** One benchmark. */
interface Section {
  /** Its key in results.json. */
  readonly name: string;
  readonly title: string;
  run(): Promise<{ readonly results: unknown; readonly rows: Rows }>;
}

const gatewayCli = process.argv[2];
const options = gatewayCli === undefined ? {} : { gatewayCli };

const sections: readonly Section[] = [
  {
    name: 'query',
    title: 'A query over two providers',
    async run() {
      const results = await benchQuery(options);
      return { results, rows: queryRows(results) };
    },
  },
  {
    name: 'subscriptions',
    title: 'Waiting subscribers',
    async run() {
      const results = await benchSubscriptions(options);
      return { results, rows: subscriptionRows(results) };
    },
  },
  {
    name: 'start',
    title: 'Start and size',
    async run() {
      const result = await benchStart(options);
      return { results: result, rows: startRows(result) };
    },
  },
];

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
}

const machine = describeMachine();
const manifest = await readFile(new URL('package.json', import.meta.url), 'utf8');
const figures: Record<string, unknown> = {};
for (const section of sections) {
  const { results, rows } = await section.run();
  figures[section.name] = results;
  process.stdout.write(`## ${section.title}\n\n${markdownTable(rows)}\n`);
}

const report = {
  date: new Date().toISOString(),
  machine,
  rivals: (JSON.parse(manifest) as Manifest).dependencies,
  figures,
};
await writeFile(new URL('results.json', import.meta.url), `${JSON.stringify(report, null, 2)}\n`);

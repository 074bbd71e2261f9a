import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSimulators, type Simulators } from '../src/simulators/index.ts';
import { startGateway, type TestGateway } from './support/gateway.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

/** The README's requests, each with the answer that is printed below it. */
const examples = [...readme.matchAll(/```sh\n(curl -s [^`]*)```\n\n```json\n([^`]*)```/g)].map(
  ([, command = '', answer = '']) => ({ command, answer }),
);

let simulators: Simulators;
let gateway: TestGateway;

beforeAll(async () => {
  simulators = await startSimulators();
  gateway = await startGateway({
    ADM_URL: simulators.urls.ADM,
    PACE_URL: simulators.urls.PACE,
    PIMS_URL: simulators.urls.PIMS,
    ADM_CREDENTIAL: 'forward',
    PACE_CREDENTIAL: 'forward',
    PIMS_CREDENTIAL: 'forward',
  });
});

afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await simulators[Symbol.asyncDispose]();
});

describe('the README', () => {
  it('has the examples that it promises', () => {
    expect(examples).toHaveLength(4);
  });

  it.each(examples)('prints the real answer of example $#', async ({ command, answer }) => {
    const { headers, body } = requestOf(command);
    const response = await fetch(`${gateway.origin}/graphql`, { method: 'POST', headers, body });
    expect(withoutChance(await response.text())).toEqual(withoutChance(answer));
  });

  it('lists every setting, and no other', () => {
    const settings = section('### Settings');
    const names = [...settings.matchAll(/`([A-Z][A-Z_]+)`/g)].map(([, name]) => name);
    const config = readFileSync(new URL('../src/config.ts', import.meta.url), 'utf8');
    const known = [...config.matchAll(/^ {4}([A-Z][A-Z_]+):/gm)].map(([, name]) => name);
    expect(new Set(names)).toEqual(new Set(known));
  });
});

describe('docs/reliability.md', () => {
  const rows = readFileSync(new URL('../docs/reliability.md', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => /^\| (?!promise \|)/.test(line) && line.split(' | ').length === 4)
    .map((line) => line.split(' | '));

  it('has the promises in tables', () => {
    expect(rows.length).toBeGreaterThan(50);
  });

  it.each(rows.map(([promise = '', , tests = '']) => [promise, tests]))(
    'names tests that there are for: %s',
    (_promise, tests) => {
      const names = [...tests.matchAll(/`([a-z0-9/-]+)`/g)].map(([, name]) => name);
      expect(names).not.toEqual([]);
      for (const name of names) {
        expect(existsSync(new URL(`./${name}.test.ts`, import.meta.url)), name).toBe(true);
      }
    },
  );
});

/** The headers and the body of a curl command line. */
function requestOf(command: string): { headers: Headers; body: string } {
  const headers = new Headers();
  for (const [, name = '', value = ''] of command.matchAll(/-H '([\w-]+): ([^']*)'/g)) {
    headers.set(name, value);
  }
  return { headers, body: /-d '([^']*)'/.exec(command)?.[1] ?? '' };
}

/** The answer, with a placeholder for what is different every time. */
const withoutChance = (json: string): unknown =>
  JSON.parse(json, (key: string, value: unknown) =>
    key === 'transactionId' || key === 'value' || key === 'remainingSeconds' ? `<${key}>` : value,
  );

const section = (heading: string): string => {
  const [, text = ''] = readme.split(`${heading}\n`);
  return text.split(/\n##/)[0] ?? '';
};

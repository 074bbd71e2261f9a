import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { projectFolder } from './support/cli.ts';

interface Bom {
  readonly bomFormat: string;
  readonly metadata: { readonly component: { readonly name: string; readonly version: string } };
  readonly components: readonly { readonly name: string; readonly version: string }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

interface Locked {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

type Packages = Readonly<Record<string, Locked>>;

const readJson = async (path: string): Promise<unknown> =>
  JSON.parse(await readFile(join(projectFolder, path), 'utf8'));

/** Where the packages are that Node would find from each other, beginning with these. */
function reach(packages: Packages, names: readonly string[]): Set<string> {
  const reached = new Set<string>();
  const visit = (name: string, from: string): void => {
    const path = find(packages, name, from);
    if (path === undefined || reached.has(path)) return;
    reached.add(path);
    for (const next of neededBy(packages[path])) visit(next, path);
  };
  for (const name of names) visit(name, '');
  return reached;
}

function find(packages: Packages, name: string, from: string): string | undefined {
  const path = from === '' ? `node_modules/${name}` : `${from}/node_modules/${name}`;
  if (packages[path] !== undefined) return path;
  if (from === '') return undefined;
  return find(packages, name, from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/'))));
}

function neededBy(locked: Locked | undefined): string[] {
  const { dependencies, optionalDependencies, peerDependencies = {} } = locked ?? {};
  const isWanted = (name: string) => locked?.peerDependenciesMeta?.[name]?.optional !== true;
  const peers = Object.keys(peerDependencies).filter(isWanted);
  return [...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers];
}

it('The SBOM lists what comes with the gateway, no less and no more, and needs no network', async () => {
  const { packages } = (await readJson('package-lock.json')) as { readonly packages: Packages };
  const { dependencies, version } = (await readJson('package.json')) as {
    readonly dependencies: Readonly<Record<string, string>>;
    readonly version: string;
  };
  const nowhere = { npm_config_registry: 'http://127.0.0.1:9', npm_config_offline: 'true' };
  const env = { ...process.env, ...nowhere };
  const options = { cwd: projectFolder, env, maxBuffer: 16 * 1024 * 1024 };
  const { stdout } = await promisify(execFile)('npm', ['run', '--silent', 'sbom'], options);
  const bom = JSON.parse(stdout) as Bom;

  const named = [...reach(packages, Object.keys(dependencies))].map(
    (path) => `${path.replace(/^.*node_modules\//, '')}@${packages[path]?.version}`,
  );
  expect(bom.components.map((it) => `${it.name}@${it.version}`).sort()).toEqual(
    [...new Set(named)].sort(),
  );
  expect(bom.bomFormat).toBe('CycloneDX');
  expect(bom.metadata.component).toMatchObject({ name: 'pin-gateway', version });
  const direct = bom.dependencies.find(({ ref }) => ref === `pin-gateway@${version}`);
  expect([...(direct?.dependsOn ?? [])].sort()).toEqual(
    Object.entries(dependencies)
      .map(([name, exact]) => `${name}@${exact}`)
      .sort(),
  );
});

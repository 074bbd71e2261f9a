// Prints which packages come with the gateway, as CycloneDX. `npm sbom --omit dev` alone leaves out those
// that something for development needs as well, graphql among them (npm/cli issue 7909): so it is given
// a project that has nothing for development.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Manifest {
  readonly name: string;
  devDependencies?: unknown;
}

interface Lock {
  readonly packages: Readonly<Record<string, Locked>>;
}

interface Locked {
  readonly dev?: boolean;
  readonly devOptional?: boolean;
}

type Entry = [path: string, locked: Locked];

const read = (path: string): unknown =>
  JSON.parse(readFileSync(new URL(`../${path}`, import.meta.url), 'utf8'));

const manifest = read('package.json') as Manifest;
delete manifest.devDependencies;

const lock = read('package-lock.json') as Lock;
// What is "devOptional" the gateway uses where it is, and does not bring.
const isBrought = ([, { dev, devOptional }]: Entry) => !dev && !devOptional;
const brought = Object.entries(lock.packages).filter(isBrought);
const packages = { ...Object.fromEntries(brought), '': manifest };

const parent = mkdtempSync(join(tmpdir(), 'sbom-'));
try {
  const cwd = join(parent, manifest.name); // npm takes the folder's name for the project's
  mkdirSync(cwd);
  writeFileSync(join(cwd, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(cwd, 'package-lock.json'), JSON.stringify({ ...lock, packages }));
  const args = ['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx'];
  execFileSync('npm', args, { cwd, stdio: 'inherit' });
} finally {
  rmSync(parent, { recursive: true });
}

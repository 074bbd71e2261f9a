import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { LoadOptions, LoadReport } from '../load.ts';

const script = fileURLToPath(new URL('../load.ts', import.meta.url));

/** Runs the load generator in a process of its own. Rejects when an answer was not whole. */
export async function runLoad(options: LoadOptions): Promise<LoadReport> {
  const args = [script, JSON.stringify(options)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout) as LoadReport;
}

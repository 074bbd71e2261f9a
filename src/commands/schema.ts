import { printSchema } from 'graphql';
import { createSchema } from '../schema/index.ts';

/** Prints the graph as SDL to standard output. */
export function printSdl(): Promise<void> {
  process.stdout.write(`${printSchema(createSchema())}\n`);
  return Promise.resolve();
}

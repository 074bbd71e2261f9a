import { printSchema } from 'graphql';
import { createSchema } from '../schema/index.ts';
import { print } from './print.ts';

/** Prints the graph as SDL to standard output. */
export function printSdl(): Promise<void> {
  print(`${printSchema(createSchema())}\n`);
  return Promise.resolve();
}

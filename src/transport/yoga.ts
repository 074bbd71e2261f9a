import { createRequire } from 'node:module';
import type * as yoga from 'graphql-yoga';

/**
 * Yoga as CommonJS: its ES modules are some two hundred and fifty files, which take twice as long to
 * load and half as much memory again.
 */
export const { createYoga, isAsyncIterable } = createRequire(import.meta.url)(
  'graphql-yoga',
) as typeof yoga;

import { createRequire } from 'node:module';
import type * as pothos from '@pothos/core';

const loaded = createRequire(import.meta.url)('@pothos/core') as typeof pothos;

/** Pothos as CommonJS: as ES modules its files take a good deal longer to load. */
export const SchemaBuilder: typeof pothos.default = loaded.default;

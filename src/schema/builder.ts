import type { Secret } from '../secret.ts';
import type { Context } from './context.ts';
import { SchemaBuilder } from './pothos.ts';

/** What every file of this folder adds its part of the graph to. */
export const builder = new SchemaBuilder<{
  Context: Context;
  DefaultFieldNullability: false;
  Scalars: {
    DateTime: { Input: never; Output: Date };
    PinCode: { Input: Secret; Output: never };
  };
}>({ defaultFieldNullability: false });

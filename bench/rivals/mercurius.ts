// Mercurius as its documents have it for production: on Fastify, queries compiled from the first on.
import fastify from 'fastify';
import mercurius from 'mercurius';
import { schema, type RivalContext } from './schema.ts';

const app = fastify();
await app.register(mercurius, {
  schema,
  jit: 1,
  context: ({ headers }): RivalContext => ({ headers }),
});
process.stdout.write(`${await app.listen({ port: 0, host: '127.0.0.1' })}/graphql\n`);

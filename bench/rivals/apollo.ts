// Apollo Server as its documents have it for production: in Express. CORS is left out, which costs a
// little and which nobody here needs.
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginDrainHttpServer } from '@apollo/server/plugin/drainHttpServer';
import { expressMiddleware } from '@as-integrations/express5';
import express from 'express';
import { createServer } from 'node:http';
import { listen } from '../support/listen.ts';
import { schema, type RivalContext } from './schema.ts';

const app = express();
const httpServer = createServer(app);
const server = new ApolloServer<RivalContext>({
  schema,
  plugins: [ApolloServerPluginDrainHttpServer({ httpServer })],
});
await server.start();
app.use(
  '/graphql',
  express.json(),
  expressMiddleware(server, { context: ({ req }) => Promise.resolve({ headers: req.headers }) }),
);
process.stdout.write(`${await listen(httpServer)}/graphql\n`);

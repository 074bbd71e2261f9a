// GraphQL Yoga as it comes, on Node's own server.
import { createYoga } from 'graphql-yoga';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listen } from '../support/listen.ts';
import { schema, type RivalContext } from './schema.ts';

const yoga = createYoga<{ req: IncomingMessage; res: ServerResponse }, RivalContext>({
  schema,
  context: ({ req }) => ({ headers: req.headers }),
});
const server = createServer((request, response) => void yoga(request, response));
process.stdout.write(`${await listen(server)}/graphql\n`);

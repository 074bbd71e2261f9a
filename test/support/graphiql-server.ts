import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { useServer } from 'graphql-ws/use/ws';
import { createSchema, createYoga } from 'graphql-yoga';
import { WebSocketServer } from 'ws';
import { createGraphiql } from '../../src/transport/graphiql/graphiql.ts';

const tabs = [
  { query: 'query Pins($of: String!) { pins(of: $of) }', variables: '{ "of": "first tab" }' },
  { query: 'subscription PinsLive { ticks }' },
  { query: 'mutation AddPin { add(pin: "</script><script>alert(1)</script>") }' },
];

interface SocketContext {
  readonly connectionParams?: Readonly<Record<string, unknown>>;
}

const schema = createSchema<SocketContext>({
  typeDefs: `
    type Query { pins(of: String): String! }
    type Mutation { add(pin: String!): String! }
    type Subscription { ticks: String! }
  `,
  resolvers: {
    Query: {
      pins: (_root, { of }: { of?: string }, { request }) =>
        `pins of ${of ?? 'nobody'} with ${request.headers.get('x-token') ?? 'nothing'}`,
    },
    Subscription: {
      ticks: {
        async *subscribe(_root: unknown, _args: unknown, { connectionParams }: SocketContext) {
          for (let tick = 1; tick <= 3; tick += 1) {
            yield { ticks: `tick ${tick} with ${String(connectionParams?.['x-token'])}` };
            await delay(10);
          }
        },
      },
    },
  },
});

/** GraphiQL with three tabs in front of a graph of its own, which tells what it was sent. */
export interface GraphiqlServer extends AsyncDisposable {
  readonly origin: string;
  /** The paths that it was asked for. */
  readonly requested: string[];
}

/** Starts it on a free port. */
export async function startGraphiqlServer(): Promise<GraphiqlServer> {
  const requested: string[] = [];
  const graphiql = createGraphiql({ tabs, logBug: (error) => process.emitWarning(String(error)) });
  const yoga = createYoga({ schema, graphiql: false, logging: false });
  const server = createServer((request, response) => {
    requested.push(String(request.url));
    if (!graphiql.handle(request, response, 'test')) void yoga(request, response);
  });
  const sockets = new WebSocketServer({ server, path: '/graphql' });
  useServer({ schema, context: ({ connectionParams }) => ({ connectionParams }) }, sockets);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requested,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

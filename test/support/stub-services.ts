import { Writable } from 'node:stream';
import { createMemoryHub } from '../../src/hub/memory.ts';
import { createLog } from '../../src/observe/log.ts';
import type { Provider } from '../../src/providers/provider.ts';
import { createSchema } from '../../src/schema/index.ts';
import { createBugLog } from '../../src/transport/bug-log.ts';
import { createGraphqlPipeline } from '../../src/transport/graphql-pipeline.ts';
import { createHttpTransport } from '../../src/transport/http.ts';
import { createGatewayServer } from '../../src/transport/server.ts';
import { createWebSocketTransport } from '../../src/transport/websocket.ts';
import type { LogLine } from './gateway.ts';

/** What the stub of all three providers does. */
export type Behaviour = Pick<
  Provider<'readPins' | 'waitForPin' | 'generateOtp'>,
  'readPins' | 'waitForPin' | 'generateOtp'
>;

/** A server with the real transports and graph, and a stub behind them. Disposing drains it. */
export interface StubbedServer extends AsyncDisposable {
  readonly origin: string;
  logLines(): LogLine[];
}

/** Starts a gateway on a free port whose providers all do as the stub does. */
export async function startStubbed(behaviour: Behaviour): Promise<StubbedServer> {
  let text = '';
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  const log = createLog('trace', output);
  const logBug = createBugLog(log);
  const stub = {
    ...behaviour,
    configured: true,
    availability: () => 'AVAILABLE' as const,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const hub = createMemoryHub({
    provider: { ...stub, name: 'PACE' },
    pollSeconds: 25,
    giveUpSeconds: 300,
    maxSubscriptions: 100,
  });
  const otpProvider = { ...stub, name: 'PIMS' } as const;
  const { readPins } = behaviour;
  const adm = { name: 'ADM', configured: true, availability: stub.availability, readPins } as const;
  const transport = {
    pipeline: createGraphqlPipeline({
      schema: createSchema(),
      introspection: true,
      corsOrigins: [],
      logBug,
    }),
    services: { providers: [adm, otpProvider], hub, otpProvider },
    forwardsTo: new Set<never>(),
    log,
    logBug,
  };
  const server = createGatewayServer({
    http: createHttpTransport(transport),
    websocket: createWebSocketTransport(transport),
    graphiql: null,
    corsOrigins: [],
    log,
  });
  const { port } = await server.listen('127.0.0.1', 0);
  return {
    origin: `http://127.0.0.1:${port}`,
    logLines: () =>
      text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as LogLine),
    async [Symbol.asyncDispose]() {
      hub.drain();
      await server.drain(1000);
    },
  };
}

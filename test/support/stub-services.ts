import { Writable } from 'node:stream';
import { loadConfig, type Environment } from '../../src/config.ts';
import { createMemoryHub } from '../../src/hub/memory.ts';
import { createLog } from '../../src/observe/log.ts';
import type { PinProvider, Provider } from '../../src/providers/provider.ts';
import { createSchema } from '../../src/schema/index.ts';
import { Secret } from '../../src/secret.ts';
import { createBugLog } from '../../src/transport/bug-log.ts';
import { CompiledQueries } from '../../src/transport/compiled-queries.ts';
import { createCors } from '../../src/transport/cors.ts';
import { createDocuments, type Documents } from '../../src/transport/documents.ts';
import { createGraphqlPipeline } from '../../src/transport/graphql-pipeline.ts';
import { createLoadShedding, type LoadShedding } from '../../src/transport/load-shedding.ts';
import { createHttpTransport } from '../../src/transport/http.ts';
import { createGatewayServer } from '../../src/transport/server.ts';
import { createWebSocketTransport } from '../../src/transport/websocket.ts';
import { quietly, type LogLine } from './gateway.ts';

/** What the stub of all three providers does. */
export type Behaviour = Pick<
  Provider<'readPins' | 'waitForPin' | 'generateOtp'>,
  'readPins' | 'waitForPin' | 'generateOtp'
> &
  Partial<Pick<PinProvider, 'availability'>>;

/** Providers of somebody without a PIN, who never sets one. */
export const nobody: Behaviour = {
  readPins: () => Promise.resolve([]),
  waitForPin: () => new Promise(() => undefined),
  generateOtp: () =>
    Promise.resolve({ kind: 'Otp', provider: 'PIMS', value: new Secret('1'), transactionId: null }),
};

/** A server with the real transports and graph, and a stub behind them. Disposing drains it. */
export interface StubbedServer extends AsyncDisposable {
  readonly origin: string;
  logLines(): LogLine[];
  /** How many HTTP requests Yoga has been given so far. */
  yogaRequests(): number;
}

/**
 * Starts a gateway on a free port whose providers all do as the stub does.
 *
 * @param documents what it remembers of documents; with nothing there is no fast path
 * @param environment settings of how it treats its clients
 * @param shed decides instead of its own load shedding
 */
export async function startStubbed(
  behaviour: Behaviour,
  documents: Documents = createDocuments(),
  environment: Environment = {},
  shed?: LoadShedding,
): Promise<StubbedServer> {
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
    availability: () => 'AVAILABLE' as const,
    ...behaviour,
    configured: true,
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
  let yogaRequests = 0;
  const limits = loadConfig({ ADM_URL: 'http://127.0.0.1:9' });
  const queries = new CompiledQueries();
  const pipeline = createGraphqlPipeline({
    documents,
    queries,
    schema: createSchema(),
    introspection: true,
    csrfPrevention: false,
    limits,
    logBug,
  });
  const counted = new Proxy(pipeline, {
    apply(target, self, args) {
      yogaRequests++;
      return Reflect.apply(target, self, args) as unknown;
    },
  });
  const clientLimits = loadConfig({
    ADM_URL: 'http://127.0.0.1:1',
    ...quietly,
    ...environment,
  });
  const { maxBusyOperations, maxEventLoopDelayMs, corsOrigins } = clientLimits;
  const loadShedding = shed ?? createLoadShedding({ maxBusyOperations, maxEventLoopDelayMs, log });
  const transport = {
    documents,
    queries,
    limits,
    pipeline: counted,
    services: { providers: [adm, otpProvider], hub, otpProvider },
    forwardsTo: new Set<never>(),
    trustedProxies: 0,
    clientLimits,
    loadShedding,
    log,
    logBug,
  };
  const server = createGatewayServer({
    http: createHttpTransport(transport),
    cors: createCors(corsOrigins),
    websocket: createWebSocketTransport(transport),
    graphiql: null,
    corsOrigins,
    limits: clientLimits,
    loadShedding,
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
    yogaRequests: () => yogaRequests,
    async [Symbol.asyncDispose]() {
      hub.drain(0);
      await server.drain(1000);
      loadShedding.close();
    },
  };
}

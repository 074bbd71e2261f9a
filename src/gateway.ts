import type { Config } from './config.ts';
import { createMemoryHub } from './hub/memory.ts';
import type { Log } from './observe/log.ts';
import { providerNames, type ProviderName } from './pins.ts';
import { createAdm } from './providers/adm/client.ts';
import type { OnHealthChange } from './providers/health.ts';
import { limitOtps } from './providers/otp-limit.ts';
import { createPace } from './providers/pace/client.ts';
import { createPims } from './providers/pims/client.ts';
import { shareReads } from './providers/share-reads.ts';
import {
  createUnconfiguredAdm,
  createUnconfiguredPace,
  createUnconfiguredPims,
} from './providers/unconfigured.ts';
import type { Services } from './schema/context.ts';
import { createSchema } from './schema/index.ts';
import { createBugLog } from './transport/bug-log.ts';
import { CompiledQueries } from './transport/compiled-queries.ts';
import { createCors } from './transport/cors.ts';
import { createDocuments } from './transport/documents.ts';
import { createGraphiql } from './transport/graphiql/graphiql.ts';
import { graphiqlTabs } from './transport/graphiql/tabs.ts';
import { graphqlPath } from './transport/graphql-path.ts';
import { createGraphqlPipeline } from './transport/graphql-pipeline.ts';
import { createHttpTransport } from './transport/http.ts';
import { createGatewayServer } from './transport/server.ts';
import { createLoadShedding } from './transport/load-shedding.ts';
import type { TransportOptions } from './transport/transport.ts';
import { createWebSocketTransport } from './transport/websocket.ts';

/** The gateway, ready to listen. */
export interface Gateway {
  /** Starts to listen, and logs the address. Rejects when it can't be had, or is not to be had any more. */
  listen(): Promise<{ readonly url: string }>;
  /** How many subscribers wait right now. */
  subscribers(): number;
  /**
   * Shuts down in order: tells every subscriber, finishes what is under way, at the longest for the
   * configured time, and closes everything that {@link createGateway} opened. Once, however often it
   * is called.
   */
  close(): Promise<void>;
  /** Gives up what {@link close} still waits for. */
  cut(): void;
}

/** What is not a setting. */
export interface GatewayOptions {
  readonly log: Log;
  /** What GraphiQL fills in, where the providers are simulated. */
  readonly demo?: { readonly authorization: string; readonly pin: string };
}

/**
 * Puts the gateway together. This is the map of the house: providers, the hub that shares their long
 * polls, the schema's services, and the transports in front.
 */
export function createGateway(config: Config, { log, demo }: GatewayOptions): Gateway {
  const { adm: admConfig, pace: paceConfig, pims: pimsConfig } = config;
  const common = (provider: ProviderName) => ({
    maxRequests: config.maxUpstreamRequests,
    onHealthChange: logHealth(log, provider),
  });
  const adm = admConfig
    ? shareReads(createAdm({ ...admConfig, ...common('ADM') }))
    : createUnconfiguredAdm();
  const pace = paceConfig
    ? shareReads(createPace({ ...paceConfig, ...common('PACE') }))
    : createUnconfiguredPace();
  const pims = pimsConfig
    ? limitOtps(createPims({ ...pimsConfig, ...common('PIMS') }), config, warnOfProxies(log))
    : createUnconfiguredPims();
  const providers = [adm, pace, pims];

  const hub = createMemoryHub({
    provider: pace,
    pollSeconds: config.pacePollSeconds,
    giveUpSeconds: config.pinSetGiveUpSeconds,
    maxSubscriptions: config.maxSubscriptions,
  });

  const services: Services = { providers, hub, otpProvider: pims };
  const { introspection, csrfPrevention, corsOrigins } = config;
  const schema = createSchema();
  const logBug = createBugLog(log);
  const documents = createDocuments();
  const queries = new CompiledQueries();
  const pipeline = createGraphqlPipeline({
    schema,
    introspection,
    csrfPrevention,
    limits: config,
    documents,
    queries,
    logBug,
  });
  const { maxBusyOperations, maxEventLoopDelayMs } = config;
  const loadShedding = createLoadShedding({ maxBusyOperations, maxEventLoopDelayMs, log });
  const transport: TransportOptions = {
    pipeline,
    documents,
    queries,
    services,
    limits: config,
    forwardsTo: forwardsTo(config),
    trustedProxies: config.trustedProxies,
    clientLimits: config,
    loadShedding,
    log,
    logBug,
  };
  const server = createGatewayServer({
    http: createHttpTransport(transport),
    cors: createCors(corsOrigins),
    websocket: createWebSocketTransport(transport),
    graphiql: config.graphiql ? createGraphiql({ tabs: graphiqlTabs(demo), logBug }) : null,
    corsOrigins,
    limits: config,
    loadShedding,
    log,
  });

  async function close(): Promise<void> {
    log.info({ drainSeconds: config.drainSeconds }, 'draining');
    const drainMs = config.drainSeconds * 1000;
    hub.drain(drainMs / 2); // the other half is for their sockets
    await server.drain(drainMs);
    loadShedding.close();
    await Promise.all(providers.map((provider) => provider[Symbol.asyncDispose]()));
    log.info('closed');
  }
  let closed: Promise<void> | null = null;

  return {
    async listen() {
      if (closed) throw new Error('The gateway has been closed.');
      const { address, port, origin } = await server.listen(config.host, config.port);
      const url = `${origin}${graphqlPath}`;
      log.info({ host: address, port, url }, 'listening');
      return { url };
    },
    subscribers: () => hub.subscribers(),
    close: () => (closed ??= close()),
    cut() {
      if (closed) server.cut();
    },
  };
}

function forwardsTo({ adm, pace, pims }: Config): Set<ProviderName> {
  const configs = { ADM: adm, PACE: pace, PIMS: pims };
  return new Set(providerNames.filter((name) => configs[name]?.forwardsAuthorization));
}

/** Once: it is a wrong setting, and every attempt meets it. */
function warnOfProxies(log: Log): () => void {
  let isTold = false;
  return () => {
    if (isTold) return;
    isTold = true;
    log.warn('OTP refused: X-Forwarded-For does not say what TRUSTED_PROXIES promises');
  };
}

const logHealth =
  (log: Log, provider: ProviderName): OnHealthChange =>
  (availability, reason) => {
    if (reason === null) log.info({ provider, availability }, 'provider');
    else log.warn({ provider, availability, reason }, 'provider');
  };

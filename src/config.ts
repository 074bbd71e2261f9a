import * as v from 'valibot';
import {
  address,
  headerName,
  headerValue,
  oneOf,
  onOff,
  origins,
  wholeNumber,
} from './settings.ts';

/** How one provider is reached. */
export interface ProviderConfig {
  readonly url: URL;
  readonly timeoutMs: number;
  /** Whether the client's plain `authorization` may be used for it. */
  readonly forwardsAuthorization: boolean;
}

/** How ADM is reached. */
export interface AdmConfig extends ProviderConfig {
  readonly tenantId: string | null;
  readonly authorizationHeader: string;
}

/** All that an operator can set, checked and complete. A provider without an address is null. */
export interface Config {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  readonly adm: AdmConfig | null;
  readonly pace: ProviderConfig | null;
  readonly pims: ProviderConfig | null;
  readonly pacePollSeconds: number;
  readonly pinSetGiveUpSeconds: number;
  readonly otpAttemptsPerMinute: number;
  readonly otpAttemptsPerMinutePerAddress: number;
  /** At once to each provider, long polls apart; as many again may wait. */
  readonly maxUpstreamRequests: number;
  readonly maxSubscriptions: number;
  readonly maxRequestBytes: number;
  readonly maxVariablesBytes: number;
  readonly maxQueryBytes: number;
  readonly maxQueryTokens: number;
  readonly maxQueryDepth: number;
  readonly maxQueryAliases: number;
  readonly maxQueryDirectives: number;
  readonly maxRootFields: number;
  readonly maxConnections: number;
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly sendTimeoutMs: number;
  readonly maxSendBufferBytes: number;
  readonly maxOperationsPerSocket: number;
  readonly maxOperationIdLength: number;
  readonly maxMessagesPerSecond: number;
  readonly maxBusyOperations: number;
  readonly maxEventLoopDelayMs: number;
  readonly graphiql: boolean;
  readonly introspection: boolean;
  readonly csrfPrevention: boolean;
  /** How many proxies stand in front, each of which adds to `X-Forwarded-For`. */
  readonly trustedProxies: number;
  /** Origins, as a browser spells them, whose pages may use the graph. */
  readonly corsOrigins: readonly string[];
  readonly drainSeconds: number;
  readonly logLevel: LogLevel;
}

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** From which severity on something is logged. */
export type LogLevel = (typeof logLevels)[number];

/** The settings are wrong. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  /** A line for each problem, beginning with the setting's name. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** Environment variables, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

const timeoutMs = (byDefault: number) => wholeNumber(1, 3_600_000, byDefault);
const credential = oneOf(['header', 'forward'], 'header');

/** Every setting (README, "Settings"), by its name in the environment. */
const settings = (isProduction: boolean) =>
  v.object({
    HOST: v.optional(v.string(), '127.0.0.1'),
    PORT: wholeNumber(0, 65_535, 4000),
    ADM_URL: address,
    PACE_URL: address,
    PIMS_URL: address,
    ADM_TENANT_ID: headerValue,
    ADM_AUTHORIZATION_HEADER: headerName('authorization'),
    ADM_CREDENTIAL: credential,
    PACE_CREDENTIAL: credential,
    PIMS_CREDENTIAL: credential,
    ADM_TIMEOUT_MS: timeoutMs(3000),
    PACE_TIMEOUT_MS: timeoutMs(3000),
    PIMS_TIMEOUT_MS: timeoutMs(10_000),
    PACE_POLL_SECONDS: wholeNumber(1, 60, 25),
    PIN_SET_GIVE_UP_SECONDS: wholeNumber(1, 86_400, 300),
    OTP_ATTEMPTS_PER_MINUTE: wholeNumber(1, 1_000_000, 5),
    OTP_ATTEMPTS_PER_MINUTE_PER_ADDRESS: wholeNumber(1, 1_000_000, 60),
    MAX_UPSTREAM_REQUESTS: wholeNumber(1, 10_000, 256),
    MAX_SUBSCRIPTIONS: wholeNumber(1, 1_000_000, 50_000),
    MAX_REQUEST_BYTES: wholeNumber(1_024, 104_857_600, 1_048_576),
    MAX_VARIABLES_BYTES: wholeNumber(1_024, 1_048_576, 16_384),
    MAX_QUERY_BYTES: wholeNumber(1_024, 1_048_576, 32_768),
    MAX_QUERY_TOKENS: wholeNumber(100, 100_000, 2_000),
    MAX_QUERY_DEPTH: wholeNumber(5, 200, 25),
    MAX_QUERY_ALIASES: wholeNumber(0, 10_000, 15),
    MAX_QUERY_DIRECTIVES: wholeNumber(0, 10_000, 20),
    MAX_ROOT_FIELDS: wholeNumber(1, 1_000, 10),
    MAX_CONNECTIONS: wholeNumber(1, 1_000_000, 60_000),
    MAX_OPERATIONS_PER_SOCKET: wholeNumber(1, 1_000_000, 100),
    MAX_OPERATION_ID_LENGTH: wholeNumber(36, 1_000_000, 128),
    MAX_MESSAGES_PER_SECOND: wholeNumber(1, 1_000_000, 100),
    MAX_SEND_BUFFER_BYTES: wholeNumber(1024, 1_073_741_824, 1_048_576),
    HEADERS_TIMEOUT_MS: timeoutMs(5000),
    REQUEST_TIMEOUT_MS: timeoutMs(8000),
    SEND_TIMEOUT_MS: timeoutMs(15_000),
    MAX_BUSY_OPERATIONS: wholeNumber(1, 1_000_000, 256),
    MAX_EVENT_LOOP_DELAY_MS: wholeNumber(10, 3_600_000, 100),
    GRAPHIQL: onOff(!isProduction),
    INTROSPECTION: onOff(!isProduction),
    CSRF_PREVENTION: onOff(isProduction),
    CORS_ORIGINS: origins,
    TRUSTED_PROXIES: wholeNumber(0, 10, 0),
    DRAIN_SECONDS: wholeNumber(0, 86_400, 20),
    LOG_LEVEL: oneOf(logLevels, 'info'),
  });

/**
 * Reads the settings. An empty variable counts as not set, and blanks around a value as
 * no part of it.
 *
 * @throws {ConfigError} with every problem at once; no message repeats an address
 */
export function loadConfig(environment: Environment = process.env): Config {
  const given = Object.entries(environment)
    .map(([name, value]) => [name, value?.trim()] as const)
    .filter(([, value]) => value);
  const isProduction = environment['NODE_ENV']?.trim().toLowerCase() === 'production';
  const parsed = v.safeParse(settings(isProduction), Object.fromEntries(given));

  const problems = parsed.issues?.map((issue) => `${v.getDotPath(issue)}: ${issue.message}`) ?? [];
  const hasAddress = ['ADM_URL', 'PACE_URL', 'PIMS_URL'].some((name) => environment[name]?.trim());
  if (!hasAddress) problems.push('ADM_URL, PACE_URL, PIMS_URL: at least one of them has to be set');
  if (!parsed.success || problems.length > 0) throw new ConfigError([...new Set(problems)]);
  return toConfig(parsed.output);
}

/**
 * The settings for a gateway in front of simulated providers: where those are is given, and one
 * `authorization` serves them all. The rest is read as always.
 */
export const loadDemoConfig = (urls: Readonly<Record<'ADM' | 'PACE' | 'PIMS', string>>): Config =>
  loadConfig({
    ...process.env,
    ADM_URL: urls.ADM,
    PACE_URL: urls.PACE,
    PIMS_URL: urls.PIMS,
    ADM_CREDENTIAL: 'forward',
    PACE_CREDENTIAL: 'forward',
    PIMS_CREDENTIAL: 'forward',
    ADM_TENANT_ID: undefined,
    ADM_AUTHORIZATION_HEADER: undefined,
  });

const toConfig = (env: v.InferOutput<ReturnType<typeof settings>>): Config => ({
  host: env.HOST,
  port: env.PORT,
  adm: env.ADM_URL
    ? {
        url: env.ADM_URL,
        timeoutMs: env.ADM_TIMEOUT_MS,
        forwardsAuthorization: env.ADM_CREDENTIAL === 'forward',
        tenantId: env.ADM_TENANT_ID ?? null,
        authorizationHeader: env.ADM_AUTHORIZATION_HEADER,
      }
    : null,
  pace: env.PACE_URL
    ? {
        url: env.PACE_URL,
        timeoutMs: env.PACE_TIMEOUT_MS,
        forwardsAuthorization: env.PACE_CREDENTIAL === 'forward',
      }
    : null,
  pims: env.PIMS_URL
    ? {
        url: env.PIMS_URL,
        timeoutMs: env.PIMS_TIMEOUT_MS,
        forwardsAuthorization: env.PIMS_CREDENTIAL === 'forward',
      }
    : null,
  pacePollSeconds: env.PACE_POLL_SECONDS,
  pinSetGiveUpSeconds: env.PIN_SET_GIVE_UP_SECONDS,
  otpAttemptsPerMinute: env.OTP_ATTEMPTS_PER_MINUTE,
  otpAttemptsPerMinutePerAddress: env.OTP_ATTEMPTS_PER_MINUTE_PER_ADDRESS,
  maxUpstreamRequests: env.MAX_UPSTREAM_REQUESTS,
  maxSubscriptions: env.MAX_SUBSCRIPTIONS,
  maxRequestBytes: env.MAX_REQUEST_BYTES,
  maxVariablesBytes: env.MAX_VARIABLES_BYTES,
  maxQueryBytes: env.MAX_QUERY_BYTES,
  maxQueryTokens: env.MAX_QUERY_TOKENS,
  maxQueryDepth: env.MAX_QUERY_DEPTH,
  maxQueryAliases: env.MAX_QUERY_ALIASES,
  maxQueryDirectives: env.MAX_QUERY_DIRECTIVES,
  maxRootFields: env.MAX_ROOT_FIELDS,
  maxConnections: env.MAX_CONNECTIONS,
  headersTimeoutMs: env.HEADERS_TIMEOUT_MS,
  requestTimeoutMs: env.REQUEST_TIMEOUT_MS,
  sendTimeoutMs: env.SEND_TIMEOUT_MS,
  maxSendBufferBytes: env.MAX_SEND_BUFFER_BYTES,
  maxOperationsPerSocket: env.MAX_OPERATIONS_PER_SOCKET,
  maxOperationIdLength: env.MAX_OPERATION_ID_LENGTH,
  maxMessagesPerSecond: env.MAX_MESSAGES_PER_SECOND,
  maxBusyOperations: env.MAX_BUSY_OPERATIONS,
  maxEventLoopDelayMs: env.MAX_EVENT_LOOP_DELAY_MS,
  graphiql: env.GRAPHIQL,
  introspection: env.INTROSPECTION,
  csrfPrevention: env.CSRF_PREVENTION,
  trustedProxies: env.TRUSTED_PROXIES,
  corsOrigins: env.CORS_ORIGINS,
  drainSeconds: env.DRAIN_SECONDS,
  logLevel: env.LOG_LEVEL,
});

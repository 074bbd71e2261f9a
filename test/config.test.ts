import { describe, expect, it } from 'vitest';
import { loadConfig, type Config, type Environment } from '../src/config.ts';
import { problemsOf } from './support/config.ts';

const ADM_URL = 'https://adm.example/base';
const urls = { ADM_URL, PACE_URL: 'https://pace.example', PIMS_URL: 'http://pims.example:81' };

const config = (environment: Environment): Config => loadConfig({ ADM_URL, ...environment });

describe('the settings', () => {
  it('have a default each, and need no more than one address', () => {
    expect(loadConfig({ ADM_URL })).toEqual({
      host: '127.0.0.1',
      port: 4000,
      adm: {
        url: new URL(ADM_URL),
        timeoutMs: 3000,
        forwardsAuthorization: false,
        tenantId: null,
        authorizationHeader: 'authorization',
      },
      pace: null,
      pims: null,
      pacePollSeconds: 25,
      pinSetGiveUpSeconds: 300,
      otpAttemptsPerMinute: 5,
      otpAttemptsPerMinutePerAddress: 60,
      maxUpstreamRequests: 256,
      maxSubscriptions: 50_000,
      maxRequestBytes: 1_048_576,
      maxVariablesBytes: 16_384,
      maxQueryBytes: 32_768,
      maxQueryTokens: 2_000,
      maxQueryDepth: 25,
      maxQueryAliases: 15,
      maxQueryDirectives: 20,
      maxRootFields: 10,
      maxConnections: 60_000,
      headersTimeoutMs: 5000,
      requestTimeoutMs: 8000,
      sendTimeoutMs: 15_000,
      maxSendBufferBytes: 1_048_576,
      maxOperationsPerSocket: 100,
      maxOperationIdLength: 128,
      maxMessagesPerSecond: 100,
      maxBusyOperations: 256,
      maxEventLoopDelayMs: 100,
      graphiql: true,
      introspection: true,
      csrfPrevention: false,
      corsOrigins: [],
      trustedProxies: 0,
      drainSeconds: 20,
      logLevel: 'info',
    } satisfies Config);
    expect(loadConfig(urls)).toMatchObject({
      pace: { url: new URL(urls.PACE_URL), timeoutMs: 3000, forwardsAuthorization: false },
      pims: { url: new URL(urls.PIMS_URL), timeoutMs: 10_000, forwardsAuthorization: false },
    });
  });

  it('are all read from their variable', () => {
    const environment = {
      ...urls,
      HOST: '::1',
      PORT: '8080',
      ADM_TENANT_ID: ' tenant 1 ',
      ADM_AUTHORIZATION_HEADER: 'X-Authorisation',
      ADM_CREDENTIAL: 'forward',
      PACE_CREDENTIAL: 'forward',
      PIMS_CREDENTIAL: 'forward',
      ADM_TIMEOUT_MS: '11',
      PACE_TIMEOUT_MS: '12',
      PIMS_TIMEOUT_MS: '13',
      PACE_POLL_SECONDS: '14',
      PIN_SET_GIVE_UP_SECONDS: '15',
      OTP_ATTEMPTS_PER_MINUTE: '16',
      OTP_ATTEMPTS_PER_MINUTE_PER_ADDRESS: '19',
      MAX_UPSTREAM_REQUESTS: '19',
      MAX_SUBSCRIPTIONS: '17',
      MAX_REQUEST_BYTES: '2000',
      MAX_VARIABLES_BYTES: '1999',
      MAX_QUERY_BYTES: '2001',
      MAX_QUERY_TOKENS: '2002',
      MAX_QUERY_DEPTH: '20',
      MAX_QUERY_ALIASES: '21',
      MAX_QUERY_DIRECTIVES: '22',
      MAX_ROOT_FIELDS: '23',
      MAX_CONNECTIONS: '21',
      HEADERS_TIMEOUT_MS: '22',
      REQUEST_TIMEOUT_MS: '23',
      SEND_TIMEOUT_MS: '24',
      MAX_SEND_BUFFER_BYTES: '2500',
      MAX_OPERATIONS_PER_SOCKET: '26',
      MAX_OPERATION_ID_LENGTH: '37',
      MAX_MESSAGES_PER_SECOND: '28',
      MAX_BUSY_OPERATIONS: '31',
      MAX_EVENT_LOOP_DELAY_MS: '30',
      GRAPHIQL: 'off',
      INTROSPECTION: 'off',
      CSRF_PREVENTION: 'on',
      TRUSTED_PROXIES: '2',
      CORS_ORIGINS: 'https://a.example,http://localhost:3000',
      DRAIN_SECONDS: '18',
      LOG_LEVEL: 'warn',
    };
    const forwardsAuthorization = true;
    expect(loadConfig(environment)).toEqual({
      host: '::1',
      port: 8080,
      adm: {
        url: new URL(ADM_URL),
        timeoutMs: 11,
        forwardsAuthorization,
        tenantId: 'tenant 1',
        authorizationHeader: 'x-authorisation',
      },
      pace: { url: new URL(urls.PACE_URL), timeoutMs: 12, forwardsAuthorization },
      pims: { url: new URL(urls.PIMS_URL), timeoutMs: 13, forwardsAuthorization },
      pacePollSeconds: 14,
      pinSetGiveUpSeconds: 15,
      otpAttemptsPerMinute: 16,
      otpAttemptsPerMinutePerAddress: 19,
      maxUpstreamRequests: 19,
      maxSubscriptions: 17,
      maxRequestBytes: 2000,
      maxVariablesBytes: 1999,
      maxQueryBytes: 2001,
      maxQueryTokens: 2002,
      maxQueryDepth: 20,
      maxQueryAliases: 21,
      maxQueryDirectives: 22,
      maxRootFields: 23,
      maxConnections: 21,
      headersTimeoutMs: 22,
      requestTimeoutMs: 23,
      sendTimeoutMs: 24,
      maxSendBufferBytes: 2500,
      maxOperationsPerSocket: 26,
      maxOperationIdLength: 37,
      maxMessagesPerSecond: 28,
      maxBusyOperations: 31,
      maxEventLoopDelayMs: 30,
      graphiql: false,
      introspection: false,
      csrfPrevention: true,
      trustedProxies: 2,
      corsOrigins: ['https://a.example', 'http://localhost:3000'],
      drainSeconds: 18,
      logLevel: 'warn',
    } satisfies Config);
  });

  it.each<[name: string, from: number, to: number, key: keyof Config]>([
    ['PORT', 0, 65_535, 'port'],
    ['PACE_POLL_SECONDS', 1, 60, 'pacePollSeconds'],
    ['PIN_SET_GIVE_UP_SECONDS', 1, 86_400, 'pinSetGiveUpSeconds'],
    ['OTP_ATTEMPTS_PER_MINUTE', 1, 1_000_000, 'otpAttemptsPerMinute'],
    ['OTP_ATTEMPTS_PER_MINUTE_PER_ADDRESS', 1, 1_000_000, 'otpAttemptsPerMinutePerAddress'],
    ['MAX_UPSTREAM_REQUESTS', 1, 10_000, 'maxUpstreamRequests'],
    ['MAX_SUBSCRIPTIONS', 1, 1_000_000, 'maxSubscriptions'],
    ['MAX_REQUEST_BYTES', 1_024, 104_857_600, 'maxRequestBytes'],
    ['MAX_VARIABLES_BYTES', 1_024, 1_048_576, 'maxVariablesBytes'],
    ['MAX_QUERY_BYTES', 1_024, 1_048_576, 'maxQueryBytes'],
    ['MAX_QUERY_TOKENS', 100, 100_000, 'maxQueryTokens'],
    ['MAX_QUERY_DEPTH', 5, 200, 'maxQueryDepth'],
    ['MAX_QUERY_ALIASES', 0, 10_000, 'maxQueryAliases'],
    ['MAX_QUERY_DIRECTIVES', 0, 10_000, 'maxQueryDirectives'],
    ['MAX_ROOT_FIELDS', 1, 1_000, 'maxRootFields'],
    ['TRUSTED_PROXIES', 0, 10, 'trustedProxies'],
    ['DRAIN_SECONDS', 0, 86_400, 'drainSeconds'],
  ])('%s goes from %i to %i', (name, from, to, key) => {
    expect(config({ [name]: String(from) })[key]).toBe(from);
    expect(config({ [name]: String(to) })[key]).toBe(to);
    const problem = `${name}: has to be a whole number from ${from} to ${to}`;
    const wrong = [
      from - 1,
      to + 1,
      '1.5',
      '1e1',
      '0x1',
      'five',
      '-0',
      '+1',
      '1 0',
      '9'.repeat(30),
    ];
    for (const value of wrong) {
      expect(problemsOf({ ADM_URL, [name]: String(value) }), String(value)).toEqual([problem]);
    }
  });

  it.each(['ADM_TIMEOUT_MS', 'PACE_TIMEOUT_MS', 'PIMS_TIMEOUT_MS'])('%s is bounded', (name) => {
    const problem = `${name}: has to be a whole number from 1 to 3600000`;
    for (const value of ['0', '3600001', 'soon']) {
      expect(problemsOf({ ...urls, [name]: value })).toEqual([problem]);
    }
    for (const value of ['1', '3600000'])
      expect(problemsOf({ ...urls, [name]: value })).toEqual([]);
  });

  it('that are empty or blank count as not set', () => {
    const empty = { PORT: '', HOST: ' ', LOG_LEVEL: '', PACE_URL: '', ADM_TENANT_ID: '\t' };
    expect(config(empty)).toEqual(config({}));
    expect(config({ NODE_ENV: ' Production' }).graphiql).toBe(false);
    expect(config({ GRAPHIQL: '', NODE_ENV: 'production' }).graphiql).toBe(false);
  });

  it('may stand beside variables that are none of ours', () => {
    const others = {
      PATH: '/bin',
      ADM_URLS: 'x',
      port: 'x',
      REDIS_URL: 'x',
      A: undefined,
    };
    expect(config(others)).toEqual(config({}));
  });

  it.each<[value: string, on: boolean]>([
    ['on', true],
    ['ON', true],
    ['true', true],
    ['1', true],
    ['off', false],
    ['False', false],
    ['0', false],
  ])('turn something on or off by "%s"', (value, on) => {
    const { graphiql, introspection } = config({ GRAPHIQL: value, INTROSPECTION: value });
    expect({ graphiql, introspection }).toEqual({ graphiql: on, introspection: on });
  });

  it('are stricter in production, unless they are set', () => {
    const production = { NODE_ENV: 'production' };
    expect(config(production)).toEqual({
      ...config({}),
      graphiql: false,
      introspection: false,
      csrfPrevention: true,
    });
    const lenient = { GRAPHIQL: 'on', INTROSPECTION: 'on', CSRF_PREVENTION: 'off' };
    expect(config({ ...production, ...lenient })).toEqual(config({}));
  });
});

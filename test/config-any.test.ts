import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ConfigError, loadConfig } from '../src/config.ts';

const names = [
  ...['HOST', 'PORT', 'ADM_URL', 'PACE_URL', 'PIMS_URL', 'ADM_TENANT_ID', 'CORS_ORIGINS'],
  ...['ADM_AUTHORIZATION_HEADER', 'ADM_CREDENTIAL', 'PACE_CREDENTIAL', 'PIMS_CREDENTIAL'],
  ...['ADM_TIMEOUT_MS', 'PACE_TIMEOUT_MS', 'PIMS_TIMEOUT_MS', 'PACE_POLL_SECONDS'],
  ...['PIN_SET_GIVE_UP_SECONDS', 'OTP_ATTEMPTS_PER_MINUTE', 'MAX_SUBSCRIPTIONS', 'GRAPHIQL'],
  ...['INTROSPECTION', 'DRAIN_SECONDS', 'LOG_LEVEL', 'NODE_ENV', '__proto__', 'constructor'],
];

/** No setting's own text has it, nor any message. */
const canary = 'qzcanaryzq';

const address = fc
  .tuple(
    fc.constantFrom('http://', 'https://', 'HTTP:', 'file://', 'ftp://', 'unix:', '//', ''),
    fc.constantFrom('', 'user@', `user:${canary}@`, '@', `${canary}\\@`),
    fc.oneof(
      fc.domain(),
      fc.ipV4(),
      fc.ipV6().map((ip) => `[${ip}]`),
      fc.string(),
    ),
    fc.constantFrom('', ':0', ':443', ':99999', ':x'),
    fc.constantFrom('', '/', '/base/', `/${canary}?x=${canary}`, `#${canary}`, '?', '\r\nx: y'),
  )
  .map((parts) => parts.join(''));

const value = fc.oneof(
  fc.string({ unit: 'binary' }),
  address,
  fc.integer().map(String),
  fc.constantFrom('on', 'off', 'header', 'forward', 'info', '25', '1e3', '0x10', '-0', '٣', canary),
  fc.constant(undefined),
);

const name = fc.oneof(fc.constantFrom(...names), fc.constantFrom('PACE_URL', 'PIMS_URL'));

/** Mostly few: what is right beside something wrong is never seen. */
const environment = fc
  .oneof(
    { weight: 3, arbitrary: fc.array(fc.tuple(name, value), { maxLength: 2 }) },
    { weight: 1, arbitrary: fc.array(fc.tuple(name, value), { maxLength: 12 }) },
  )
  .map((entries) => Object.fromEntries(entries) as Record<string, string | undefined>);

const fine = fc.constantFrom<Record<string, string>>({}, { ADM_URL: 'http://adm.example' });

it('Any settings are a whole configuration, or problems that name them and repeat no value', () => {
  fc.assert(
    fc.property(environment, fine, (wild, tame) => {
      try {
        const { adm, pace, pims, port, pacePollSeconds } = loadConfig({ ...wild, ...tame });
        for (const provider of [adm, pace, pims]) {
          if (provider === null) continue;
          const { protocol, username, password, search, hash, host } = provider.url;
          expect(['http:', 'https:']).toContain(protocol);
          expect(username + password + search + hash).toBe('');
          expect(host).not.toBe('');
          expect(provider.timeoutMs).toBeGreaterThan(0);
        }
        expect([adm, pace, pims].some((provider) => provider !== null)).toBe(true);
        expect(port).toBeLessThan(65_536);
        expect(pacePollSeconds).toBeLessThanOrEqual(60);
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        expect(error.problems.length).toBeGreaterThan(0);
        for (const problem of error.problems) {
          expect(names).toContain(/^[A-Z_]+/.exec(problem)?.[0]);
          expect(problem).not.toContain(canary);
        }
      }
    }),
    { numRuns: 5_000 },
  );
});

import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/**
 * One room of the house and what it may import. Everything that is not named is refused, so a new
 * arrow has to be drawn here before it can be used. The map is docs/architecture.md.
 *
 * @param {string} files the files of the room
 * @param {string[]} may import specifiers, exact or with a trailing `*`
 */
const room = (files, may) => ({
  files: [files],
  rules: {
    '@typescript-eslint/no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            regex: `^(?!(?:${may.map(toPattern).join('|')})$)`,
            message: `This room may import only: ${may.join(', ')} (see docs/architecture.md).`,
          },
        ],
      },
    ],
  },
});

/** @param {string} specifier */
const toPattern = (specifier) =>
  specifier
    .replace(/[.+?^${}()|[\]\\/]/g, '\\$&')
    .replaceAll('node:*', 'node:.+')
    .replaceAll('*', '[^/]+');

const domain = [
  '../pins.ts',
  '../errors.ts',
  '../error-mapping.ts',
  '../secret.ts',
  '../caller.ts',
  '../cancellation.ts',
  '../fingerprint.ts',
  '../trim-blanks.ts',
];
const providerDomain = domain.map((path) => `../${path}`);

export default defineConfig(
  // The rivals' packages are installed only where the benchmarks are run.
  globalIgnores(['dist/', 'coverage/', 'test/generated/', 'bench/rivals/']),
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: { allowDefaultProject: ['eslint.config.js'] } },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
    },
  },

  room('src/{pins,secret,cancellation,trim-blanks}.ts', ['nothing']),
  room('src/errors.ts', ['./pins.ts']),
  room('src/error-mapping.ts', ['./errors.ts', './pins.ts']),
  room('src/caller.ts', ['./pins.ts', './secret.ts']),
  room('src/fingerprint.ts', ['./secret.ts', 'node:crypto']),
  room('src/providers/*.ts', ['./*.ts', 'node:*', ...domain]),
  room('src/providers/*/*.ts', ['./*.ts', '../*.ts', 'node:*', ...providerDomain]),
  room('src/providers/circuit-breaker.ts', ['./*.ts', ...domain, 'opossum']),
  room('src/providers/otp-limit.ts', ['./*.ts', ...domain, 'rate-limiter-flexible/lib/*.js']),
  room('src/providers/rate-limiter-flexible.d.ts', ['rate-limiter-flexible']),
  room('src/providers/unconfigured.ts', ['./*.ts', './*/client.ts', ...domain]),
  room('src/hub/*.ts', ['./*.ts', 'node:*', '../providers/provider.ts', ...domain]),
  room('src/schema/*.ts', [
    './*.ts',
    '../providers/provider.ts',
    '../hub/hub.ts',
    '../hub/pin-set-stream.ts',
    '../hub/settled-wait.ts',
    ...domain,
    'dataloader',
    'graphql',
  ]),
  room('src/schema/pothos.ts', ['@pothos/core', 'node:module']),
  room('src/transport/graphiql/*.ts', [
    './*.ts',
    '../bug-log.ts',
    '../caller.ts',
    '../graphql-path.ts',
    '../../pins.ts',
    'node:*',
  ]),
  room('src/transport/*.ts', [
    './*.ts',
    './graphiql/graphiql.ts',
    'node:*',
    '../schema/context.ts',
    '../observe/log.ts',
    ...domain,
    'graphql',
    'graphql-yoga',
    'graphql-jit',
    'graphql-ws',
    'ws',
    'cors',
    'lru-cache',
  ]),
  room('src/observe/*.ts', ['pino']),
  room('src/simulators/*.ts', ['./*.ts', 'node:*']),
  room('src/{config,settings}.ts', ['./settings.ts', 'valibot']),
  room('src/gateway.ts', [
    './config.ts',
    './pins.ts',
    './hub/memory.ts',
    './observe/log.ts',
    './providers/*.ts',
    './providers/*/client.ts',
    './schema/*.ts',
    './transport/*.ts',
    './transport/graphiql/*.ts',
  ]),
  room('src/index.ts', ['./config.ts', './gateway.ts', './observe/log.ts']),
  room('src/commands/*.ts', [
    './*.ts',
    '../config.ts',
    '../gateway.ts',
    '../observe/log.ts',
    '../schema/index.ts',
    '../simulators/index.ts',
    'graphql',
  ]),
  room('src/commands/tune-v8.ts', ['node:v8', 'node:vm']),
  room('src/commands/version.ts', ['node:fs']),
  room('src/commands/warn-of-descriptors.ts', ['node:fs', '../observe/log.ts']),
  room('src/cli.ts', ['./config.ts', './commands/*.ts', 'node:module']),
);

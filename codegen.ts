import type { CodegenConfig } from '@graphql-codegen/cli';

/**
 * Typed documents for the tests. It reads the printed schema: importing the schema's code here would
 * load graphql a second time, which graphql refuses. The generator writes `eslint-disable` into its files;
 * nobody lints what nobody has written, so ESLint does not look at the folder anyway.
 */
const config: CodegenConfig = {
  schema: 'schema.graphql',
  documents: 'test/operations/*.graphql',
  generates: {
    'test/generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        documentMode: 'string',
        enumsAsTypes: true,
        useTypeImports: true,
        strictScalars: true,
        scalars: { DateTime: 'string', PinCode: 'string' },
        emitLegacyCommonJSImports: false,
      },
    },
  },
};

export default config;

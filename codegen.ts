import type { CodegenConfig } from '@graphql-codegen/cli';
import { preset } from '@graphql-codegen/client-preset';

/**
 * Of its files the one that is used, without the remark to ESLint that it puts in front: ESLint leaves the
 * folder out.
 */
const client: typeof preset = {
  ...preset,
  async buildGeneratesSection(options) {
    const files = await preset.buildGeneratesSection(options);
    return files
      .filter(({ filename }) => filename.endsWith('/graphql.ts'))
      .map((file) => ({ ...file, plugins: file.plugins.filter((plugin) => !('add' in plugin)) }));
  },
};

/**
 * Typed documents for the tests. It reads the printed schema: importing the schema's code here would
 * load graphql a second time, which graphql refuses.
 */
const config: CodegenConfig = {
  schema: 'schema.graphql',
  documents: 'test/operations/*.graphql',
  generates: {
    'test/generated/': {
      preset: client,
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

import { defineConfig } from 'vitest/config';

export default defineConfig({
  // graphql must be the one that Node resolves: Vite alone would take its "module" field, and Yoga,
  // which Node loads, would not know the errors and types of that second graphql.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
});

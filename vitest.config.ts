// Tests run in forked processes against one real PostgreSQL server that global-setup starts.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'adapters/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/.samspil/**'],
    globalSetup: ['test/global-setup.ts'],
    pool: 'forks',
    // A test waits for PostgreSQL, a browser or a stub for most of its time: no core is spared for the rest.
    maxWorkers: '100%',
    // Only a test that stands still: how fast the machine is says nothing about the product.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
    restoreMocks: true,
    unstubEnvs: true,
  },
});

import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global.ts'],
    setupFiles: ['test/support/environment.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // For a machine that does more than this: what hangs is still found, what is slow does not fail.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})

import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

const source = join(import.meta.dirname, 'src')

export default defineConfig({
  resolve: {
    alias: [
      { find: /^parlor$/, replacement: join(source, 'parlor.ts') },
      { find: /^parlor\/testing$/, replacement: join(source, 'testing.ts') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    // the default leaves a core free: on two cores, the tests would run one file at a time, and most of them wait
    maxWorkers: '100%',
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
})

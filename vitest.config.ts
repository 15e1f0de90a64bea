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
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
})

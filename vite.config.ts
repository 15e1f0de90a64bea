import { join } from 'node:path'
import { defineConfig } from 'vite'

/**
 * The build of the page into `dist/web`. Addresses are relative to the page, so a path prefix needs no other build. Nothing is inline,
 * because the server forbids inline scripts and styles.
 */
export default defineConfig({
  root: join(import.meta.dirname, 'src/web'),
  base: './',
  build: {
    outDir: join(import.meta.dirname, 'dist/web'),
    emptyOutDir: true,
    target: ['chrome111', 'firefox113', 'safari16.4'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
})

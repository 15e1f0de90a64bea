import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { defineConfig, type Plugin } from 'vite'

/**
 * The build of the page into `dist/web`. Addresses are relative to the page, so a path prefix needs no other build. Nothing is inline,
 * because the server forbids inline scripts and styles.
 */
export default defineConfig({
  root: join(import.meta.dirname, 'src/web'),
  base: './',
  plugins: [compress()],
  build: {
    outDir: join(import.meta.dirname, 'dist/web'),
    emptyOutDir: true,
    target: ['chrome111', 'firefox113', 'safari16.4'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
})

/** Adds compressed copies of the built files, which the server sends to browsers that accept them. */
function compress(): Plugin {
  return {
    name: 'parlor-compress',
    apply: 'build',
    enforce: 'post',
    generateBundle: {
      // after Vite has set the addresses of the files that the page loads later
      order: 'post',
      handler(_, bundle) {
        for (const [fileName, file] of Object.entries(bundle)) {
          if (!/\.(?:js|css|html)$/.test(fileName)) continue
          const source = file.type === 'chunk' ? file.code : file.source
          this.emitFile({ type: 'asset', fileName: `${fileName}.br`, source: brotliCompressSync(source) })
          this.emitFile({ type: 'asset', fileName: `${fileName}.gz`, source: gzipSync(source, { level: 9 }) })
        }
      },
    },
  }
}

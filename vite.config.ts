import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { defineConfig, type Plugin } from 'vite'
import { hashSources, STAMP } from './src/cli/page-build.ts'
import { parseRemedies } from './src/web/model/remedy.ts'

/**
 * The build of the page into `dist/web`. Addresses are relative to the page, so a path prefix needs no other build. Nothing is inline,
 * because the server forbids inline scripts and styles.
 */
export default defineConfig({
  root: join(import.meta.dirname, 'src/web'),
  base: './',
  plugins: [layouts(), remedies(), compress(), stamp()],
  build: {
    outDir: join(import.meta.dirname, 'dist/web'),
    emptyOutDir: true,
    target: ['chrome111', 'firefox113', 'safari16.4'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
})

/** Makes the module with the layouts of the automatons, so that no browser needs the library that computes them. */
function layouts(): Plugin {
  return virtualModule('automaton-layouts', async () => {
    // the file loads all programs, so only this build loads it
    const { layOutPrograms } = await import(pathToFileURL(join(import.meta.dirname, 'src/cli/page-layouts.ts')).href)
    return layOutPrograms()
  })
}

/** Makes the module with the remedies of the file of causes. */
function remedies(): Plugin {
  return virtualModule('remedies', async () => parseRemedies(await readFile(join(import.meta.dirname, 'docs/causes.md'), 'utf8')))
}

/** Makes a module whose default export is the data that `load` returns. */
function virtualModule(name: string, load: () => Promise<unknown>): Plugin {
  const own = `\0virtual:${name}`
  return {
    name: `parlor-${name}`,
    resolveId: (id) => (id === `virtual:${name}` ? own : undefined),
    async load(id) {
      return id === own ? `export default JSON.parse(${JSON.stringify(JSON.stringify(await load()))})` : undefined
    },
  }
}

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

/** Notes the sources of the page beside it, so that a server that starts after `npm run build:web` or `npm pack` does not build it again. */
function stamp(): Plugin {
  return {
    name: 'parlor-stamp',
    apply: 'build',
    async generateBundle() {
      this.emitFile({ type: 'asset', fileName: STAMP, source: await hashSources(import.meta.dirname) })
    },
  }
}

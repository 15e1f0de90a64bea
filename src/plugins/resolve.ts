import { readFileSync } from 'node:fs'
import { type LoadFnOutput, registerHooks } from 'node:module'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { decode } from '../wire/text.ts'
import { addLoopLimits, isModule } from './loop-limit.ts'

/** The extension of Parlor's files: `.ts` in a clone, and `.js` in an installed package. */
const ENDING = import.meta.url.endsWith('.ts') ? 'ts' : 'js'

/** The modules of the public face, by the names under which a plug-in imports them. */
const FACES: ReadonlyMap<string, string> = new Map([
  ['parlor', new URL(`../parlor.${ENDING}`, import.meta.url).href],
  ['parlor/testing', new URL(`../testing.${ENDING}`, import.meta.url).href],
])

/**
 * Makes `import 'parlor'` resolve to the running copy in every module that Node loads from now on, in any folder. A second copy would have
 * classes of its own, so `instanceof` would fail. Also inserts a time limit into the loops of the plug-ins with the given URLs, and into
 * the loops of the files that these plug-ins import. Returns a function that ends both effects.
 */
export function resolveToThisCopy(plugins: Iterable<string>): () => void {
  const limited = new Set(plugins)
  const ours = new URL('..', import.meta.url).href
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      const face = FACES.get(specifier)
      if (face !== undefined) return { url: face, shortCircuit: true }
      const found = next(specifier, context)
      const { parentURL = '' } = context
      if (limited.has(parentURL) && found.url.startsWith('file:') && !found.url.startsWith(ours)) limited.add(found.url)
      // without a package.json beside a plug-in, Node would guess the format of the plug-in and print a warning
      return (found.format ?? '') === '' && found.url.endsWith('.ts') ? { ...found, format: 'module-typescript' } : found
    },
    load(url, context, next) {
      return limited.has(url) ? withLoopLimits(url, next(url, { ...context, format: toFormat(url, context.format) })) : next(url, context)
    },
  })
  return () => hooks.deregister()
}

/**
 * Returns the format of a file. A file with imports or exports is an ES module, even if its package.json declares CommonJS, as
 * the package.json of `npm init` does. Any other file has the given format.
 */
function toFormat(url: string, format: string | null | undefined): string | null | undefined {
  const module = MODULE_FORMATS.get(format ?? '')
  return module !== undefined && isModule(readFileSync(fileURLToPath(url), 'utf8')) ? module : format
}

const MODULE_FORMATS: ReadonlyMap<string, string> = new Map([
  ['commonjs', 'module'],
  ['commonjs-typescript', 'module-typescript'],
])

/** Returns a loaded module with a time limit in its loops. Throws a SyntaxError for a module that is neither JavaScript nor TypeScript. */
function withLoopLimits(url: string, loaded: LoadFnOutput): LoadFnOutput {
  const { source, format } = loaded
  if ((format !== 'module' && format !== 'module-typescript') || source === undefined || source === null) return loaded
  return { ...loaded, source: addLoopLimits(typeof source === 'string' ? source : decode(toBytes(source)), basename(fileURLToPath(url))) }
}

function toBytes(source: ArrayBufferLike | NodeJS.TypedArray): Uint8Array {
  return ArrayBuffer.isView(source) ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength) : new Uint8Array(source)
}

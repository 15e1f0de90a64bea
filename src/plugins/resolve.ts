import { registerHooks } from 'node:module'

/** The ending of Parlor's files: `.ts` in a clone, `.js` in an installed package. */
const ENDING = import.meta.url.endsWith('.ts') ? 'ts' : 'js'

/** The modules of the public face, by the names under which a plug-in imports them. */
const FACES: ReadonlyMap<string, string> = new Map([
  ['parlor', new URL(`../parlor.${ENDING}`, import.meta.url).href],
  ['parlor/testing', new URL(`../testing.${ENDING}`, import.meta.url).href],
])

/**
 * Makes `import 'parlor'` resolve to the running copy in every module that is loaded from now on, in any folder. A
 * second copy would have classes of its own, so `instanceof` would fail. Returns a function that ends the redirection.
 */
export function resolveToThisCopy(): () => void {
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      const face = FACES.get(specifier)
      if (face !== undefined) return { url: face, shortCircuit: true }
      const found = next(specifier, context)
      // without a package.json beside it, Node would guess the format of a plug-in, and warn
      return (found.format ?? '') === '' && found.url.endsWith('.ts') ? { ...found, format: 'module-typescript' } : found
    },
  })
  return () => hooks.deregister()
}

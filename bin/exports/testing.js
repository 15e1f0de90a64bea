// Exports the test kit: from source in a clone, from dist/ in an installed package, because Node strips no types under node_modules.
import { existsSync } from 'node:fs'

const source = new URL('../../src/testing.ts', import.meta.url)
const kit = await import(existsSync(source) ? source.href : new URL('../../dist/testing.js', import.meta.url).href)

export const { testGame, testProtocol } = kit

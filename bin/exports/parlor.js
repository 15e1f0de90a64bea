// Exports the public API: from source in a clone, from dist/ in an installed package, because Node strips no types under node_modules.
import { existsSync } from 'node:fs'

const source = new URL('../../src/parlor.ts', import.meta.url)
const face = await import(existsSync(source) ? source.href : new URL('../../dist/parlor.js', import.meta.url).href)

export const {
  EndOfInput,
  client,
  clientCloses,
  decimalPrefixed,
  defineAutomaton,
  defineGame,
  defineProgram,
  defineProtocol,
  defineTurnGame,
  either,
  fixedLength,
  follow,
  isRefusal,
  lengthPrefixed,
  lines,
  playAtConsole,
  playForPeer,
  readOption,
  requireHall,
  segments,
  server,
} = face

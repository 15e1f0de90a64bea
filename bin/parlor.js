#!/usr/bin/env node
// Starts Parlor: from source in a clone, from dist/ in an installed package (Node strips no types under node_modules).
import { existsSync } from 'node:fs'
import * as module from 'node:module'
import { fileURLToPath } from 'node:url'
import { isTooOld, relaunch } from './relaunch.js'

if (isTooOld(process.versions.node)) {
  relaunch(fileURLToPath(import.meta.url))
} else {
  module.enableCompileCache?.()
  const source = new URL('../src/cli/main.ts', import.meta.url)
  const { main } = await import(existsSync(source) ? source.href : new URL('../dist/cli/main.js', import.meta.url).href)
  await main(process.argv)
}

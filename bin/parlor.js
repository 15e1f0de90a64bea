#!/usr/bin/env node
// Starts Parlor: from source in a clone, from dist/ in an installed package, because Node strips no types under node_modules.
import { existsSync } from 'node:fs'
import * as module from 'node:module'
import { fileURLToPath } from 'node:url'

/** The oldest version of Node that can run Parlor. */
const NEEDED = [24, 7]

if (isOlder(process.versions.node, NEEDED)) {
  const { relaunch } = await import('./relaunch.js')
  relaunch(fileURLToPath(import.meta.url), NEEDED.join('.'))
} else {
  module.enableCompileCache?.()
  const source = new URL('../src/cli/main.ts', import.meta.url)
  const { main } = await import(existsSync(source) ? source.href : new URL('../dist/cli/main.js', import.meta.url).href)
  await main(process.argv)
}

/** Checks whether a version of Node, such as `20.19.2`, is older than another version. */
function isOlder(version, [neededMajor, neededMinor]) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major < neededMajor || (major === neededMajor && minor < neededMinor)
}

#!/usr/bin/env node
// Starts Parlor: from source in a clone, from dist/ in an installed package (Node strips no types under node_modules).
import { existsSync } from 'node:fs'
import * as module from 'node:module'

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 24 || (major === 24 && minor < 7)) {
  console.error(`parlor needs Node 24.7 or newer, and this is Node ${process.versions.node}; in a clone, "npx parlor" brings its own.`)
  process.exit(1)
}
module.enableCompileCache?.()
const source = new URL('../src/cli/main.ts', import.meta.url)
const { main } = await import(existsSync(source) ? source.href : new URL('../dist/cli/main.js', import.meta.url).href)
await main(process.argv)

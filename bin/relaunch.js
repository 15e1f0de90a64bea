// Starts Parlor again with the Node in the package. This file must run in very old versions of Node.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2']
/** Options of Node that this process must not pass to the child. `WITH_VALUE` has those options whose value may be the next argument. */
const OWN = /^--?(?:r|import|require|loader|experimental-loader|inspect|cpu-prof|heap-prof)(?:$|[-=])/
const WITH_VALUE = /^--?(?:r|import|require|loader|experimental-loader)$/

/**
 * Runs `script`, which needs Node `needed`, with the arguments of this process in the Node of the package, and exits with the code or
 * signal of the child. This process forwards signals to the child. The child ends when this process ends, because the channel between them
 * closes.
 */
export function relaunch(script, needed) {
  const node = process.env.PARLOR_RELAUNCHED ? undefined : bundledNode()
  if (node === undefined) {
    console.error(
      `parlor needs Node ${needed} or newer, but this is ${process.versions.node}. Install a newer Node, or the optional dependency "node" of the package.`,
    )
    process.exit(1)
  }
  const flags = process.execArgv.filter((flag, at, all) => !OWN.test(flag) && !WITH_VALUE.test(all[at - 1] || ''))
  const child = spawn(node, [...flags, script, ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, PARLOR_RELAUNCHED: '1' },
  })
  for (const signal of SIGNALS) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    console.error(`cannot start parlor with ${node}: ${error.message}`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code === null ? 1 : code)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}

function bundledNode() {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve('node/package.json'))
    const node = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
    return existsSync(node) ? node : undefined
  } catch {
    return undefined
  }
}

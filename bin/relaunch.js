// Starts Parlor again with the Node that the package brings. It is plain JavaScript that a Node of many years ago runs.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2']
/** Options of Node that are about the process that has them, and those of them whose value may be an argument of its own. */
const OWN = /^--?(?:r|import|require|loader|experimental-loader|inspect|cpu-prof|heap-prof)(?:$|[-=])/
const WITH_VALUE = /^--?(?:r|import|require|loader|experimental-loader)$/

/**
 * Runs `script`, which needs Node `needed`, with the same arguments in the Node that the package brings, and ends as that does. Signals go on to it,
 * and it ends when this process does, for the channel between the two is closed then.
 */
export function relaunch(script, needed) {
  const node = process.env.PARLOR_RELAUNCHED ? undefined : bundledNode()
  if (node === undefined) {
    console.error(
      `parlor needs Node ${needed} or newer, and this is Node ${process.versions.node}; the package brings one with its optional dependency "node", which is not installed.`,
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
    console.error(`parlor could not be started with ${node}: ${error.message}`)
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

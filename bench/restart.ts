// Measures the time from the start of `parlor serve` on a folder with many games to its first answer, after a SIGKILL, ten
// times in a row: node bench/restart.ts [UNFINISHED FINISHED KILLS]
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { figure, median, table, verdict } from './figures.ts'

const [unfinished = 20_000, finished = 200_000, kills = 10] = process.argv.slice(2).map(Number)
/** Maximum number of milliseconds until `/health` answers. */
const TARGET = 3000

const bin = join(import.meta.dirname, '..', 'bin', 'parlor.js')
const folder = mkdtempSync(join(tmpdir(), 'parlor-restart-'))
const started = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of started) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130))

/**
 * Start is the result of one start: milliseconds until the server listens and until `/health` answers, and the server's state at the
 * answer.
 */
interface Start {
  readonly listening: number
  readonly healthy: number
  /** Number of open tables. */
  readonly tables: number
  /** Resident bytes, and the growth of the folder in bytes. */
  readonly rss: number
  readonly written: number
}

const from = performance.now()
const writer = start(join(import.meta.dirname, 'restart-folder.ts'), folder, String(unfinished), String(finished))
await firstLine(writer)
await kill(writer)
process.stderr.write(`${figure((performance.now() - from) / 1000, 0)} s to play the games\n`)
const size = folderSize(folder)

const starts: Start[] = []
for (let n = 0; n < kills; n++) {
  const one = await restart()
  starts.push(one)
  process.stderr.write(`start ${n + 1}: ${figure(one.healthy, 0)} ms, ${one.tables} tables, ${figure(one.rss / 2 ** 20, 0)} MiB\n`)
}

const worst = Math.max(...starts.map(({ healthy }) => healthy))
const tables = Math.min(...starts.map((one) => one.tables))
const rows = starts.map(({ listening, healthy, rss, written }, n) => [
  String(n + 1),
  figure(listening, 0),
  figure(healthy, 0),
  figure(rss / 2 ** 20, 0),
  figure(written, 0),
])
const text = `# Results: restart

\`npm run bench:restart\` writes this page: \`parlor serve\` starts on a folder with ${figure(unfinished, 0)} unfinished and ${figure(finished, 0)} finished tables, written by a server that ended by SIGKILL, and gets a SIGKILL as soon as \`/health\` answers, ${kills} times in a row. The machine has ${availableParallelism()} cores, Node ${process.versions.node}. The folder has ${figure(size / 2 ** 20, 0)} MiB.

${table([['start', 'until it listens, ms', 'until /health answers, ms', 'resident, MiB', 'bytes written'], ['---', '---', '---', '---', '---'], ...rows])}

Median until \`/health\` answers: ${figure(median(starts.map(({ healthy }) => healthy)), 0)} ms.

## Targets

${[
  verdict(worst < TARGET, `the slowest of ${kills} starts: ${figure(worst, 0)} ms (target ${figure(TARGET, 0)})`),
  verdict(tables >= unfinished, `the fewest open tables after a start: ${figure(tables, 0)} of ${figure(unfinished, 0)}`),
].join('\n')}
`
writeFileSync(new URL('RESTART.md', import.meta.url), text)
process.stdout.write(text)
process.exit()

async function restart(): Promise<Start> {
  const before = folderSize(folder)
  const from = performance.now()
  const server = start(bin, 'serve', '--json', '--only', 'door', '--port', 'door=0', '--http', '0', '--web', 'none', '--data', folder)
  const { http } = JSON.parse(await firstLine(server)) as { http: { port: number } }
  const listening = performance.now() - from
  const answer = await fetch(`http://127.0.0.1:${http.port}/health`)
  const { tables } = (await answer.json()) as { tables: number }
  const healthy = performance.now() - from
  const rss = readRss(server.pid ?? 0)
  await kill(server)
  return { listening, healthy, tables, rss, written: folderSize(folder) - before }
}

function start(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  started.add(child)
  child.on('exit', () => started.delete(child))
  return child
}

/** Returns the first line that a process prints. */
async function firstLine(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('the process has no pipe for its standard output')
  for await (const chunk of child.stdout) return String(chunk)
  throw new Error('the process ended and printed nothing')
}

async function kill(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

function folderSize(path: string): number {
  return readdirSync(path).reduce((sum, file) => sum + statSync(join(path, file)).size, 0)
}

function readRss(pid: number): number {
  return 1024 * Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
}

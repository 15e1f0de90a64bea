// Compares the time from the start of `parlor join` to its first prompt with the time of an empty script: node bench/startup.ts
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const RUNS = 15
/**
 * Targets: maximum ratio of the time of the package to the time of an empty script, and maximum number of extra milliseconds from source.
 */
const TIMES = 2.5
const MORE = 70

const project = fileURLToPath(new URL('..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'parlor-startup-'))
const started = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of started) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130))

const empty = join(folder, 'empty.js')
writeFileSync(empty, '')
const source = join(project, 'bin', 'parlor.js')
const built = join(build(), 'bin', 'parlor.js')

const server = start(built, 'serve', '--only', 'guess', '--port', 'guess=0', '--json')
const [line] = server.stdout ? await once(server.stdout, 'data') : ['']
const port = String(JSON.parse(String(line)).listening[0].port)

const ways = {
  'an empty script, from start to end': () => untilEnd(start(empty)),
  'join hello, built': () => untilPrompt(start(built, 'join', 'hello')),
  'join hello, from source': () => untilPrompt(start(source, 'join', 'hello')),
  'join guess, built, with a server': () => untilPrompt(start(built, 'join', 'guess', '127.0.0.1', port)),
  'join guess, from source, with a server': () => untilPrompt(start(source, 'join', 'guess', '127.0.0.1', port)),
}
const times = new Map<string, number[]>(Object.keys(ways).map((name) => [name, []]))
for (let run = -1; run < RUNS; run++) {
  for (const [name, way] of Object.entries(ways)) {
    const took = await way()
    // the first run fills Node's compile cache, so its time does not count
    if (run >= 0) times.get(name)?.push(took)
  }
}

const [none = [], ...joins] = times.values()
const rows = [...times].map(([name, all]) => {
  const range = `${Math.min(...all).toFixed(0)} to ${Math.max(...all).toFixed(0)}`
  return `| ${name} | ${median(all).toFixed(0)} | ${range} | ${median(pairs(all, none, (a, b) => a / b)).toFixed(2)} |`
})
const targets = ['hello', 'guess'].flatMap((program, at) => {
  const [fromBuilt = [], fromSource = []] = joins.slice(2 * at, 2 * at + 2)
  const ratio = median(pairs(fromBuilt, none, (a, b) => a / b))
  const more = median(pairs(fromSource, fromBuilt, (a, b) => a - b))
  return [
    `- ${ratio <= TIMES ? 'holds' : '**does not hold**'}: join ${program}, built: ${ratio.toFixed(2)} times the empty script (target ${TIMES})`,
    `- ${more <= MORE ? 'holds' : '**does not hold**'}: join ${program}, from source: ${more.toFixed(0)} ms more than built (target ${MORE})`,
  ]
})
const text = `# Startup

\`npm run bench:startup\` writes this page: the time from the start of the process to its first prompt, in ${RUNS} rounds of one run each, on ${availableParallelism()} cores, Node ${process.versions.node}.

| what | median, ms | from, to | median of times the empty script |
| --- | --- | --- | --- |
${rows.join('\n')}

${targets.join('\n')}
`
writeFileSync(new URL('STARTUP.md', import.meta.url), text)
process.stdout.write(text)
process.exit()

/** Builds the package in a folder with the layout of an installed package. */
function build(): string {
  const to = join(folder, 'package')
  const compiler = join(project, 'node_modules', 'typescript', 'bin', 'tsc')
  execFileSync(process.execPath, [compiler, '-p', join(project, 'tsconfig.build.json'), '--outDir', join(to, 'dist')], { stdio: 'inherit' })
  for (const part of ['bin', 'package.json']) cpSync(join(project, part), join(to, part), { recursive: true })
  symlinkSync(join(project, 'node_modules'), join(to, 'node_modules'), 'junction')
  return to
}

function start(file: string, ...args: string[]): ChildProcess {
  const child = spawn(process.execPath, [file, ...args], { stdio: 'pipe' })
  started.add(child)
  // both sides print a diagnostic when a client disconnects in its first move
  child.stderr?.resume()
  child.on('exit', () => started.delete(child))
  return child
}

async function untilEnd(child: ChildProcess): Promise<number> {
  const from = performance.now()
  await once(child, 'exit')
  return performance.now() - from
}

async function untilPrompt(child: ChildProcess): Promise<number> {
  const from = performance.now()
  if (child.stdout) await once(child.stdout, 'data')
  const took = performance.now() - from
  // Ctrl-D: Node writes its compile cache only if the process ends by itself
  child.stdin?.end()
  await once(child, 'exit')
  return took
}

/** Combines the times of two ways to start, round by round. */
function pairs(some: readonly number[], others: readonly number[], of: (a: number, b: number) => number): number[] {
  return some.map((time, round) => of(time, others[round] ?? Number.NaN))
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}

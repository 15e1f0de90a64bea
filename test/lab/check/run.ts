/*
 * npm run test:check [-- OPTIONS]: judges the programs of students, and prints a table. Each broken program is judged once, by the check
 * that finds its mistake; each correct one many times at level robust, first on a machine that does nothing else, then with all cores
 * busy; and each example of the project once. Exit code 1 if a cause is not the expected cause, or if a correct program fails.
 *
 *   --runs N      runs of each correct program, without load and again under load; by default 20
 *   --match TEXT  only programs whose file contains TEXT
 *   --load WHICH  quiet, busy or both: the correct programs without load, with all cores busy, or one after the other; by default both
 *   --jobs N      programs that are judged at the same time; by default one for each core
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { judgeHandIn } from '../../support/judge-hand-in.ts'
import { BROKEN } from './broken-hand-ins.ts'
import { CORRECT, EXAMPLES } from './correct-hand-ins.ts'
import { type BrokenHandIn, type CorrectHandIn, type HandIn, isStartable, prepareHandIn } from './hand-ins.ts'

const CORES = availableParallelism()
/** Width of the column of files. */
const WIDTH = 46

/** Row is one line of the table. */
interface Row {
  readonly file: string
  readonly isGood: boolean
  readonly seconds: number
  readonly found: string
}

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '20' },
    match: { type: 'string', default: '' },
    load: { type: 'string', default: 'both' },
    jobs: { type: 'string', default: String(CORES) },
  },
})
const isChosen = ({ file }: HandIn) => file.includes(values.match)
const all = [...BROKEN, ...CORRECT, ...EXAMPLES]
const missing = all.filter((handIn) => !isStartable(handIn))
if (missing.length > 0) console.log(`${missing.length} programs cannot be started here, because their interpreter or compiler is missing`)

const rows: Row[] = []
const broken = BROKEN.filter(isStartable).filter(isChosen)
rows.push(...(await runAll('broken', broken, 1, judgeBroken)))
const correct = CORRECT.filter(isStartable).filter(isChosen)
const runs = Number(values.runs)
rows.push(...(await runAll('examples', EXAMPLES.filter(isStartable).filter(isChosen), Math.min(runs, 1), judgeCorrect)))
if (values.load !== 'busy') rows.push(...(await runAll('correct', correct, runs, judgeCorrect)))
if (values.load !== 'quiet') {
  const busy = Array.from({ length: CORES }, () => startBusyProcess())
  try {
    rows.push(...(await runAll('correct, all cores busy', correct, runs, judgeCorrect)))
  } finally {
    for (const process of busy) process.kill('SIGKILL')
  }
}
console.log('\nruns as expected, of all, and the longest run')
for (const [file, runsOfOne] of Map.groupBy(rows, ({ file }) => file)) {
  const longest = Math.max(...runsOfOne.map(({ seconds }) => seconds))
  console.log(
    `${file.padEnd(WIDTH)} ${runsOfOne.filter(({ isGood }) => isGood).length}/${runsOfOne.length}  ${longest.toFixed(1).padStart(6)} s`,
  )
}
const bad = rows.filter(({ isGood }) => !isGood)
console.log(`${rows.length - bad.length} of ${rows.length} runs as expected`)
process.exitCode = bad.length > 0 ? 1 : 0

/** Judges each program a number of times, several at the same time, and prints a row for each run. */
async function runAll<T extends HandIn>(
  title: string,
  handIns: readonly T[],
  times: number,
  run: (handIn: T, seed: number) => Promise<Row>,
): Promise<readonly Row[]> {
  console.log(`\n${title}: ${handIns.length} programs, ${times} runs each`)
  const since = performance.now()
  const queue = Array.from({ length: times }, (_, at) => handIns.map((handIn) => ({ handIn, seed: at + 1 }))).flat()
  const done: Row[] = []
  const work = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const row = await run(next.handIn, next.seed)
      done.push(row)
      console.log(`${row.isGood ? 'ok ' : 'BAD'} ${row.file.padEnd(WIDTH)} ${row.seconds.toFixed(1).padStart(6)} s  ${row.found}`)
    }
  }
  await Promise.all(Array.from({ length: Number(values.jobs) }, work))
  console.log(`${title}: ${Math.round((performance.now() - since) / 1000)} s`)
  return done
}

async function judgeBroken(handIn: BrokenHandIn, seed: number): Promise<Row> {
  const since = performance.now()
  using prepared = prepareHandIn(handIn)
  const [result] = await judgeHandIn({ ...prepared, only: handIn.check, seed })
  const isGood = result?.cause === handIn.cause && handIn.says.test(result.sentence)
  const found = `${handIn.check}: ${result?.cause}: ${result?.sentence}`
  return { file: handIn.file, isGood, seconds: (performance.now() - since) / 1000, found }
}

async function judgeCorrect(handIn: CorrectHandIn, seed: number): Promise<Row> {
  const since = performance.now()
  using prepared = prepareHandIn(handIn)
  const results = await judgeHandIn({ ...prepared, level: handIn.level ?? 'robust', seed })
  const failed = results.filter(({ name, passed }) => !passed && name !== handIn.unclaimed)
  const found = failed.map(({ name, cause, sentence }) => `${name}: ${cause}: ${sentence}`).join('; ') || `${results.length} checks passed`
  return { file: handIn.file, isGood: results.length > 0 && failed.length === 0, seconds: (performance.now() - since) / 1000, found }
}

/** Starts a process that uses a core until it is ended, or until this process has ended. */
function startBusyProcess(): ChildProcess {
  return spawn(process.execPath, ['-e', 'for (const parent = process.ppid; process.ppid === parent; );'], { stdio: 'ignore' })
}

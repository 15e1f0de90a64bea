import { readFileSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { readRecording } from '../lab/recordings/formats.ts'
import { type Recording, type RecordingEntry, RecordingError } from '../lab/recordings/recording.ts'
import { createWatches } from '../lab/tap/conversation-watch.ts'
import { RecordingJudge } from '../lab/tap/recording-judge.ts'
import { EXIT } from '../terminal/exit-codes.ts'
import { cannotRead } from '../terminal/system-errors.ts'
import { outputIsClosed, printError, UsageError } from './diagnostics.ts'
import { loadWatched } from './lab-view.ts'
import type { ProgramFlags } from './program-options.ts'
import { createRecording, writeRecording } from './recording-file.ts'
import { createView, standardOutput } from './view-output.ts'

/** ShowCommandOptions is the parsed command line of `parlor show`. */
export interface ShowCommandOptions extends ProgramFlags {
  readonly record?: string
  readonly secrets?: boolean
  readonly connection?: number
}

/** Runs `parlor show`: draws a recording, or writes it in another format. Resolves to the exit code. */
export async function showCommand(path: string, program: string | undefined, options: ShowCommandOptions): Promise<number> {
  const { protocols } = await loadWatched(program, options)
  const { entries, warnings } = readRecordingFile(path)
  const shown = selectConnection(entries, options.connection)
  const file = options.record === undefined ? undefined : writeRecording(createRecording(options.record), protocols, printError)
  for (const warning of warnings) printError(warning)
  const judge = new RecordingJudge({
    createWatch: createWatches(protocols),
    ...(file ? {} : { view: createView(standardOutput()) }),
    secrets: options.secrets === true,
  })
  const last = new Map(shown.map((entry, at) => [entry.connection, at]))
  for (const [at, entry] of shown.entries()) {
    const judged = judge.take(entry)
    file?.append(judged)
    if (last.get(entry.connection) === at) judge.close(entry.connection, entry.at)
    if (!file && at % TURN === TURN - 1 && !(await untilWritten(process.stdout))) break
  }
  judge.closeAll()
  await file?.close()
  return EXIT.good
}

/** Number of entries that the command draws in one turn of the event loop. */
const TURN = 1000

/**
 * Resolves when the output has written all lines so far, so that the lines of a long recording do not fill the memory. Resolves to false if
 * the output can write no further line.
 */
async function untilWritten(output: NodeJS.WriteStream): Promise<boolean> {
  await setImmediate()
  if (output.writableNeedDrain && !outputIsClosed()) {
    const { promise, resolve } = Promise.withResolvers<void>()
    output.once('drain', resolve).once('error', resolve)
    await promise
    output.off('drain', resolve).off('error', resolve)
  }
  return !outputIsClosed()
}

/** Reads a file with a recording. Throws a UsageError if the file cannot be read, or is not a recording. */
export function readRecordingFile(path: string): Recording {
  let file: Uint8Array
  try {
    file = readFileSync(path)
  } catch (error) {
    throw new UsageError(cannotRead(path, error))
  }
  try {
    return readRecording(file)
  } catch (error) {
    if (!(error instanceof RecordingError)) throw error
    throw new UsageError(`${JSON.stringify(path)}: ${error.message}`)
  }
}

/** Returns the entries of one connection, or all entries. Throws a UsageError if there is no such connection. */
function selectConnection(entries: readonly RecordingEntry[], connection: number | undefined): readonly RecordingEntry[] {
  if (connection === undefined) return entries
  const found = entries.filter((entry) => entry.connection === connection)
  if (found.length > 0) return found
  throw new UsageError(`the recording has no connection ${connection}: ${describeConnections(entries)}`)
}

/** Describes the connections of a recording in a clause. */
export function describeConnections(entries: readonly RecordingEntry[]): string {
  const numbers = [...new Set(entries.map(({ connection }) => connection))]
  if (numbers.length === 0) return 'it has no connections'
  return numbers.length === 1 ? `it has only connection ${numbers[0]}` : `it has connections ${numbers[0]} to ${numbers.at(-1)}`
}

import { vi } from 'vitest'
import { UsageError } from '../../src/cli/diagnostics.ts'
import { createCommands } from '../../src/cli/main.ts'
// loaded with the test file, so that no test waits for the import
import '../../src/cli/store-files.ts'
import '../../src/cli/rank.ts'
import '../../src/cli/history-commands.ts'
import '../../src/cli/export.ts'

/** The result of a command line. */
interface CommandResult {
  readonly output: string
  readonly errors: string
  readonly code: number
}

/**
 * Runs a command line in this process. `run` uses a process of its own, which takes a hundred times as long, and is for
 * `serve`, `host` and `join`, because these handle signals.
 */
export async function runInProcess(...args: readonly string[]): Promise<CommandResult> {
  const ran = { output: '', errors: '', code: 0 }
  const capture = (stream: NodeJS.WriteStream, to: 'output' | 'errors') =>
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      ran[to] += String(text)
      return true
    })
  const captures = [capture(process.stdout, 'output'), capture(process.stderr, 'errors')]
  const end = (code: number) => {
    ran.code = code
  }
  try {
    const [only = ''] = args
    await (await createCommands(end, { only })).parseAsync(args, { from: 'user' })
    // a view gathers the lines of one turn of the event loop
    await new Promise(setImmediate)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    ran.errors += error.sentences.map((sentence) => `parlor: ${sentence}\n`).join('')
    ran.code = 2
  } finally {
    for (const { mockRestore } of captures) mockRestore()
  }
  return ran
}

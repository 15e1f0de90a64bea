import { vi } from 'vitest'
import { UsageError } from '../../src/cli/diagnostics.ts'
import { createCommands } from '../../src/cli/main.ts'
// loaded with the test file, so that no test waits for it
import '../../src/cli/store-files.ts'
import '../../src/cli/rank.ts'
import '../../src/cli/listings.ts'

/** What has become of a command line. */
interface Ran {
  readonly output: string
  readonly errors: string
  readonly code: number
}

/**
 * Runs a command line in this process, as `run` does in one of its own, which takes a hundred times as long. Not for `serve`,
 * `host` and `join`, which handle signals.
 */
export async function runHere(...args: readonly string[]): Promise<Ran> {
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
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    ran.errors += error.sentences.map((sentence) => `parlor: ${sentence}\n`).join('')
    ran.code = 2
  } finally {
    for (const { mockRestore } of captures) mockRestore()
  }
  return ran
}

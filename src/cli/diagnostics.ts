import { messageOf } from '../terminal/trouble.ts'
import { revealed } from '../wire/visible.ts'

/** Usage is a mistake in the command line: its sentence is printed, and the exit code is 2. */
export class Usage extends Error {
  override readonly name = 'Usage'
}

/** Prints a diagnostic on standard error; nothing else of Parlor goes there. */
export function complain(sentence: string): void {
  process.stderr.write(`parlor: ${revealed(sentence)}\n`)
}

/** Lets the program live on when nobody reads what it prints: not to be heard is no mistake, and saying so would be another. */
export function outlivesReaders(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
}

/** Says what became of mistakes in Parlor itself: one sentence to `say`, and `then`, in place of a stack trace. */
export function onMistake(then: () => void, say: (sentence: string) => void = complain): void {
  process.setUncaughtExceptionCaptureCallback(null)
  process.setUncaughtExceptionCaptureCallback((error) => {
    say(`this is a mistake in Parlor itself, please report it: ${messageOf(error)}`)
    then()
  })
}

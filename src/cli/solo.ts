import { solo } from '../terminal/solo.ts'
import { Terminal } from '../terminal/terminal.ts'
import { complain } from './diagnostics.ts'
import { alone, checkFiles, checkOptions, noteSecret, randomOf, type TermOptions, termsOf } from './program-options.ts'
import { terminalSignal } from './stop-signal.ts'

/** Runs `parlor solo`: plays a program without a network. Resolves to the exit code. */
export async function soloCommand(name: string, options: TermOptions): Promise<number> {
  const program = await alone(name)
  checkFiles(program, options)
  const terms = await termsOf(options)
  checkOptions(program, terms)
  noteSecret(program, terms)
  const stop = terminalSignal()
  const stopped = new Promise<number>((resolve) => stop.addEventListener('abort', () => resolve(stop.reason)))
  const played = solo(program, { options: terms, random: randomOf(program, terms), terminal: new Terminal(), complain })
  return Promise.race([played, stopped])
}

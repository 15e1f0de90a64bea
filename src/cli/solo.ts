import { playSolo } from '../terminal/solo.ts'
import { Terminal } from '../terminal/terminal.ts'
import { printError } from './diagnostics.ts'
import { createRandom, type ProgramFlags, printAdvice, requireSoloProgram, resolveOptions } from './program-options.ts'
import { terminalSignal } from './stop-signal.ts'

/** Runs `parlor solo`: plays a program without a network. Resolves to the exit code. */
export async function soloCommand(name: string, options: ProgramFlags): Promise<number> {
  const program = await requireSoloProgram(name)
  const terms = await resolveOptions(program, 'solo', options)
  printAdvice(program, terms)
  const stop = terminalSignal()
  const stopped = new Promise<number>((resolve) => stop.addEventListener('abort', () => resolve(stop.reason)))
  const random = await createRandom(program, terms)
  const played = playSolo(program, { options: terms, random, terminal: new Terminal(), complain: printError })
  return Promise.race([played, stopped])
}

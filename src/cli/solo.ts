import { playSolo } from '../terminal/solo.ts'
import { Terminal } from '../terminal/terminal.ts'
import { printError } from './diagnostics.ts'
import {
  checkFiles,
  checkOptions,
  createRandom,
  loadPrograms,
  type ProgramFlags,
  parseProgramOptions,
  requireSoloProgram,
  warnAboutSecret,
} from './program-options.ts'
import { terminalSignal } from './stop-signal.ts'

/** Runs `parlor solo`: plays a program without a network. Resolves to the exit code. */
export async function soloCommand(name: string, options: ProgramFlags): Promise<number> {
  const program = await requireSoloProgram(name, await loadPrograms(options.plugin))
  checkFiles(program, options)
  const terms = await parseProgramOptions(options)
  checkOptions(program, terms)
  warnAboutSecret(program, terms)
  const stop = terminalSignal()
  const stopped = new Promise<number>((resolve) => stop.addEventListener('abort', () => resolve(stop.reason)))
  const played = playSolo(program, { options: terms, random: createRandom(program, terms), terminal: new Terminal(), complain: printError })
  return Promise.race([played, stopped])
}

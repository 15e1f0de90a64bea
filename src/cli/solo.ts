import type { Random } from '../games/game.ts'
import { EndOfInput, type Options, type SoloProgram } from '../protocol/definition.ts'
import { LocalSeating } from '../protocol/seating.ts'
import { EXIT } from '../terminal/exit-codes.ts'
import { createConsole, Terminal } from '../terminal/terminal.ts'
import { wallClock } from './clock.ts'
import { printError } from './diagnostics.ts'
import { createRandom, loadRegistry, type ProgramFlags, printAdvice, requireSoloProgram, resolveOptions } from './program-options.ts'
import { terminalSignal } from './stop-signal.ts'

/** Runs `parlor solo`: plays a program without a network. Resolves to the exit code. */
export async function soloCommand(name: string, flags: ProgramFlags): Promise<number> {
  const program = await requireSoloProgram(name, await loadRegistry(flags.plugin, [name]))
  const options = await resolveOptions(program, 'solo', flags)
  printAdvice(program, options)
  const stop = terminalSignal()
  const stopped = new Promise<number>((resolve) => stop.addEventListener('abort', () => resolve(stop.reason)))
  return Promise.race([play(program, options, await createRandom(program, options)), stopped])
}

/** Plays a program at this terminal. Resolves to the exit code. */
async function play(program: SoloProgram, options: Options, random: Random): Promise<number> {
  const seating = new LocalSeating(
    () => undefined,
    random,
    () => {},
  )
  const console = createConsole(new Terminal(), printError)
  try {
    await program.play({ words: undefined, console, seating, options, random, clock: wallClock })
    return EXIT.good
  } catch (error) {
    if (!(error instanceof EndOfInput)) throw error
    printError(error.message)
    return EXIT.trouble
  }
}

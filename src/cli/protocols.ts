import { formatReference, formatRows, formatSoloReference } from '../lab/reference.ts'
import type { ProgramRegistry } from '../programs/index.ts'
import { EXIT } from '../terminal/exit-codes.ts'
import { Terminal } from '../terminal/terminal.ts'
import { loadRegistry, requireNetworkProgram } from './program-options.ts'

/** Runs `parlor protocols [NAME]`: prints the table of all programs, or the reference of one program. Resolves to the exit code. */
export async function protocolsCommand(name?: string, { plugin }: { readonly plugin?: readonly string[] } = {}): Promise<number> {
  const programs = await loadRegistry(plugin, name === undefined ? [] : [name])
  const terminal = new Terminal()
  if (name === undefined) terminal.write(await all(terminal, programs))
  else {
    const program = await programs.load(name)
    const solo = await programs.loadSolo(name)
    if (program) terminal.write(formatReference(program, programs.findShortName(program.name), terminal.columns))
    else if (solo) terminal.write(formatSoloReference(solo, programs.findShortName(solo.name), terminal.columns))
    else await requireNetworkProgram(name, programs)
  }
  return EXIT.good
}

async function all(terminal: Terminal, programs: ProgramRegistry): Promise<string> {
  const networkedOnes = new Map((await programs.all()).map((program) => [program.name, program]))
  const rows = await Promise.all(
    programs.names.map(async (name) => {
      const program = networkedOnes.get(name)
      const solo = await programs.loadSolo(name)
      const short = programs.findShortName(name)
      const title = `${program?.protocol.title ?? solo?.title ?? ''}${solo ? ' (solo)' : ''}`
      return [short ? `${name} (${short})` : name, (program ? String(program.port) : '').padStart(5), title]
    }),
  )
  const ways = [
    'A program with a port: parlor host NAME, and parlor join NAME',
    'match and door, which take several clients: parlor serve --only NAME',
    'A program with (solo), without a network: parlor solo NAME',
    'The messages and states of one program: parlor protocols tictactoe',
  ]
  const table = formatRows([['PROGRAM (SHORT)', ' PORT', 'WHAT IT IS'], ...rows], terminal.columns)
  return `${table}\n\n${ways.map((way) => terminal.wrap(way)).join('\n')}\n`
}

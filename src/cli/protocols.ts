import { formatColumns, formatReference, formatSoloReference } from '../lab/reference.ts'
import { allPrograms, findShortName, loadProgram, loadSolo, programNames } from '../programs/index.ts'
import { Terminal } from '../terminal/terminal.ts'
import { EXIT } from '../terminal/trouble.ts'
import { requireNetworkProgram } from './program-options.ts'

/** Runs `parlor protocols [NAME]`: prints the table of all programs, or the reference of one. Resolves to the exit code. */
export async function protocolsCommand(name?: string): Promise<number> {
  const terminal = new Terminal()
  if (name === undefined) terminal.write(await all(terminal))
  else {
    const program = await loadProgram(name)
    const solo = await loadSolo(name)
    if (program) terminal.write(formatReference(program, findShortName(program.name), terminal.columns))
    else if (solo) terminal.write(formatSoloReference(solo, findShortName(solo.name), terminal.columns))
    else await requireNetworkProgram(name)
  }
  return EXIT.good
}

async function all(terminal: Terminal): Promise<string> {
  const networkedOnes = new Map((await allPrograms()).map((program) => [program.name, program]))
  const rows = await Promise.all(
    programNames.map(async (name) => {
      const program = networkedOnes.get(name)
      const solo = await loadSolo(name)
      const short = findShortName(name)
      const title = `${program?.protocol.title ?? solo?.title ?? ''}${solo ? ' (solo)' : ''}`
      return [short ? `${name} (${short})` : name, (program ? String(program.port) : '').padStart(5), title]
    }),
  )
  const ways = [
    'Both sides of those with a port: parlor host NAME, and parlor join NAME',
    'Of match and door, which take several clients: parlor serve --only NAME',
    'Those with (solo) without a network: parlor solo NAME',
    'One of them in full: parlor protocols tictactoe',
  ]
  const table = formatColumns([['PROGRAM (SHORT)', ' PORT', 'WHAT IT IS'], ...rows], terminal.columns)
  return `${table}\n\n${ways.map((way) => terminal.wrap(way)).join('\n')}\n`
}

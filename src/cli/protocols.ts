import { columns, reference, soloReference } from '../lab/reference.ts'
import { allPrograms, programNames, programOf, shortNameOf, soloOf } from '../programs/index.ts'
import { Terminal } from '../terminal/terminal.ts'
import { EXIT } from '../terminal/trouble.ts'
import { networked } from './program-options.ts'

/** Runs `parlor protocols [NAME]`: prints the table of all programs, or the reference of one. Resolves to the exit code. */
export async function protocolsCommand(name?: string): Promise<number> {
  const terminal = new Terminal()
  if (name === undefined) terminal.write(await all(terminal))
  else {
    const program = await programOf(name)
    const solo = await soloOf(name)
    if (program) terminal.write(reference(program, shortNameOf(program.name), terminal.columns))
    else if (solo) terminal.write(soloReference(solo, shortNameOf(solo.name), terminal.columns))
    else await networked(name)
  }
  return EXIT.good
}

async function all(terminal: Terminal): Promise<string> {
  const networkedOnes = new Map((await allPrograms()).map((program) => [program.name, program]))
  const rows = await Promise.all(
    programNames.map(async (name) => {
      const program = networkedOnes.get(name)
      const solo = await soloOf(name)
      const short = shortNameOf(name)
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
  const table = columns([['PROGRAM (SHORT)', ' PORT', 'WHAT IT IS'], ...rows], terminal.columns)
  return `${table}\n\n${ways.map((way) => terminal.wrap(way)).join('\n')}\n`
}

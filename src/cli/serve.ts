import { networkInterfaces } from 'node:os'
import { chance } from '../games/random.ts'
import { allPrograms, shortNameOf } from '../protocols/index.ts'
import type { Program } from '../protocols/protocol.ts'
import { Premises } from '../server/premises.ts'
import { type Place, Server } from '../server/server.ts'
import { Terminal } from '../terminal/terminal.ts'
import { cannotListen, EXIT, messageOf, place } from '../terminal/trouble.ts'
import { wallClock } from '../wire/clock.ts'
import { complain, onMistake, Usage } from './diagnostics.ts'
import { networked } from './programs.ts'
import { storeIn } from './stores.ts'
import { stopSignal, type TermOptions, termsOf } from './terms.ts'

interface ServeOptions extends Pick<TermOptions, 'framing' | 'words' | 'questions'> {
  readonly host: string
  readonly only?: readonly string[]
  readonly port?: Readonly<Record<string, number>>
  readonly iterative?: readonly string[]
  readonly first: number
  readonly idle: number
  readonly data: string
  readonly json?: boolean
}

/** `parlor serve`: all programs at once, until it is stopped; answers with the exit code. */
export async function serveCommand(options: ServeOptions): Promise<number> {
  const stop = stopSignal()
  onMistake(() => {})
  const programs = options.only ? await Promise.all(options.only.map(networked)) : await allPrograms()
  const named = async (name: string) => {
    const program = await networked(name)
    if (!programs.includes(program)) throw new Usage(`${program.name} is not served; add --only ${name}`)
    return program.name
  }
  const ports = Object.entries(options.port ?? {}).map(async ([name, port]) => [await named(name), port] as const)
  const premises = new Premises({
    store: await storeIn(options.data),
    clock: wallClock,
    random: chance,
    onTrouble: (sentence, reason) => complain(`${sentence}: ${messageOf(reason)}`),
  })
  await premises.open()
  const server = new Server({
    premises,
    programs: [...new Set(programs)],
    host: options.host,
    ports: Object.fromEntries(await Promise.all(ports)),
    iterative: new Set(await Promise.all((options.iterative ?? []).map(named))),
    limits: { first: options.first, idle: options.idle },
    options: await termsOf(options),
    random: chance,
    onTrouble: (program, client, trouble) => complain(`${program.name}, ${place(client)}: ${messageOf(trouble)}`),
  })
  const places = await server.open()
  const open = places.filter(({ failure }) => failure === undefined)
  if (options.json) new Terminal().write(`${json(places)}\n`)
  else if (open.length > 0) new Terminal().write(table(open, options.host))
  for (const { program, address, failure } of places) {
    if (failure !== undefined)
      complain(`${program.name} is not served: ${cannotListen(address, failure).replace('--port', `--port ${program.name}=N`)}`)
  }
  if (open.length > 0 && !stop.aborted) await new Promise<void>((resolve) => stop.addEventListener('abort', () => resolve()))
  await server.stop()
  await premises.close()
  return open.length > 0 ? EXIT.good : EXIT.trouble
}

function json(places: readonly Place[]): string {
  const rows = places.map(({ program, transport, address, failure }) => ({
    program: program.name,
    ...address,
    transport,
    ...(failure === undefined ? {} : { failure: messageOf(failure) }),
  }))
  return JSON.stringify({
    pid: process.pid,
    listening: rows.filter((row) => !('failure' in row)),
    failed: rows.filter((row) => 'failure' in row),
  })
}

/** What listens where, and how to try it. */
function table(places: readonly Place[], host: string): string {
  const rows = places
    .filter(({ transport }) => transport === 'tcp')
    .map(({ program, address }) => [named(program), String(address.port), program.protocol.title])
  const width = Math.max(...rows.map(([name = '']) => name.length))
  const lines = rows.map(([name = '', port = '', title = '']) => `  ${name.padEnd(width)}  ${port.padStart(5)}  ${title}`)
  const at = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  const port = places[0]?.address.port ?? 0
  const name = places[0]?.program.name ?? ''
  const join = `parlor join PROGRAM ${at} PORT`
  const first = (command: string) => command.padEnd(join.length + 4)
  return `Parlor serves on ${host}, until Ctrl-C:

${lines.join('\n')}

${reach(host)}Try one with a program of your own, or:
  ${first(`nc ${at} PORT`)}such as  nc ${at} ${port}
  ${first(join)}such as  parlor join ${name} ${at} ${port}
  ${first('parlor protocols PROGRAM')}what is said on the wire
`
}

function named({ name }: Program): string {
  const short = shortNameOf(name)
  return short ? `${name} (${short})` : name
}

/** The addresses to give to the others in the room, when the server listens on all of this machine. */
function reach(host: string): string {
  if (host !== '0.0.0.0' && host !== '::') return ''
  const addresses = Object.values(networkInterfaces())
    .flatMap((one) => one ?? [])
    .filter(({ internal, family, scopeid }) => !internal && (family === 'IPv4' || (host === '::' && !scopeid)))
    .map(({ address }) => address)
  return addresses.length === 0
    ? 'This machine has no address that others could use; is it on a network?\n\n'
    : `Others in the room use ${addresses.join(' or ')}\n\n`
}

// a house loads its tables for the first seat: in tests they are there already, so that a seat takes no time of the system
import '../../src/games/local-table.ts'
import type { Clock } from '../../src/base/clock.ts'
import type { Random } from '../../src/games/game.ts'
import { chance } from '../../src/games/random.ts'
import { loadProgram } from '../../src/programs/index.ts'
import { Conversation } from '../../src/protocol/conversation.ts'
import type { Options, Program } from '../../src/protocol/definition.ts'
import { decode } from '../../src/wire/text.ts'
import { memoryPair } from '../../src/wire/transports/memory.ts'
import { observe, tape } from './observe.ts'
import { Script } from './script.ts'

/** What is played: a program by name, and what is typed on either side. */
export interface Play {
  program: string
  host?: readonly string[]
  join?: readonly string[]
  options?: Options
  random?: Random
  clock?: Clock
}

/** How it went: screens, bytes on the wire as text, and what went wrong on either side, if anything. */
export interface Played {
  host: string
  join: string
  toClient: string
  toServer: string
  hostEnd: Error | undefined
  joinEnd: Error | undefined
}

/** A program by its name; a misspelt one fails the test. */
export async function program(name: string): Promise<Program> {
  const found = await loadProgram(name)
  if (!found) throw new Error(`no program ${name}`)
  return found
}

/**
 * Plays our host against our join in memory, both sides typing what their script says. What goes over the wire is judged by
 * the automaton; a message that it does not have fails the test.
 */
export async function play({ program: name, host = [], join = [], options = {}, random = chance, clock }: Play): Promise<Played> {
  const found = await program(name)
  const [server, client] = memoryPair()
  const events = tape(server, client)
  const atHost = new Script(host)
  const atJoin = new Script(join)
  const terms = { program: found, options: { ...found.defaults, ...options }, random, ...(clock ? { clock } : {}) }
  const hosting = new Conversation({ ...terms, side: 'server', transport: server, person: atHost })
  const joining = new Conversation({ ...terms, side: 'client', transport: client, person: atJoin })
  const [hostEnd, joinEnd] = await Promise.all([hosting.closed, joining.closed])
  const { illegal } = observe(found, options, events)
  if (illegal !== undefined) throw new Error(`${name} said what its automaton does not have: ${JSON.stringify(illegal)}`)
  const text = (writes: readonly Uint8Array[]) => writes.map((write) => decode(write)).join('')
  return { host: atHost.screen, join: atJoin.screen, toClient: text(server.written), toServer: text(client.written), hostEnd, joinEnd }
}

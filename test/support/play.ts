import { memoryPair } from '../../src/wire/transports/memory.ts'
// the house loads its tables for the first seat; tests load them before, so that a seat takes no time of the system
import '../../src/games/local-table.ts'
import type { Clock } from '../../src/base/clock.ts'
import type { Random } from '../../src/games/game.ts'
import { chance } from '../../src/games/random.ts'
import { loadProgram } from '../../src/programs/index.ts'
import { Conversation } from '../../src/protocol/conversation.ts'
import type { Options, Program } from '../../src/protocol/definition.ts'
import { judgeRecording, recordWrites } from '../../src/testing/wire-recorder.ts'
import { decode } from '../../src/wire/text.ts'
import { ScriptedUser } from './scripted-user.ts'

/** A program by name, with the input of either side. */
export interface Play {
  program: string
  host?: readonly string[]
  join?: readonly string[]
  options?: Options
  random?: Random
  clock?: Clock
}

/** The result: screens, bytes on the wire as text, and the error of either side, if any. */
export interface Played {
  host: string
  join: string
  toClient: string
  toServer: string
  hostEnd: Error | undefined
  joinEnd: Error | undefined
}

/** Returns a program by its name; a misspelled name fails the test. */
export async function program(name: string): Promise<Program> {
  const found = await loadProgram(name)
  if (!found) throw new Error(`no program ${name}`)
  return found
}

/**
 * Plays Parlor's host against its join in memory, with the input of both scripts. The automaton judges the messages on
 * the wire; an illegal message fails the test.
 */
export async function play({ program: name, host = [], join = [], options = {}, random = chance, clock }: Play): Promise<Played> {
  const found = await program(name)
  const [server, client] = memoryPair()
  const events = recordWrites(server, client)
  const atHost = new ScriptedUser(host)
  const atJoin = new ScriptedUser(join)
  const terms = { program: found, options: { ...found.defaults, ...options }, random, ...(clock ? { clock } : {}) }
  const hosting = new Conversation({ ...terms, side: 'server', transport: server, console: atHost })
  const joining = new Conversation({ ...terms, side: 'client', transport: client, console: atJoin })
  const [hostEnd, joinEnd] = await Promise.all([hosting.closed, joining.closed])
  const { illegal } = judgeRecording(found, options, events)
  if (illegal !== undefined) throw new Error(`${name} said what its automaton does not have: ${JSON.stringify(illegal)}`)
  const text = (writes: readonly Uint8Array[]) => writes.map((write) => decode(write)).join('')
  return { host: atHost.screen, join: atJoin.screen, toClient: text(server.written), toServer: text(client.written), hostEnd, joinEnd }
}

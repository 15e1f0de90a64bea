import { seededRandom } from '../../src/games/random.ts'
import { Conversation, type ConversationOptions } from '../../src/protocol/conversation.ts'
import { IdleTimeouts } from '../../src/protocol/idle-timeouts.ts'
import { encode } from '../../src/wire/text.ts'
import { type MemoryTransport, memoryPair } from '../../src/wire/transports/memory.ts'
import { settled, TestClock } from './clock.ts'
import { program } from './play.ts'
import { houseOf } from './premises.ts'
import { Script } from './script.ts'
import { type Heard, heardBy } from './wire.ts'

/** How a conversation of our side is set up, where not as usual. */
export interface Setup extends Partial<Omit<ConversationOptions, 'program' | 'transport' | 'clock'>> {
  readonly clock?: TestClock
  /** What a person types, line by line, and then Ctrl-D, unless `person` is given; no person is there without either. */
  readonly typed?: readonly string[]
  readonly datagrams?: boolean
}

/** A conversation of our side in memory, whose other end belongs to the test. */
export interface Begun {
  readonly conversation: Conversation
  readonly clock: TestClock
  /** The end of the connection that the conversation has. */
  readonly ours: MemoryTransport
  /** The end of the test; it is not opened yet. */
  readonly theirs: MemoryTransport
  /** The person who types what was given. */
  readonly script: Script
}

/** Begins a conversation of a program by its name: as the server, at a hall of its own where the program needs one. */
export async function begin(name: string, { typed, datagrams = false, clock = new TestClock(), ...terms }: Setup = {}): Promise<Begun> {
  const { side = 'server', options = {}, random = seededRandom(1) } = terms
  const found = await program(name)
  const [theirs, ours] = memoryPair({ datagrams })
  const script = new Script(typed)
  const conversation = new Conversation({
    ...(typed ? { person: script } : {}),
    ...(side === 'server' ? houseOf(found, { clock, random }) : {}),
    ...terms,
    program: found,
    side,
    transport: ours,
    options: { ...found.defaults, ...options },
    random,
    clock,
  })
  await settled()
  return { conversation, clock, ours, theirs, script }
}

/** How a conversation is watched: how long its peer may be silent, and how often that is looked at, in milliseconds. */
export interface Watching extends Setup {
  readonly limits?: { readonly first: number; readonly idle: number }
  readonly every?: number
}

/** A conversation that is watched as at a terminal, with all that is noticed about it. */
export interface Watched extends Pick<Begun, 'clock' | 'theirs'> {
  readonly talking: Conversation
  readonly patience: IdleTimeouts
  readonly heard: Heard
  readonly notices: readonly string[]
  /** Says bytes, one for each character, to our side. */
  say(bytes: string): Promise<void>
}

/** Begins a conversation that is watched; what it says is heard. */
export async function watched(name: string, { limits = FOR_EVER, every = 200, typed = [], ...setup }: Watching = {}): Promise<Watched> {
  const notices: string[] = []
  const noticed = (what: string, sentence: string) => notices.push(`${what}: ${sentence}`)
  const { conversation, clock, theirs } = await begin(name, { observer: { onNotice: noticed }, typed, ...setup })
  const heard = heardBy(theirs)
  const patience = new IdleTimeouts(limits, clock, every)
  patience.add(conversation)
  await settled()
  const say = async (bytes: string) => {
    theirs.write(encode(bytes, 'bytes'))
    await settled()
  }
  return { talking: conversation, patience, clock, theirs, heard, notices, say }
}

const FOR_EVER = { first: Number.POSITIVE_INFINITY, idle: Number.POSITIVE_INFINITY }

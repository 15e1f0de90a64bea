import { seededRandom } from '../../src/games/random.ts'
import { Conversation, type ConversationOptions } from '../../src/protocol/conversation.ts'
import { IdleTimeouts } from '../../src/protocol/idle-timeouts.ts'
import { encode } from '../../src/wire/text.ts'
import { type MemoryTransport, memoryPair } from '../../src/wire/transports/memory.ts'
import { seatingOf } from './lobby-service.ts'
import { program } from './play.ts'
import { type Received, recordReceived } from './received.ts'
import { ScriptedUser } from './scripted-user.ts'
import { settled, TestClock } from './test-clock.ts'

/** Options of a conversation of Parlor's side, all with defaults. */
export interface ConversationSetup extends Partial<Omit<ConversationOptions, 'program' | 'transport' | 'clock'>> {
  readonly clock?: TestClock
  /** The lines that a person types, followed by Ctrl-D, unless `person` is given; without either there is no person. */
  readonly typed?: readonly string[]
  readonly datagrams?: boolean
}

/** A conversation of Parlor's side in memory, whose other end belongs to the test. */
export interface StartedConversation {
  readonly conversation: Conversation
  readonly clock: TestClock
  /** The conversation's end of the connection. */
  readonly ours: MemoryTransport
  /** The test's end; it is not opened yet. */
  readonly theirs: MemoryTransport
  /** The person who types the given lines. */
  readonly script: ScriptedUser
}

/** Starts a conversation of a program by its name: as the server, in a hall of its own if the program needs a hall. */
export async function startConversation(
  name: string,
  { typed, datagrams = false, clock = new TestClock(), ...terms }: ConversationSetup = {},
): Promise<StartedConversation> {
  const { side = 'server', options = {}, random = seededRandom(1) } = terms
  const found = await program(name)
  const [theirs, ours] = memoryPair({ datagrams })
  const script = new ScriptedUser(typed)
  const conversation = new Conversation({
    ...(typed ? { console: script } : {}),
    ...(side === 'server' ? seatingOf(found, { clock, random }) : {}),
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

/** Timeouts of a watched conversation, and the interval of their checks, in milliseconds. */
export interface WatchedConversationOptions extends ConversationSetup {
  readonly limits?: { readonly first: number; readonly idle: number }
  readonly every?: number
}

/** A conversation that is watched as at a terminal, with all its notices. */
export interface WatchedConversation extends Pick<StartedConversation, 'clock' | 'theirs'> {
  readonly talking: Conversation
  readonly patience: IdleTimeouts
  readonly received: Received
  readonly notices: readonly string[]
  /** Sends bytes, one for each character, to Parlor's side. */
  say(bytes: string): Promise<void>
}

/** Starts a watched conversation, and reads its output. */
export async function startWatchedConversation(
  name: string,
  { limits = FOR_EVER, every = 200, typed = [], ...setup }: WatchedConversationOptions = {},
): Promise<WatchedConversation> {
  const notices: string[] = []
  const noticed = (what: string, sentence: string) => notices.push(`${what}: ${sentence}`)
  const { conversation, clock, theirs } = await startConversation(name, { observer: { onNote: noticed }, typed, ...setup })
  const received = recordReceived(theirs)
  const patience = new IdleTimeouts(limits, clock, every)
  patience.add(conversation)
  await settled()
  const say = async (bytes: string) => {
    theirs.write(encode(bytes, 'bytes'))
    await settled()
  }
  return { talking: conversation, patience, clock, theirs, received, notices, say }
}

const FOR_EVER = { first: Number.POSITIVE_INFINITY, idle: Number.POSITIVE_INFINITY }

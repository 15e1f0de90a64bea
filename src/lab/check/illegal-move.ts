import { seededRandom } from '../../games/random.ts'
import { Conversation } from '../../protocol/conversation.ts'
import { type Console, EndOfInput } from '../../protocol/definition.ts'
import { Disconnected } from '../../wire/disconnect.ts'
import { decode, quoteText } from '../../wire/text.ts'
import { TransportFilter } from '../../wire/transport-filter.ts'
import { memoryPair } from '../../wire/transports/memory.ts'
import type { Check, CheckSubject, Finding } from './check.ts'
import { connectProgram } from './connecting.ts'
import { findUnhandledError } from './interrupted.ts'
import { playUntil } from './match.ts'
import { isPlayable } from './plays-to-the-end.ts'
import { QUOTED } from './program-output.ts'
import { endWithin } from './waiting.ts'
import { toBytes } from './wire-filters.ts'
import { type WireWatch, watchWire } from './wire-watch.ts'

/*
 * A message may be legal for the protocol, but against the rules of the game: for example, the cell is taken already. The automaton does
 * not contain the rules, but Parlor's own role of the program's side applies them. So when the judge's side sends in the same state for the
 * second time, it sends its first message of that state again. If Parlor's own role refuses this repetition, the program has to refuse it,
 * too. Otherwise the repetition is a legal move, and shows nothing.
 */

/**
 * Milliseconds: `SILENCE` is for each answer of the program, `REACTION` is for the program's reaction to the repetition, and `REHEARSAL` is
 * for the reaction of Parlor's own role.
 */
const SILENCE = 4000
const REACTION = 1500
const REHEARSAL = 500
/** Maximum milliseconds for which the judge waits for an answer of that role before it sends the next message. */
const TURN = 60

/** The check that a program applies the rules of its game. */
export const illegalMove: Check = {
  name: 'illegal-move',
  proves: 'refuses a move that the rules of its game do not allow',
  level: 'robust',
  roles: ['client', 'server'],
  appliesTo: isPlayable,
  async run(subject) {
    const connected = await connectProgram(subject)
    if ('sentence' in connected) return connected
    const { running } = connected
    const watch = watchWire(subject, connected.transport)
    const repeating = new RepeatingTransport(watch)
    const play = { ...subject, running, transport: repeating, silence: SILENCE }
    const { reached: seen, leave } = await playUntil(play, repeating.repeated)
    const end = seen === undefined ? undefined : await endWithin(running, REACTION, subject.clock)
    const typed = running.output.chunks.flatMap(({ stream, bytes }) => (stream === 'typed' ? [decode(bytes).trimEnd()] : []))
    const reaction = watch.observations.slice(seen).some(({ kind, from }) => kind === 'message' && from === subject.role)
    const crash = findUnhandledError(subject.role, running, end)
    const lines = running.output.lastLines(QUOTED)
    await leave()
    const seenSoFar = { observations: watch.observations, visited: watch.visited }
    const repetition = watch.observations.slice(seen).find((one) => one.kind === 'message' && one.from !== subject.role)
    const name = repetition?.kind === 'message' ? repetition.name : undefined
    // a client has to judge only the messages that both sides can send, such as moves
    const isPlayed =
      subject.role === 'server' || (name !== undefined && subject.program.protocol.automaton.messages[name]?.from === 'either')
    const refused = isPlayed && (crash ?? reaction) && (await findRefusal(subject, repeating.sent, typed))
    if (seen === undefined || !refused)
      return { sentence: 'no move of the judge was against the rules, or the program refused it', ...seenSoFar }
    return { ...(crash ?? accepted(subject, repeating.again, refused, lines)), ...seenSoFar }
  },
}

function accepted({ role }: CheckSubject, again: string, refused: string, lines: readonly string[]): Finding {
  const sentence = `the ${role} accepted ${quoteText(again)}, which the rules do not allow, and played on: ${refused}`
  return { cause: 'wrong-rules', sentence, lines }
}

/**
 * Plays the messages of the judge to Parlor's own role of the program's side, which gets the lines that were typed into the program.
 * Resolves to the sentence with which the role refuses the last message, or to `undefined` if the role accepts that message.
 */
async function findRefusal(
  { program, options, role, seed, clock }: CheckSubject,
  sent: readonly Uint8Array[],
  typed: readonly string[],
): Promise<string | undefined> {
  const [judge, own] = memoryPair()
  let answered = () => {}
  judge.open({ data: () => answered(), finished() {}, closed() {} })
  const lines = [...typed]
  const console: Console = {
    say() {},
    async ask() {
      const line = lines.shift()
      if (line === undefined) throw new EndOfInput()
      return line
    },
  }
  const conversation = new Conversation({ program, side: role, transport: own, options, random: seededRandom(seed), console, clock })
  const pause = (ms: number) =>
    new Promise<undefined>((resolve) => {
      const cancel = clock.after(ms, () => resolve(undefined))
      answered = () => {
        cancel()
        resolve(undefined)
      }
    })
  // each message in its turn
  for (const bytes of sent) {
    await pause(TURN)
    judge.write(bytes)
  }
  const error = await Promise.race([conversation.ended, pause(REHEARSAL)])
  conversation.end('the rehearsal is over')
  judge.destroy()
  await conversation.closed
  if (!(error instanceof Disconnected) || error.reason !== 'violation') return undefined
  // the role got all messages together
  return error.message.replace(/; it had arrived before .*/, '')
}

/**
 * RepeatingTransport waits until its side sends in the same state for the second time. In place of that second message, it sends the first
 * message of the state again, and afterwards nothing.
 */
class RepeatingTransport extends TransportFilter {
  /** Resolves with the number of observations before the repetition. */
  readonly repeated: Promise<number>
  /** Everything that was sent, including the repetition. */
  readonly sent: Uint8Array[] = []
  /** The message that was sent again. */
  again = ''
  readonly #watch: WireWatch
  readonly #first = new Map<string, Uint8Array>()
  #isOver = false
  #repeat: (seen: number) => void = () => {}

  constructor(watch: WireWatch) {
    super(watch)
    this.#watch = watch
    this.repeated = new Promise((resolve) => {
      this.#repeat = resolve
    })
  }

  override write(data: string | Uint8Array): void {
    if (this.#isOver) return
    const { state } = this.#watch
    const before = this.#first.get(state)
    const bytes = before ?? toBytes(data)
    this.#first.set(state, bytes)
    const seen = this.#watch.observations.length
    this.sent.push(bytes)
    super.write(bytes)
    if (!before) return
    this.#isOver = true
    this.again = decode(bytes).trimEnd()
    this.#repeat(seen)
  }
}

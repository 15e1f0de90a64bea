import { isEnd } from '../../protocol/automaton.ts'
import { TransportFilter } from '../../wire/transport-filter.ts'
import type { Check, CheckSubject, Finding } from './check.ts'
import { type PlayedFinding, playConversation } from './play.ts'
import { isPlayable } from './plays-to-the-end.ts'
import { type Rehearsal, rehearseLongGames } from './rehearsal.ts'
import type { Script } from './script.ts'
import { OpenTransport } from './server-end.ts'
import type { WireWatch } from './wire-watch.ts'

/**
 * The check that a program reads everything before it closes, and that it still answers after the other side has closed its sending half.
 */
export const closesInOrder: Check = {
  name: 'closes-in-order',
  proves: 'reads all bytes before it closes, and still answers if the other side has closed its sending direction',
  level: 'robust',
  roles: ['client', 'server'],
  appliesTo: isPlayable,
  async run(subject) {
    const rehearsals = chooseEnds(await rehearseLongGames(subject))
    const visited = new Set<string>()
    let last: Finding | undefined
    for (const rehearsal of rehearsals) {
      last = await judgeOrder(subject, rehearsal)
      for (const state of last.visited ?? []) visited.add(state)
      if (last.cause !== undefined) return { ...last, visited }
    }
    return last ? { ...last, visited } : judgeEnd(subject, await playConversation(subject))
  },
}

/**
 * Groups the rehearsals by the kind of their last message, and returns the longest rehearsal of each group. Leaves out the rehearsals in
 * which the program does not answer the judge's last message.
 */
function chooseEnds(rehearsals: readonly Rehearsal[]): readonly Rehearsal[] {
  const answered = rehearsals.filter(({ sentLast }) => sentLast !== undefined)
  return [...Map.groupBy(answered, ({ messages }) => messages.at(-1)?.name).values()].flatMap(([longest]) => longest ?? [])
}

async function judgeOrder(subject: CheckSubject, { script, sentLast = 0 }: Rehearsal): Promise<Finding> {
  let half: HalfClosingTransport | undefined
  const closing = await playConversation(subject, {
    script,
    wrap: (watch) => {
      half = new HalfClosingTransport(watch, sentLast)
      return half
    },
  })
  if (closing.cause === undefined) return judgeEnd(subject, await judgeFirstClose(subject, closing, script))
  const plain = await playConversation(subject, { script })
  // a program with choices of its own may send more messages than the rehearsal has
  if (plain.cause !== undefined || half?.isMissed === true) return judgeEnd(subject, plain)
  const shown = (closing.cause !== 'closed-early' && closing.fact) || closing.sentence
  const sentence = `${shown}; this happens only if the other side closes its sending half after its last message, as "nc -N" does: a read of no bytes ends its messages, and not yours`
  return { ...closing, cause: 'closed-early', sentence }
}

/**
 * Finds a server that has sent its last message, and then waits for the client to close the connection. A client that reads until the end
 * would wait without end. A busy server may close late, so the check plays the script again before it reports a failure.
 */
async function judgeFirstClose(subject: CheckSubject, finding: PlayedFinding, script: Script): Promise<PlayedFinding> {
  if (subject.role !== 'server') return finding
  const wrap = (watch: WireWatch) => new OpenTransport(watch)
  if (!waitsForClose(subject, await playConversation(subject, { script, wrap }))) return finding
  const again = await playConversation(subject, { script, wrap })
  if (!waitsForClose(subject, again)) return finding
  const sentence =
    'the server has sent its last message, and waits for the client to close the connection: a client that reads until the end waits without end; close the connection after the last message'
  return { ...again, cause: 'never-closes', sentence }
}

function waitsForClose({ program }: CheckSubject, { cause, observations = [] }: PlayedFinding): boolean {
  const last = observations.findLast((one) => one.kind === 'message')
  if (cause !== undefined || last?.kind !== 'message' || last.from !== 'server') return false
  return isEnd(program.protocol.automaton, last.after) && !observations.some((one) => one.kind === 'end' && one.from === 'server')
}

/** Finds a program that closes before it has read everything, so that the system resets its connection. */
function judgeEnd({ role }: CheckSubject, finding: PlayedFinding): Finding {
  const end = finding.observations?.find((one) => one.kind === 'end' && one.from === role)
  if (finding.cause !== undefined || end?.kind !== 'end' || end.how !== 'reset') return finding
  const sentence = `the ${role} closed the connection before it had read everything: the system then resets the connection (RST), and the other side can lose the last message`
  return { ...finding, cause: 'closed-early', sentence }
}

/** HalfClosingTransport sends the end of the stream together with one of the judge's messages, and still reads. */
class HalfClosingTransport extends TransportFilter {
  readonly #watch: WireWatch
  readonly #last: number
  #isClosed = false
  /** True if the judge had further messages to send. */
  isMissed = false

  /** `last` is the number of the judge's last message. */
  constructor(watch: WireWatch, last: number) {
    super(watch)
    this.#watch = watch
    this.#last = last
  }

  override write(data: string | Uint8Array): void {
    this.isMissed ||= this.#isClosed
    if (this.#isClosed) return
    super.write(data)
    if (this.#watch.sent >= this.#last) this.finish()
  }

  override finish(): void {
    if (!this.#isClosed) super.finish()
    this.#isClosed = true
  }
}

import { isEnd } from '../../protocol/automaton.ts'
import { quoteText } from '../../wire/text.ts'
import { TransportFilter } from '../../wire/transport-filter.ts'
import type { CheckSubject } from './check.ts'
import { type PlayedFinding, playConversation } from './play.ts'
import type { Script } from './script.ts'
import type { WireWatch } from './wire-watch.ts'

/*
 * A client leaves when the game is over, so it sees neither a further message nor a connection that stays open. Both are mistakes in one
 * branch of a server: in the branch for one of the ends of a game, `return` or `close` is missing.
 *
 * In a game without a message for its end, such as tic-tac-toe, each side has to know the rules. A server that does not notice its own
 * win waits for the next move of its client. The judge cannot see that the server waits, but it sees that the same server closes the
 * connection by itself after other games.
 */

/**
 * Finds a server that sends a further message after the game is over, or that leaves the connection open although the client has closed
 * it. A busy server may close late, so the check plays the script again before it reports a failure.
 */
export async function judgeServerEnd(subject: CheckSubject, finding: PlayedFinding, script: Script): Promise<PlayedFinding> {
  const { role, datagrams = false } = subject
  if (role !== 'server' || datagrams || finding.cause !== undefined) return finding
  const further = explainFurther(subject, finding)
  if (further) return further
  if (!isLeftOpen(subject, finding)) return finding
  const again = await playConversation(subject, { script })
  if (!isLeftOpen(subject, again)) return again
  const last = again.observations?.findLast((one) => one.kind === 'message')
  const after = last?.kind === 'message' ? ` after ${quoteText(last.text)}` : ''
  const advice = again.isForked
    ? 'it has forked, and the first process still has the socket, too; call close in the parent after fork'
    : 'close the socket of the client at every end of the game'
  const sentence = `the conversation is over${after}, and the client has closed the connection, but the server does not close it: ${advice}`
  return { ...again, cause: 'never-closes', sentence }
}

function explainFurther({ program, role }: CheckSubject, finding: PlayedFinding): PlayedFinding | undefined {
  const { automaton } = program.protocol
  const messages = (finding.observations ?? []).filter((one) => one.kind === 'message')
  const at = messages.findIndex(({ from, before }) => from === role && isEnd(automaton, before))
  const [last, further] = [messages[at - 1], messages[at]]
  if (!last || !further) return undefined
  const sentence = `the server sent ${quoteText(further.text)} although the conversation was over after ${quoteText(last.text)}: leave the function of the conversation at its end, for example with return`
  return { ...finding, cause: 'out-of-turn', sentence }
}

function isLeftOpen({ role, program }: CheckSubject, { cause, observations = [] }: PlayedFinding): boolean {
  const ends = observations.filter((one) => one.kind === 'end')
  const own = ends.find(({ from }) => from !== role)
  if (cause !== undefined || own?.how !== 'finished') return false
  return isEnd(program.protocol.automaton, own.after) && !ends.some(({ from }) => from === role)
}

/** OwnEnd says whether a server has closed its connection by itself after a game. */
export interface OwnEnd {
  readonly isNoticed: boolean
  readonly finding: PlayedFinding
}

/**
 * If the game has ended without a message that announces its end, plays the script again with a client that leaves the connection open.
 * Otherwise resolves to `undefined`.
 */
export async function judgeOwnEnd(subject: CheckSubject, finding: PlayedFinding, script: Script): Promise<OwnEnd | undefined> {
  if (subject.role !== 'server' || finding.cause !== undefined || !endsQuietly(subject, finding)) return undefined
  const again = await playConversation(subject, { script, wrap: (watch: WireWatch) => new OpenTransport(watch) })
  // the judge breaks the connection off in the end, and the server may crash then
  if (!endsQuietly(subject, again)) return undefined
  return { isNoticed: again.observations?.find((one) => one.kind === 'end')?.from === 'server', finding: again }
}

function endsQuietly({ program }: CheckSubject, { games = [], observations = [] }: PlayedFinding): boolean {
  const { automaton } = program.protocol
  const last = observations.findLast((one) => one.kind === 'message')
  if (games.length === 0 || last?.kind !== 'message') return false
  const isBye = last.name !== undefined && automaton.messages[last.name]?.bye === true
  return !isBye && automaton.quiet?.includes(last.after) === true
}

/** Finds a game after which a server waits for its client, although it closes the connection by itself after another game. */
export function findUnnoticedEnd(ends: readonly OwnEnd[]): PlayedFinding | undefined {
  const unnoticed = ends.find(({ isNoticed }) => !isNoticed)?.finding
  const last = unnoticed?.observations?.findLast((one) => one.kind === 'message')
  if (!unnoticed || !ends.some(({ isNoticed }) => isNoticed)) return undefined
  const after = last?.kind === 'message' ? ` after ${quoteText(last.text)}` : ''
  const outcome = unnoticed.games?.at(-1)
  const sentence = `the game is over${after} (${outcome}), but the server waits for a further move of the client; after other games it closes the connection: does it know this end of the game?`
  return { ...unnoticed, cause: 'wrong-rules', sentence }
}

/** OpenTransport closes the judge's half only after the other side has closed its half. */
export class OpenTransport extends TransportFilter {
  #isPeerFinished = false
  #isAwaited = false

  override finish(): void {
    this.#isAwaited = true
    if (this.#isPeerFinished) super.finish()
  }

  override finished(): void {
    this.#isPeerFinished = true
    super.finished()
    if (this.#isAwaited) super.finish()
  }
}

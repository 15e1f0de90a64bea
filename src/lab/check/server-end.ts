import { isEnd } from '../../protocol/automaton.ts'
import { quoteText } from '../../wire/text.ts'
import type { CheckSubject } from './check.ts'
import { type PlayedFinding, playConversation } from './play.ts'
import type { Script } from './script.ts'

/*
 * A client leaves when the game is over, so it sees neither a further message nor a connection that stays open. Both are mistakes in one
 * branch of a server: the branch of one end lacks its `return`, or its `close`.
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
  const sentence = `the conversation is over${after}, and the client has closed the connection, but the server does not close it: close the socket of the client at every end of the game`
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

import { quoteText } from '../../wire/text.ts'
import type { Transport } from '../../wire/transport.ts'
import type { MessageObservation } from '../monitor/observation.ts'
import type { Check, CheckSubject, Finding } from './check.ts'
import { needsCompanion } from './companion.ts'
import { connectProgram } from './connecting.ts'
import { playAndLeave } from './leaving-clients.ts'
import { playConversation } from './play.ts'
import { isPlayable } from './plays-to-the-end.ts'
import { rehearseLongGames, toScript } from './rehearsal.ts'
import type { Cause } from './report.ts'
import type { RunningProgram } from './sandbox.ts'
import type { Script } from './script.ts'

/** Milliseconds for the connection of the next client. */
const CONNECT_WAIT = 2000
/**
 * Number of games that the judge plays with the first client of a new server, to see whether the fault of a second client appears there,
 * too.
 */
const FIRST_GAMES = 4

const KEPT = 'does the server retain data of an earlier client, such as a global variable?'
const PASSED = 'the server has played with two clients, one after the other'
const PASSED_LEFT = `${PASSED}, and with a client after clients that had left in the middle of a game`
const PLAYED = 'a first client played to the end, and then the next client'
const UNANSWERED =
  'the server has answered the first client, but not a second client, whose datagram came from another port: send each answer to the address that recvfrom returned with the datagram'
const LEFT = 'clients left in the middle of their games, and then the next client'

/**
 * The check that a server plays with its next client as with the first client. The first client plays a long game, so that the next game
 * shows data that the server did not reset: a count that never starts again, or a board with the moves of another client. Further clients
 * leave in the middle of their games, because a server may reset its data only at the end of a game.
 */
export const nextClient: Check = {
  name: 'next-client',
  proves: 'plays the same game with the next client, if it serves several clients',
  level: 'worksheet',
  roles: ['server'],
  carriers: 'both',
  appliesTo: (program) => isPlayable(program) && !needsCompanion(program),
  async run(subject) {
    const [longest] = await rehearseLongGames(subject)
    const script = longest?.script ?? { seed: subject.seed }
    const connected = await connectProgram(subject)
    if ('sentence' in connected) return connected
    const { running } = connected
    const first = await playConversation(subject, { script, connected, keepsRunning: true })
    const transport = first.cause === undefined ? await connectAgain(subject) : undefined
    if (!transport) {
      await running.stop()
      return first.cause === undefined ? { ...first, sentence: 'the server serves one client, so there is no next client' } : first
    }
    const connections = { subject, script, running, first }
    const second = await playNext({ ...connections, transport, before: PLAYED })
    if (subject.datagrams && second.isAlone && !second.hasEnded) {
      await running.stop()
      return { ...second.finding, cause: 'wrong-address', sentence: UNANSWERED }
    }
    const isGood = !second.isAlone && second.finding.cause === undefined && !subject.datagrams
    const left = longest && isGood && (await playAndLeave(subject, running, longest)) > 0 ? await connectAgain(subject) : undefined
    const third = left && (await playNext({ ...connections, transport: left, before: LEFT }))
    await running.stop()
    // a server that serves no client after a lost client is the subject of the checks `gone-by-…`
    const { finding, isAlone } = third?.isAlone === false ? third : second
    if (finding.cause === undefined || isAlone) return { ...first, sentence: third?.isAlone === false ? PASSED_LEFT : PASSED }
    return (await findFirstFault(subject, finding.cause)) ?? finding
  },
}

/** NextClient is a new connection to a server that has already served the conversation `first`. */
interface NextClient {
  readonly subject: CheckSubject
  readonly script: Script
  readonly running: RunningProgram
  readonly transport: Transport
  readonly first: Finding
  /** The beginning of a sentence: it names the earlier clients, and ends with the subject of the next clause. */
  readonly before: string
}

/** Plays with a further client. `isAlone` is true if the server does not serve that client. */
async function playNext({ subject, script, running, transport, first, before }: NextClient) {
  let hasEnded = false
  void running.ended.then(() => {
    hasEnded = true
  })
  const played = await playConversation(subject, { script, connected: { running, transport }, keepsRunning: true })
  const isAlone = hasEnded || !played.observations?.some(({ from }) => from === 'server')
  const refused = played.cause === undefined ? findNewRefusal(subject, { first, played, before }) : undefined
  const finding: Finding = refused ? { ...played, ...refused } : { ...played, sentence: `${before} came: ${played.sentence}; ${KEPT}` }
  return { finding, isAlone, hasEnded }
}

/**
 * Finds the fault of the second client in a game with the first client of a new server. A server that makes random choices shows a fault
 * in some of its games only, and then the fault has nothing to do with an earlier client.
 */
async function findFirstFault(subject: CheckSubject, cause: Cause): Promise<Finding | undefined> {
  for (let number = 0; number < FIRST_GAMES; number++) {
    const finding = await playConversation(subject, { script: toScript(subject.seed, 3 * number) })
    if (finding.cause === cause) return finding
  }
  return undefined
}

/** Finds a message that the server refuses only from the next client, although the first client has sent the same messages. */
function findNewRefusal(
  { program }: CheckSubject,
  { first, played, before }: { readonly first: Finding; readonly played: Finding; readonly before: string },
): Pick<Finding, 'cause' | 'sentence' | 'observations'> | undefined {
  const { refusal } = program.protocol.automaton
  const messagesOf = ({ observations = [] }: Finding) => observations.filter((one) => one.kind === 'message')
  const isRefusal = ({ from, name }: MessageObservation) => from === 'server' && refusal !== undefined && name === refusal
  if (messagesOf(first).some(isRefusal)) return undefined
  const messages = messagesOf(played)
  const at = messages.findIndex(isRefusal)
  const [refused, answer] = [messages[at - 1], messages[at]]
  if (refused?.from !== 'client' || !answer) return undefined
  const sentence = `${before} sent ${quoteText(refused.text)}: the server refused it with ${quoteText(answer.text)}; ${KEPT}`
  // a diagram of the whole conversation would show only the end of the conversation
  return { cause: 'wrong-rules', sentence, observations: played.observations?.slice(0, played.observations.indexOf(answer) + 1) ?? [] }
}

async function connectAgain({ sandbox, port, datagrams = false }: CheckSubject) {
  return sandbox.connect(port, CONNECT_WAIT, { datagrams }).catch(() => undefined)
}

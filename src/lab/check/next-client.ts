import { quoteText } from '../../wire/text.ts'
import type { MessageObservation } from '../monitor/observation.ts'
import type { Check, CheckSubject, Finding } from './check.ts'
import { needsCompanion } from './companion.ts'
import { connectProgram } from './connecting.ts'
import { playConversation } from './play.ts'
import { isPlayable } from './plays-to-the-end.ts'
import { rehearseLongGames, toScript } from './rehearsal.ts'
import type { Cause } from './report.ts'

/** Milliseconds for the connection of the next client. */
const CONNECT_WAIT = 2000
/** Number of games with the first client of a new server, in which the fault of a second client may appear, too. */
const FIRST_GAMES = 4

const KEPT = 'does the server retain data of the first client, such as a global variable?'
const PASSED = 'the server has played with two clients, one after the other'

/**
 * The check that a server plays with its next client as with the first client. The first client plays a long game, so that the next game
 * shows data that the server did not reset: a count that never starts again, or a board with the moves of another client.
 */
export const nextClient: Check = {
  name: 'next-client',
  proves: 'plays with the next client as with the first client, if it serves several clients',
  level: 'worksheet',
  roles: ['server'],
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
    let hasEnded = false
    void running.ended.then(() => {
      hasEnded = true
    })
    const second = await playConversation(subject, { script, connected: { running, transport }, keepsRunning: true })
    const isAlone = hasEnded || !second.observations?.some(({ from }) => from === 'server')
    await running.stop()
    const refused = first.cause === undefined && second.cause === undefined ? findNewRefusal(subject, first, second) : undefined
    if (refused) return { ...second, ...refused }
    if (second.cause === undefined || isAlone) return { ...first, sentence: PASSED }
    const alone = await findFirstFault(subject, second.cause)
    if (alone) return alone
    return {
      ...second,
      sentence: `a first client played to the end, and then the next client came: ${second.sentence}; ${KEPT}`,
    }
  },
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

/** Finds a message that the server refuses only from the second client, although the first client has sent the same messages. */
function findNewRefusal(
  { program }: CheckSubject,
  first: Finding,
  second: Finding,
): Pick<Finding, 'cause' | 'sentence' | 'observations'> | undefined {
  const { refusal } = program.protocol.automaton
  const messagesOf = ({ observations = [] }: Finding) => observations.filter((one) => one.kind === 'message')
  const isRefusal = ({ from, name }: MessageObservation) => from === 'server' && refusal !== undefined && name === refusal
  if (messagesOf(first).some(isRefusal)) return undefined
  const messages = messagesOf(second)
  const at = messages.findIndex(isRefusal)
  const [refused, answer] = [messages[at - 1], messages[at]]
  if (refused?.from !== 'client' || !answer) return undefined
  const sentence = `a first client played to the end, and then the next client sent ${quoteText(refused.text)}: the server refused it with ${quoteText(answer.text)}; ${KEPT}`
  // a diagram of the whole conversation would show its end only
  return { cause: 'wrong-rules', sentence, observations: second.observations?.slice(0, second.observations.indexOf(answer) + 1) ?? [] }
}

async function connectAgain({ sandbox, port }: CheckSubject) {
  return sandbox.connect(port, CONNECT_WAIT).catch(() => undefined)
}

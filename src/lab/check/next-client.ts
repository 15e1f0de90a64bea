import type { Check, CheckSubject } from './check.ts'
import { needsCompanion } from './companion.ts'
import { connectProgram } from './connecting.ts'
import { playConversation } from './play.ts'
import { isPlayable } from './plays-to-the-end.ts'
import { rehearseLongGames } from './rehearsal.ts'

/** Milliseconds for the connection of the next client. */
const CONNECT_WAIT = 2000

const PASSED = 'the server has played with two clients, one after the other'

/**
 * The check that a server plays with its next client as with the first one. The first client plays a long game, so that what the server
 * keeps of it shows: a count that never starts again, or a board with the moves of another client.
 */
export const nextClient: Check = {
  name: 'next-client',
  proves: 'plays with the next client as with the first one, if it serves more than one',
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
      return first.cause === undefined ? { ...first, sentence: 'the server serves one client, so there is no next one' } : first
    }
    let hasEnded = false
    void running.ended.then(() => {
      hasEnded = true
    })
    const second = await playConversation(subject, { script, connected: { running, transport }, keepsRunning: true })
    const isAlone = hasEnded || !second.observations?.some(({ from }) => from === 'server')
    await running.stop()
    if (second.cause === undefined || isAlone) return { ...first, sentence: PASSED }
    return {
      ...second,
      sentence: `a first client played to the end, and then the next client came: ${second.sentence}; does the server keep something of the first client, such as a global variable?`,
    }
  },
}

async function connectAgain({ sandbox, port }: CheckSubject) {
  return sandbox.connect(port, CONNECT_WAIT).catch(() => undefined)
}

import type { Random } from '../../games/game.ts'
import { seededRandom } from '../../games/random.ts'
import { Conversation } from '../../protocol/conversation.ts'
import type { Console, Program } from '../../protocol/definition.ts'
import type { Transport } from '../../wire/transport.ts'
import type { CheckSubject } from './check.ts'
import { candidateLines } from './typist.ts'

/** Name that the companion gives if a protocol asks for a name. The judge's other client gives the name of the example. */
const NAME = 'grace'

/** Checks whether the server of a program seats two clients at one table, so that one client alone waits without end. */
export function needsCompanion({ needs, host }: Program): boolean {
  return needs === 'hall' && host === undefined
}

/** Plays a second client of a server until the connection ends, so that the server can match the client that is judged. */
export function playCompanion({ program, options, seed, clock }: CheckSubject, transport: Transport): void {
  const random = seededRandom(seed + 4)
  const console: Console = {
    say() {},
    ask: async (_prompt, _atEnd, signal) => chooseLine(program, () => conversation.state, random, signal),
  }
  const conversation = new Conversation({ program, side: 'client', transport, options, random, console, clock })
}

/** Chooses a line that the companion types: a name, or any move; never the goodbye, because the judged client still plays. */
async function chooseLine({ protocol, typed }: Program, stateNow: () => string, random: Random, signal?: AbortSignal): Promise<string> {
  // the role may ask before its conversation is complete
  await undefined
  if (signal?.aborted) throw signal.reason
  const state = stateNow()
  const lines = typed?.[state] ?? candidateLines(protocol.automaton, state, 'client', NAME).lines
  return lines.length === 0 ? '' : random.choice(lines)
}

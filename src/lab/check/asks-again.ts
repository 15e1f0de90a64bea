import { legalTransitions } from '../../protocol/automaton.ts'
import type { Program } from '../../protocol/definition.ts'
import { parseMessage } from '../../protocol/message-spec.ts'
import { decode, quoteText } from '../../wire/text.ts'
import type { Transport } from '../../wire/transport.ts'
import { TransportFilter } from '../../wire/transport-filter.ts'
import type { Check, Finding } from './check.ts'
import { type PlayedFinding, playConversation } from './play.ts'
import { isPlayable } from './plays-to-the-end.ts'
import { rehearseLongGames } from './rehearsal.ts'
import { findWrongLines } from './wrong-lines.ts'

/*
 * After a refusal it is the client's turn. Parlor's server repeats its request after the refusal, but a server of another author may send
 * only the refusal. A client that waits for the repeated request then waits without end. So the judge removes the request, and sends only
 * the refusal.
 */

/** Milliseconds for each answer of the program. */
const SILENCE = 4000

/** The check that a client asks its person again after a refusal, even if the server does not repeat its request. */
export const asksAgain: Check = {
  name: 'asks-again',
  proves: 'asks its person again after a refusal, even if the server does not repeat its request',
  level: 'robust',
  isHint: 'client',
  roles: ['client'],
  appliesTo: (program) => isPlayable(program) && repeatsRequests(program),
  async run(subject) {
    const { refusal } = subject.program.protocol.automaton
    const script = await findWrongLines(subject, await rehearseLongGames(subject))
    const [line] = script?.wrong ?? []
    if (script === undefined || line === undefined || refusal === undefined)
      return { sentence: "the worksheet's client sends every line, so the server refuses none" }
    const wrap = (watch: Transport) => new UnrepeatingTransport(watch, subject.program)
    const played = await playConversation(subject, { script: { ...script, wrong: [line] }, silence: SILENCE, wrap })
    return (
      findSilence(played, refusal) ?? { ...withoutCause(played), sentence: 'the client asked its person again, or refused the line itself' }
    )
  },
}

/** Checks whether the client of a program may answer a refusal immediately, although Parlor's server repeats its request. */
function repeatsRequests({ protocol: { automaton } }: Program): boolean {
  const { refusal, states } = automaton
  if (refusal === undefined) return false
  return Object.keys(states).some((state) =>
    legalTransitions(automaton, state).some(
      ({ name, next }) => name === refusal && legalTransitions(automaton, next).some(({ from, form }) => from === 'server' && form.asks),
    ),
  )
}

function withoutCause({ cause: _, ...played }: PlayedFinding): Omit<PlayedFinding, 'cause'> {
  return played
}

/** Finds a client that sends nothing after a refusal of the server, and does not ask its person. */
function findSilence({ cause, observations = [], promptAfter = '', lines = [] }: PlayedFinding, refusal: string): Finding | undefined {
  const messages = observations.filter((one) => one.kind === 'message')
  const at = messages.findLastIndex(({ from, name }) => from === 'server' && name === refusal)
  const [sent, answer] = [messages[at - 1], messages[at]]
  if (cause === undefined || promptAfter !== '' || sent?.from !== 'client' || !answer) return undefined
  if (messages.slice(at + 1).some(({ from }) => from === 'client')) return undefined
  const sentence = `the client sent ${quoteText(sent.text)}, and the server answered ${quoteText(answer.text)}: the client then waits for a further message of the server, but it is the client's turn; ask the person again after this answer`
  return { cause: cause === 'crashed' ? cause : 'hangs', sentence, lines, observations }
}

/** UnrepeatingTransport drops the request that a server sends again after a refusal. */
class UnrepeatingTransport extends TransportFilter {
  readonly #program: Program
  #hasRefused = false

  constructor(inner: Transport, program: Program) {
    super(inner)
    this.#program = program
  }

  override write(data: string | Uint8Array): void {
    const text = typeof data === 'string' ? data : decode(data)
    const kept = text.split(/(?<=\n)/).filter((line) => !this.#isRepeated(line.trimEnd()))
    if (kept.length > 0) super.write(kept.join(''))
  }

  #isRepeated(line: string): boolean {
    const { automaton } = this.#program.protocol
    const forms = Object.entries(automaton.messages).filter(([, form]) => form.from === 'server')
    const hadRefused = this.#hasRefused
    this.#hasRefused = forms.some(([name, form]) => name === automaton.refusal && parseMessage(form, line) !== undefined)
    return hadRefused && forms.some(([, form]) => form.asks === true && parseMessage(form, line) !== undefined)
  }
}

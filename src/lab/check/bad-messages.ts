import { legalTransitions } from '../../protocol/automaton.ts'
import { formatMessage, type MessageSpec, parseMessage } from '../../protocol/message-spec.ts'
import { encode, quoteText } from '../../wire/text.ts'
import { toWatchedProtocol } from '../monitor/monitor.ts'
import type { CheckSubject } from './check.ts'
import { interrupt, type LastWords } from './interrupted.ts'
import { toBytes } from './wire-filters.ts'

/*
 * The automaton and the framing of a program determine messages that no correct program sends. In every state, a program under test must refuse such
 * a message or end. It must not crash, and must not treat the message as a move.
 */

const UNKNOWN = '~ no such message ~'
/** Text in place of each field. */
const GARBAGE = '~'
const QUESTION_MARK = 0x3f

/** The check that a program survives a message that its protocol does not have. */
export const illegalMessage = interrupt({
  name: 'illegal-message',
  proves: 'survives, in every state, a message that its protocol does not have',
  carriers: 'both',
  how: 'silence',
  last: (subject, state) => frame(subject, state, UNKNOWN),
  what: 'the other side sent %s',
})

/** The check that a program survives a message that is legal except for its fields. */
export const garbledField = interrupt({
  name: 'garbled-field',
  proves: 'survives a message with garbage in place of a number or a word',
  carriers: 'both',
  isHint: 'server',
  isLenient: true,
  appliesTo: ({ protocol: { automaton } }) => Object.values(automaton.messages).some(isGarblable),
  how: 'silence',
  last(subject, state) {
    const form = ownForms(subject, state).find(isGarblable)
    return (
      form &&
      frame(
        subject,
        state,
        formatMessage(
          form,
          fieldsOf(form).map(() => GARBAGE),
        ),
      )
    )
  },
  what: 'the other side sent %s',
})

/** The check that a program survives an empty message. */
export const emptyMessage = interrupt({
  name: 'empty-message',
  proves: 'survives an empty message in every state',
  carriers: 'both',
  how: 'silence',
  last: (subject, state) => (isOwnTurn(subject, state) ? frame(subject, state, '') : undefined),
  what: 'the other side sent an empty message',
})

/** The check that a program survives bytes that are not UTF-8. */
export const invalidUtf8 = interrupt({
  name: 'invalid-utf8',
  proves: 'survives a message that is not UTF-8',
  how: 'silence',
  last(subject, state) {
    const [form] = ownForms(subject, state)
    const words = form && frame(subject, state, `?${form.example.slice(1)}`)
    if (!words) return undefined
    const bytes = toBytes(words.bytes)
    bytes[bytes.indexOf(QUESTION_MARK)] = 0xff
    return { ...words, bytes, quoted: 'a message that is not UTF-8 (with the byte FF)' }
  },
  what: 'the other side sent %s',
})

/** The check that a program survives a message that is longer than any message of its protocol. */
export const oversizedMessage = interrupt({
  name: 'oversized-message',
  proves: 'survives a message of 200 kB in every state',
  how: 'fin',
  last: () => ({ bytes: `${'A'.repeat(200_000)}\n`, quoted: 'a message of 200 kB' }),
  what: 'the other side sent %s and closed the connection',
})

/** Returns a text as the judge's side sends it; `undefined` if the framing cannot encode it. */
function frame(subject: CheckSubject, state: string, text: string): LastWords | undefined {
  const { program, options, role } = subject
  const { toServer, toClient } = toWatchedProtocol(program, options)
  const framed = toBytes((role === 'server' ? toServer : toClient).encode(text))
  const [form] = ownForms(subject, state)
  // some protocols have the line end in their texts
  const bytes = form?.text.endsWith('\n') ? encode(`${text}\n`) : framed
  return bytes.length === 0 ? undefined : { bytes, quoted: quoteText(text) }
}

/** The messages that the judge's side may send in a state, the goodbyes last. */
function ownForms({ program, role }: CheckSubject, state: string): readonly MessageSpec[] {
  const { automaton } = program.protocol
  return legalTransitions(automaton, state)
    .filter(({ from, form, name }) => from !== role && !form.closes && name !== automaton.refusal)
    .map(({ form }) => form)
    .sort((one, other) => Number(one.bye ?? false) - Number(other.bye ?? false))
}

function isOwnTurn(subject: CheckSubject, state: string): boolean {
  return ownForms(subject, state).some(({ bye }) => !bye)
}

/** Checks whether a message has fields that accept only some texts, so that another text is garbage in them. */
function isGarblable(form: MessageSpec): boolean {
  return !form.free && !form.closes && fieldsOf(form).length > 0
}

function fieldsOf(form: MessageSpec): readonly string[] {
  return parseMessage(form, form.example) ?? []
}

import type { Automaton } from '../../protocol/automaton.ts'
import { type MessageSpec, type Side, splitMessage } from '../../protocol/message-spec.ts'
import { findSecretsAfterKeyword, maskSecrets, type SecretSpan } from '../../wire/secret-masking.ts'
import { encode } from '../../wire/text.ts'
import type {
  MessageObservation,
  MessageVerdict,
  Observation,
  UnfinishedObservation,
  UnreadableObservation,
  Violation,
} from '../monitor/observation.ts'

/** Maximum number of characters, and also of bytes, that the console stores of a message. */
const SHOWN = 400
/** Maximum number of reads that the console stores of a message. */
const READS = 8
const HIDDEN = '***'

/**
 * ObservationMask removes from observations the texts that an operator must not read: secrets, such as passwords, and talk.
 *
 * The problem: the monitor has marked the secrets of each whole message, but the monitor's sentences quote texts, and the monitor does not recognize
 * talk.
 *
 * The idea: each protocol declares its talk, by `Automaton.talk` or by its messages that are texts for people (`free`). The mask hides
 * the talk of a message that has a name. A text without a name (illegal, early or unfinished) may be talk, too, if its direction has talk.
 * The mask hides such a text as a whole, and the sentence on it says what was expected, without a quotation. The console does not store the
 * hidden texts, so no reader of the observations can show them.
 */
export class ObservationMask {
  readonly #automaton: Automaton
  readonly #hasTalk: Readonly<Record<Side, boolean>>

  constructor(automaton: Automaton) {
    this.#automaton = automaton
    const forms: readonly MessageSpec[] = Object.values(automaton.messages)
    const hasTalk = (side: Side) =>
      automaton.talk !== undefined || forms.some((form) => (form.from === side || form.from === 'either') && isTalk(form))
    this.#hasTalk = { client: hasTalk('client'), server: hasTalk('server') }
  }

  /** Checks whether the messages of a side may be talk, so that no sentence may quote them. */
  hidesTextOf(side: Side): boolean {
    return this.#hasTalk[side]
  }

  /** Returns an observation without secrets, without talk, and without its longest parts. */
  mask(one: Observation): Observation {
    switch (one.kind) {
      case 'message':
        return this.#maskMessage(one)
      case 'judged':
        return { ...one, ...this.#maskVerdict(one, one.from) }
      case 'unfinished':
        return this.#maskUnfinished(one)
      case 'unreadable':
        return this.#maskUnreadable(one)
      default:
        return one
    }
  }

  #maskMessage(one: MessageObservation): MessageObservation {
    const segments = one.segments.length > READS ? one.segments.slice(0, READS) : one.segments
    const verdict = this.#maskVerdict(one, one.from)
    const spans = mergeSpans([...one.secrets, ...this.#findTalk(one)], one.text.length)
    if (spans.length === 0) {
      const { text, bytes } = one
      const raw = bytes.length > SHOWN ? undefined : one.raw
      return { ...one, ...verdict, segments, raw, text: text.slice(0, SHOWN), bytes: bytes.slice(0, SHOWN) }
    }
    const text = maskSecrets(one.text, spans).slice(0, SHOWN)
    const secrets = Array.from(text.matchAll(/\*{3}/g), ({ index }): SecretSpan => [index, index + HIDDEN.length])
    return { ...one, ...verdict, segments, raw: undefined, text, bytes: encode(text), secrets }
  }

  /** Finds the talk in a message. */
  #findTalk({ from, name, text }: MessageObservation): readonly SecretSpan[] {
    const { talk, messages } = this.#automaton
    if (talk) return talk(from, text, {})
    const form = name === undefined ? undefined : messages[name]
    if (form && !isTalk(form)) return []
    if (!form) return this.#hasTalk[from] ? [[0, text.length]] : []
    const [first = ''] = splitMessage(form)
    return [[text.startsWith(first) ? first.length : 0, text.length]]
  }

  /** Masks the sentences on a message that may be talk. */
  #maskVerdict({ violation, oddity }: MessageVerdict, from: Side): Partial<MessageVerdict> {
    if (!this.#hasTalk[from]) return {}
    return {
      ...(violation ? { violation: hideText(violation, from) } : {}),
      ...(oddity === undefined ? {} : { oddity: `the ${from} sent a text whose bytes look wrong, and which is not shown` }),
    }
  }

  #maskUnfinished(one: UnfinishedObservation): UnfinishedObservation {
    if (!this.#hasTalk[one.from]) return { ...one, bytes: one.bytes.slice(0, 0) }
    return { ...one, bytes: one.bytes.slice(0, 0), sentence: `the ${one.from} has sent a text, which is not shown, and ${one.lacks}` }
  }

  #maskUnreadable(one: UnreadableObservation): UnreadableObservation {
    // the sentence quotes the beginning of the bytes
    if (!this.#hasTalk[one.from]) return { ...one, sentence: maskSecrets(one.sentence, findSecretsAfterKeyword(one.sentence)) }
    return { ...one, sentence: `the ${one.from} sent bytes, which are not shown, that are not a message within the limit` }
  }
}

/** Checks whether a message contains a text for people. A message whose only field is a name contains no such text. */
function isTalk(form: MessageSpec): boolean {
  if (form.free !== true) return false
  const fields = Array.from(form.text.matchAll(/\{(\w+)\}/g), ([, field]) => field)
  return fields.some((field) => field !== 'name')
}

function hideText({ expected, wrongAt }: Violation, from: Side): Violation {
  const sentence = `the ${from} sent a text, which is not shown: ${expected}`
  return { sentence, toSender: sentence, expected, received: HIDDEN, wrongAt }
}

/** Sorts spans, and joins spans that overlap or touch; leaves out empty spans. */
function mergeSpans(spans: readonly SecretSpan[], length: number): readonly SecretSpan[] {
  const merged: [number, number][] = []
  for (const [from, to] of spans.toSorted(([one], [other]) => one - other)) {
    const end = Math.min(to, length)
    if (end <= from) continue
    const last = merged.at(-1)
    if (last && from <= last[1]) last[1] = Math.max(last[1], end)
    else merged.push([from, end])
  }
  return merged
}

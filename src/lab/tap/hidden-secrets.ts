import type { Side } from '../../protocol/message-spec.ts'
import type { ByteSpan } from '../../wire/framing/framing.ts'
import type { MessageVerdict, Observation } from '../monitor/observation.ts'
import type { Watched } from './conversation-watch.ts'

/** Maximum number of stored spans of one side. The number is limited because a message that arrives byte by byte has many spans. */
const STORED = 256

/**
 * HiddenSecrets hides the bytes that one monitor treats as a secret in the observations of another monitor. While the program is not known,
 * the view may show the monitor of a program without passwords, and the sentences of that monitor quote the messages.
 */
export class HiddenSecrets {
  readonly #spans: Record<Side, ByteSpan[]> = { client: [], server: [] }
  /** The numbers of messages that were hidden. */
  readonly #hidden = new Set<number>()

  /** Adds bytes that must not be shown. */
  add(from: Side, spans: readonly ByteSpan[]): void {
    if (spans.length === 0) return
    const own = this.#spans[from]
    own.push(...spans)
    own.splice(0, own.length - STORED)
  }

  /** Returns the observations in the form that may be shown. */
  hide(watched: Watched): Watched {
    if (this.#spans.client.length === 0 && this.#spans.server.length === 0) return watched
    const { fit, observations } = watched
    const shown = observations.map((one) => this.#hideIn(one))
    const isHidden = shown.some((one, at) => one !== observations[at])
    const dropped = isHidden ? fit?.dropped.map(({ name }) => ({ name, why: 'a password does not belong there' })) : fit?.dropped
    return { ...watched, observations: shown, ...(fit && dropped ? { fit: { ...fit, dropped } } : {}) }
  }

  #hideIn(one: Observation): Observation {
    switch (one.kind) {
      case 'message': {
        if (one.secrets.length > 0 || !this.#overlaps(one)) return one
        this.#hidden.add(one.number)
        return { ...one, ...withoutQuotation(one), secrets: [[0, one.text.length]] }
      }
      case 'judged':
        return this.#hidden.has(one.number) ? { ...one, ...withoutQuotation(one) } : one
      case 'unfinished':
        return this.#overlaps(one) ? { ...one, sentence: `the ${one.from} has sent a password and ${one.lacks}` } : one
      case 'segment':
      case 'unreadable':
      case 'gap':
      case 'end':
        return one
    }
  }

  #overlaps({ from, start, end }: ByteSpan & { readonly from: Side }): boolean {
    return this.#spans[from].some((span) => span.start < end && span.end > start)
  }
}

/** Returns a verdict with sentences that do not quote the message. */
function withoutQuotation({ oddity: _, ...verdict }: MessageVerdict & { readonly from: Side }): MessageVerdict {
  const { violation, from } = verdict
  if (!violation) return verdict
  const sentence = `the ${from} sent a text that may be a password, which does not belong here; ${violation.expected}`
  return { ...verdict, violation: { ...violation, sentence, toSender: sentence, received: '"***"' } }
}

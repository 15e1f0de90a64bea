import { type Automaton, legalTransitions } from '../../protocol/automaton.ts'
import type { Protocol } from '../../protocol/definition.ts'
import type { Side } from '../../protocol/message-spec.ts'
import { quoteMessage } from '../../protocol/violation-text.ts'
import type { Framing } from '../../wire/framing/framing.ts'
import { encode } from '../../wire/text.ts'
import type { Check, CheckSubject, Finding } from './check.ts'
import { compareOutput, describeLost, isSilent } from './lost-output.ts'
import { type PlayOptions, playConversation } from './play.ts'
import { isPlayable } from './plays-to-the-end.ts'
import type { Cause } from './report.ts'

/** Milliseconds for each answer of a program whose network is slow. */
const SLOW_SILENCE = 6000
/** Number of lines after which the judge's person quits, because a slow network would make a long chat last for minutes. */
const LINES = 10
/** Text with characters of two, three and four bytes. */
const WIDE = 'Zoë – 🙂'

/** Advice to a program that has printed the sign for bytes that form no character. */
const WHOLE = 'decode whole messages, and not single reads'

/** Disturbance is the network of a check. */
interface Disturbance extends Pick<Check, 'name' | 'proves' | 'appliesTo' | 'carriers' | 'isHint'> {
  readonly play: PlayOptions
  /** Returns the cause of a failure that appears on this network only; `shown` is the cause that the conversation itself shows. */
  readonly toCause: (shown: Cause) => Cause
  /** The end of a sentence about such a failure. */
  readonly shows: string
  /** True if a server that answers before a message is complete shows the failure, too. */
  readonly isTooSoon?: boolean
  /** True if the output of a program that sends nothing shows the failure, too. */
  readonly isPrinted?: boolean
}

/**
 * Returns a check on a disturbed network. A program that fails there may fail without the disturbance, too, so the judge plays the
 * conversation again on a network that disturbs nothing.
 */
export function disturb({
  name,
  proves,
  appliesTo,
  carriers = 'streams',
  isHint = false,
  play: disturbance,
  toCause,
  shows,
  isTooSoon,
  isPrinted,
}: Disturbance): Check {
  return {
    name,
    proves,
    level: 'robust',
    isHint,
    roles: ['client', 'server'],
    carriers,
    appliesTo: (program, role) => isPlayable(program) && appliesTo?.(program, role) !== false,
    async run(subject: CheckSubject): Promise<Finding> {
      const quits = { side: subject.role === 'server' ? 'client' : 'server', after: LINES } as const
      const play = { script: { seed: subject.seed, quits }, ...disturbance }
      const compared = isPrinted && isSilent(subject.program, subject.role) ? await compareOutput(subject, play) : undefined
      if (compared?.lost !== undefined) {
        const sentence = `${describeLost(subject.role, compared.lost)}; ${shows}`
        return { ...compared.played, cause: toCause('hangs'), sentence }
      }
      const played = compared?.played ?? (await playConversation(subject, play))
      const disturbed = (isTooSoon && findTooSoon(subject, played)) || played
      // a program that has not even connected was not disturbed
      if (disturbed.cause === undefined || disturbed.observations === undefined) return disturbed
      const { faults: _, crLf: __, ...undisturbed } = play
      const plain = await playConversation(subject, undisturbed)
      if (plain.cause !== undefined) return plain
      if (disturbed !== played && findTooSoon(subject, plain)) return plain
      const cause = toCause(disturbed.cause)
      const shown = (cause !== disturbed.cause && disturbed.fact) || disturbed.sentence
      const advice = disturbed.sentence.includes('\ufffd') && !shows.includes(WHOLE) ? `: ${WHOLE}` : ''
      return { ...disturbed, cause, sentence: `${shown}; ${shows}${advice}` }
    },
  }
}

/**
 * Finds an answer that a server sent before the client's message was complete. Only a server that treats a part of a message as a message
 * sends such an answer.
 */
function findTooSoon({ role, program }: CheckSubject, played: Finding): Finding | undefined {
  if (role === 'client' || program.host?.types || played.cause !== undefined) return undefined
  const one = played.observations?.find((seen) => seen.kind === 'message' && seen.from === role && seen.standing === 'early')
  if (one?.kind !== 'message') return undefined
  const { automaton } = program.protocol
  const said = quoteMessage({ automaton, side: role }, one.text, one.raw)
  return { ...played, cause: 'partial-read', sentence: `the server answered ${said} before the message of the client was complete` }
}

export const byteByByte = disturb({
  name: 'byte-by-byte',
  isHint: true,
  proves: 'reads a message that arrives byte by byte',
  appliesTo: ({ protocol, defaults = {} }, role) => hasMessageEnd(framingTo(role, protocol.framing(defaults))),
  play: { faults: 'dribble 3ms', silence: SLOW_SILENCE },
  isTooSoon: true,
  isPrinted: true,
  toCause: () => 'partial-read',
  shows:
    'this happens only if a message arrives in pieces: one read can return a part of a message, so look for its end in all bytes that have arrived',
})

export const glued = disturb({
  name: 'glued',
  isHint: true,
  proves: 'reads messages that arrive together, one after the other',
  play: { faults: 'glue 400ms', silence: SLOW_SILENCE },
  isPrinted: true,
  toCause: (shown) => (shown === 'drops-buffered-data' ? shown : 'glued-read'),
  shows: 'this happens only if messages arrive together: one read can return more than one message',
})

export const slow = disturb({
  name: 'slow',
  proves: 'waits for messages that arrive late',
  play: { faults: 'delay 600ms..1200ms', silence: SLOW_SILENCE },
  toCause: (shown) => shown,
  shows: 'this happens only if messages arrive late',
})

export const cutInsideACharacter = disturb({
  name: 'cut-inside-a-character',
  proves: 'reads a character whose bytes arrive apart',
  appliesTo: ({ protocol }) => SIDES.some((side) => saysAnything(protocol.automaton, side)),
  play: { faults: 'split char', text: WIDE },
  toCause: () => 'partial-read',
  shows: `this happens only if the bytes of one character arrive apart: ${WHOLE}`,
})

export const crLfLines = disturb({
  name: 'crlf-lines',
  proves: 'reads lines that end in CR LF, or says that it does not read them',
  appliesTo: ({ protocol, defaults = {} }, role) => dropsCr(framingTo(role, protocol.framing(defaults))),
  play: { crLf: true },
  toCause: () => 'crlf',
  shows: 'this happens only if lines end in CR LF, as telnet and some programs on Windows end them: strip the line before you compare it',
})

/** Returns the framing of the messages that a side receives. */
function framingTo(role: Side, { toServer, toClient }: ReturnType<Protocol['framing']>): Framing {
  return role === 'server' ? toServer : toClient
}

/**
 * Checks whether a framing marks the end of a message. Without a mark, no program can distinguish a piece of a message from a whole
 * message.
 */
function hasMessageEnd({ lacks }: Framing): boolean {
  return lacks !== undefined
}

/** Checks whether a framing accepts CR LF as a line end; otherwise the CR belongs to the message. */
function dropsCr(framing: Framing): boolean {
  const decoder = framing.decoder()
  decoder.push(encode('x\r\n'))
  return decoder.next() === 'x'
}

const SIDES: readonly Side[] = ['client', 'server']

/** Checks whether a side may send a text of a person. */
function saysAnything(automaton: Automaton, side: Side): boolean {
  return Object.keys(automaton.states).some((state) =>
    legalTransitions(automaton, state).some(({ form, from }) => from === side && form.free === true),
  )
}

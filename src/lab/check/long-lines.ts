import { formatCount } from '../../base/counts.ts'
import { encode } from '../../wire/text.ts'
import type { CheckSubject, Finding } from './check.ts'
import { type PlayedFinding, playConversation } from './play.ts'
import { type Exchange, findDecidedAnswers, toExchanges } from './reference-answers.ts'
import { rehearse } from './rehearsal.ts'
import type { Script } from './script.ts'

/*
 * A buffer of a program in C often has 64, 128, 256 or 1,024 bytes. A message that is longer than the buffer shows the mistake: the program
 * is silent, crashes, or answers only the beginning of the message. A client of a protocol with free texts therefore sends texts whose
 * lengths are around these sizes. Parlor's own server decides whether the protocol allows them.
 */

/** Numbers of bytes of the texts, in two conversations, because the judge ends a chat after some lines. */
const LENGTHS = [
  [63, 64, 65, 127],
  [128, 255, 256, 1000],
]

const FILL = 'abcdefghijklmnopqrstuvwxyz'

/** Number of characters by which the beginning and the end of a text are recognized on the screen of a server. */
const BEGINNING = 40
const END = 12

/** Plays conversations with texts of growing lengths. Resolves to the fault of the server, or to `undefined` if there is no fault. */
export async function findLongLineFault(subject: CheckSubject): Promise<Finding | undefined> {
  for (const lengths of LENGTHS) {
    const texts = lengths.map(toText)
    const script: Script = {
      ...{ seed: subject.seed, unusual: 'client', texts, aims: texts },
      quits: { side: 'client', after: texts.length },
    }
    const rehearsal = await rehearse(subject, script)
    if (!rehearsal?.isLegal || !rehearsal.messages.some(({ text }) => texts.some((long) => text.includes(long)))) continue
    const played = await playConversation(subject, { script })
    const found = played.cause === undefined ? await findCut(subject, script, played) : explainFailure(played, texts)
    if (found) return { ...played, ...found }
  }
  return undefined
}

function toText(length: number): string {
  const beginning = `${length} bytes `
  return beginning + FILL.repeat(length).slice(0, length - beginning.length)
}

/** Explains a conversation that has failed at one of the texts. Another failure has nothing to do with the length. */
function explainFailure({ cause, observations = [], sentence }: PlayedFinding, texts: readonly string[]): Finding | undefined {
  const exchanges = toExchanges(observations.filter((one) => one.kind === 'message'))
  // over UDP, Parlor's client asks for more after an answer is missing
  const failed = (cause === 'hangs' && exchanges.find(({ answer }) => answer === '')) || exchanges.at(-1)
  const text = texts.find((one) => failed?.request.includes(one))
  if (cause === undefined || text === undefined) return undefined
  const size = formatCount(encode(text).length, 'byte')
  const what = cause === 'hangs' ? 'the server has not answered it' : sentence
  return { cause, sentence: `the client sent a text of ${size}: ${what}; is a buffer too small for the text or for its answer?` }
}

/** Finds a text if the server has answered, or has printed, only the beginning of this text. */
async function findCut(subject: CheckSubject, script: Script, { observations = [], printed = '' }: PlayedFinding) {
  const right = await findDecidedAnswers(subject, script)
  const cut = toExchanges(observations.filter((one) => one.kind === 'message')).find((one, at) => isCut(one, right[at]))
  if (cut) return explainCut(cut.request, `answered the first ${formatCount(encode(cut.answer).length, 'byte')} of it only`)
  const lost = script.texts?.find((text) => printed.includes(text.slice(0, BEGINNING)) && !printed.includes(text.slice(-END)))
  return lost === undefined ? undefined : explainCut(lost, 'printed its beginning only')
}

function isCut({ request, answer }: Exchange, right: Exchange | undefined): boolean {
  return right?.request === request && right.answer !== answer && right.answer.startsWith(answer) && answer !== ''
}

function explainCut(text: string, what: string): Finding {
  const size = formatCount(encode(text).length, 'byte')
  const sentence = `the client sent a text of ${size}, and the server ${what}: the buffer is too small for the whole message`
  return { cause: 'partial-read', sentence }
}

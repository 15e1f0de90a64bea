import { seededRandom } from '../../games/random.ts'
import { Conversation } from '../../protocol/conversation.ts'
import { type Console, EndOfInput } from '../../protocol/definition.ts'
import { decode, quoteText } from '../../wire/text.ts'
import type { Transport } from '../../wire/transport.ts'
import { memoryPair } from '../../wire/transports/memory.ts'
import type { MessageObservation } from '../monitor/observation.ts'
import type { CheckSubject, Finding } from './check.ts'
import { RehearsalClock } from './rehearsal-clock.ts'

/*
 * A program in C that does not end a received text with '\0' reads the end of an earlier, longer text behind a shorter text: after "97", the
 * guess "3" is 37. The answers then break the rules, and the rule that they break does not help a student.
 *
 * So if a program has broken a rule with its answer to such a shorter text, Parlor's own role plays the same conversation again, in memory:
 * the role sends the texts that such a program reads, and gets the same answers. If the role finds no fault then, the old bytes are the cause.
 */

/** Exchange is a text of the judge, and the bytes that the program has sent after it. */
interface Exchange {
  /** The text as a program reads it from a buffer with the ends of all earlier texts. */
  readonly stale: string
  readonly sent: string
  readonly answers: readonly Uint8Array[]
}

/** Finds old bytes of the program's buffer as the cause of an answer that breaks the rules; `undefined` if they are not the cause. */
export async function findStaleNumber(subject: CheckSubject, finding: Finding): Promise<Pick<Finding, 'cause' | 'sentence'> | undefined> {
  if (finding.cause !== 'wrong-rules' || subject.role !== 'server') return undefined
  const messages = (finding.observations ?? []).filter((one) => one.kind === 'message')
  const exchanges = toExchanges(messages)
  const last = exchanges.at(-1)
  if (!last || last.stale === last.sent || messages[0]?.from !== 'client') return undefined
  if (!(await isRight(subject, exchanges))) return undefined
  const sentence = `${finding.sentence}; the answer fits ${quoteText(last.stale)}: the end of an earlier, longer text is still in the buffer, so use only the bytes that the read has returned`
  return { cause: 'stale-buffer', sentence }
}

function toExchanges(messages: readonly MessageObservation[]): readonly Exchange[] {
  const exchanges: Exchange[] = []
  let buffer = ''
  for (const { from, text, bytes } of messages) {
    if (from !== 'client') continue
    const received = decode(bytes)
    buffer = received + buffer.slice(received.length)
    exchanges.push({ stale: buffer.split(/\r?\n/)[0] ?? '', sent: text, answers: [] })
  }
  const starts = messages.flatMap(({ from }, at) => (from === 'client' ? [at] : []))
  return exchanges.map((exchange, at) => ({
    ...exchange,
    answers: messages.slice((starts[at] ?? 0) + 1, starts[at + 1]).map(({ bytes }) => bytes),
  }))
}

/** Checks whether Parlor's own client finds no fault in the answers, if it sends the texts that the program has read. */
async function isRight({ program, options, seed, clock }: CheckSubject, exchanges: readonly Exchange[]): Promise<boolean> {
  const [own, other] = memoryPair()
  const lines = exchanges.map(({ stale }) => stale)
  const console: Console = {
    say() {},
    async ask() {
      const line = lines.shift()
      if (line === undefined) throw new EndOfInput()
      return line
    },
  }
  answerEach(other, exchanges)
  const timers = new RehearsalClock((then) => clock.after(0, then))
  const conversation = new Conversation({
    ...{ program, side: 'client', transport: own, options, console },
    ...{ random: seededRandom(seed), clock: timers },
  })
  const ended = await conversation.ended
  conversation.end('the answers are over')
  return lines.length === 0 && (ended === undefined || ended instanceof EndOfInput)
}

/** Answers each text with the recorded bytes. */
function answerEach(transport: Transport, exchanges: readonly Exchange[]): void {
  const left = [...exchanges]
  transport.open({
    data() {
      for (const bytes of left.shift()?.answers ?? []) transport.write(bytes)
    },
    finished: () => transport.finish(),
    closed() {},
  })
}

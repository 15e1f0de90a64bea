import { readFile } from 'node:fs/promises'
import type { Random } from '../games/game.ts'
import type { Question } from '../games/questions.ts'
import { chance, given } from '../games/random.ts'
import type { Options, Program } from '../protocols/protocol.ts'
import { cannotRead, EXIT } from '../terminal/trouble.ts'
import { complain, Usage } from './diagnostics.ts'

/** The options of the command line that are about the conversation. */
export interface TermOptions {
  readonly secret?: string
  readonly choices?: readonly string[]
  readonly now?: Date
  readonly size?: number
  readonly split?: number
  readonly delay?: number
  readonly recvOnce?: boolean
  readonly framing?: string
  readonly format?: readonly string[]
  readonly name?: string
  readonly words?: string
  readonly questions?: string
  readonly pace?: number
}

/** Terms of a conversation from the command line; an option that is empty counts as not given. */
export async function termsOf(given: TermOptions): Promise<Options> {
  const { secret, choices, now, size, split, delay, recvOnce, framing, format, name, words, questions, pace } = given
  if (framing !== undefined && !isFraming(framing)) throw new Usage(`--framing is lines, none or length, not ${JSON.stringify(framing)}`)
  return {
    ...(secret ? { secret } : {}),
    ...(choices ? { choices } : {}),
    ...(now ? { now } : {}),
    ...(size === undefined ? {} : { size }),
    ...(split === undefined ? {} : { split }),
    ...(delay === undefined ? {} : { delay }),
    ...(recvOnce ? { recvOnce } : {}),
    ...(framing === undefined ? {} : { framing }),
    ...(format === undefined ? {} : { formats: format }),
    ...(name === undefined ? {} : { name }),
    ...(pace === undefined ? {} : { pace }),
    ...(words === undefined ? {} : { words: await wordsFrom(words) }),
    ...(questions === undefined ? {} : { questions: await questionsFrom(questions) }),
  }
}

/** Where chance comes from: as given, for a program that takes that, or as it comes. */
export function randomOf({ takes = [] }: Pick<Program, 'takes'>, { choices }: Options): Random {
  return choices && takes.includes('choices') ? given(choices) : chance
}

/** A signal that Ctrl-C and a termination signal set off; its reason is the exit code. */
export function stopSignal(): AbortSignal {
  const stop = new AbortController()
  process.on('SIGINT', () => stop.abort(EXIT.interrupted))
  process.on('SIGTERM', () => stop.abort(EXIT.terminated))
  return stop.signal
}

/** As `stopSignal`, for who talks with somebody at a terminal: that nobody reads there any more sets it off too. */
export function terminalSignal(): AbortSignal {
  const unread = new AbortController()
  process.stdout.once('error', () => {
    complain('nobody reads what is printed here any more')
    unread.abort(EXIT.trouble)
  })
  return AbortSignal.any([stopSignal(), unread.signal])
}

function isFraming(text: string): text is 'lines' | 'none' | 'length' {
  return ['lines', 'none', 'length'].includes(text)
}

/** The text of a file that was named on the command line. */
export async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new Usage(cannotRead(file, error))
  }
}

async function wordsFrom(file: string): Promise<readonly string[]> {
  const { parseWords } = await import('../games/words.ts')
  const words = parseWords(await textOf(file))
  if ('refused' in words) throw new Usage(`${file}: ${words.refused}`)
  return words
}

async function questionsFrom(file: string): Promise<readonly Question[]> {
  const { formOf, parseQuestions, QuestionError } = await import('../games/questions.ts')
  const text = await textOf(file)
  try {
    return await parseQuestions(text, formOf(file, text))
  } catch (error) {
    throw error instanceof QuestionError ? new Usage(`${file}: ${error.message}`) : error
  }
}

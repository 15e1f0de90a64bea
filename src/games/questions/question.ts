/** Question is what is asked, the answers to choose from, and which of them is right. */
export interface Question {
  readonly text: string
  /** Two to six, each one line. */
  readonly options: readonly string[]
  /** Index of the right option, counted from 0. */
  readonly right: number
  /** Why it is right, in one line. */
  readonly explanation?: string
}

/** QuestionError is why questions cannot be read: a sentence, with the line or the number of the question. */
export class QuestionError extends Error {
  override readonly name = 'QuestionError'
}

/** Parsed is the content of a file of questions: the usable ones, and the reason why each other one is not, in the order of the file. */
export interface Parsed {
  readonly questions: readonly Question[]
  readonly skipped: readonly QuestionError[]
}

/** Reads each of some items as a question; one that throws a QuestionError is skipped. */
export function collect<Item>(items: readonly Item[], read: (item: Item, at: number) => Question): Parsed {
  const questions: Question[] = []
  const skipped: QuestionError[] = []
  for (const [at, item] of items.entries()) {
    try {
      questions.push(read(item, at))
    } catch (error) {
      if (!(error instanceof QuestionError)) throw error
      skipped.push(error)
    }
  }
  return { questions, skipped }
}

/**
 * A question from the texts of a file, each made one line. Throws a QuestionError that names `where` it stands if it
 * cannot be asked.
 */
export function questionFrom(where: string, { text, options, right, explanation = '' }: Question): Question {
  const why = oneLine(explanation)
  const question = { text: oneLine(text), options: options.map(oneLine), right, ...(why && { explanation: why }) }
  const wrong = unaskable(question)
  if (wrong) throw new QuestionError(`${where}: ${wrong}`)
  return question
}

/** Explains why a question cannot be asked, in a sentence; `undefined` where it can. */
export function unaskable({ text, options, right, explanation = '' }: Question): string | undefined {
  if (!text) return 'the question has no text'
  if (options.length < FEWEST || options.length > MOST)
    return `a question has ${FEWEST} to ${MOST} answers to choose from, and this has ${options.length}`
  if (options[right] === undefined) return `there is no answer ${right} that could be the right one`
  const texts = [text, ...options, explanation]
  if (options.includes('')) return 'an answer has no text'
  if (texts.some((one) => /[\p{Cc}\p{Cs}]/u.test(one))) return 'a question has no control characters, and no halves of characters'
  const bytes = Math.max(...texts.map((one) => new TextEncoder().encode(one).length))
  if (bytes > LONGEST) return `a text of it has ${bytes} bytes, and a message has room for ${LONGEST}`
  const twice = options.find((option, at) => options.indexOf(option) < at)
  return twice === undefined ? undefined : `the answer ${JSON.stringify(twice)} stands there twice`
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}

const FEWEST = 2
/** Answers have the letters A to F. */
const MOST = 6
/** Bytes of one text: with a word and two numbers before it, it fits into a message of 4,096. */
const LONGEST = 4000

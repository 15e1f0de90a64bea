/** Question is a multiple-choice question with one right answer. */
export interface Question {
  readonly text: string
  /** Two to six answers; each answer is one line. */
  readonly options: readonly string[]
  /** Index of the right option, counted from 0. */
  readonly right: number
  /** The reason why the answer is right, in one line. */
  readonly explanation?: string
}

/** QuestionError is the error for an invalid question or file; its message names the line or the number of the question. */
export class QuestionError extends Error {
  override readonly name = 'QuestionError'
}

/** ParsedQuestions is the content of a question file: the valid questions, and one error per invalid question, in the order of the file. */
export interface ParsedQuestions {
  readonly questions: readonly Question[]
  readonly skipped: readonly QuestionError[]
}

/** Calls `read` with each item, and collects the questions. If `read` throws a QuestionError, skips the item and collects the error. */
export function collectQuestions<Item>(items: readonly Item[], read: (item: Item, at: number) => Question): ParsedQuestions {
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
 * Returns a question with each text on one line. Throws a QuestionError for an invalid question; its message begins with `where`,
 * such as `line 4`.
 */
export function toQuestion(where: string, { text, options, right, explanation = '' }: Question): Question {
  const why = oneLine(explanation)
  const question = { text: oneLine(text), options: options.map(oneLine), right, ...(why && { explanation: why }) }
  const wrong = findQuestionFault(question)
  if (wrong) throw new QuestionError(`${where}: ${wrong}`)
  return question
}

/** Returns a sentence that says why a question is invalid; `undefined` for a valid question. */
export function findQuestionFault({ text, options, right, explanation = '' }: Question): string | undefined {
  if (!text) return 'the question has no text'
  if (options.length < MIN_ANSWERS || options.length > MAX_ANSWERS)
    return `a question has ${MIN_ANSWERS} to ${MAX_ANSWERS} answers, and this question has ${options.length}`
  if (options[right] === undefined) return `the right answer has the index ${right}, and no answer has that index`
  const texts = [text, ...options, explanation]
  if (options.includes('')) return 'an answer has no text'
  if (texts.some((one) => /[\p{Cc}\p{Cs}]/u.test(one))) return 'a question must not contain control characters or unpaired surrogates'
  const bytes = Math.max(...texts.map((one) => new TextEncoder().encode(one).length))
  if (bytes > MAX_BYTES) return `one of its texts has ${bytes} bytes; the maximum is ${MAX_BYTES}`
  const twice = options.find((option, at) => options.indexOf(option) < at)
  return twice === undefined ? undefined : `the answer ${JSON.stringify(twice)} occurs twice`
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}

const MIN_ANSWERS = 2
/** Answers have the letters A to F. */
const MAX_ANSWERS = 6
/** Maximum number of bytes in one text: with a word and two numbers before it, the text fits into a message of 4,096 bytes. */
const MAX_BYTES = 4000

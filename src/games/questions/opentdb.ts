import { decodeHTMLStrict } from 'entities/decode'
import { type Question, QuestionError, questionFrom } from './question.ts'

/** Item is a question as Open Trivia DB writes it (opentdb.com/api_config.php). */
interface Item {
  readonly type?: unknown
  readonly question: string
  readonly correct_answer: string
  readonly incorrect_answers: readonly string[]
}

/**
 * The questions of an answer of Open Trivia DB, or of a bare list of such questions, in any of its encodings. Throws a
 * QuestionError with the number of a question that is not written so.
 */
export function parseOpenTdb(text: string): Question[] {
  const items = itemsOf(parsed(text)).map((item, at) => {
    if (isItem(item)) return item
    throw new QuestionError(`question ${at + 1}: expected are the texts question and correct_answer, and the list incorrect_answers`)
  })
  const decode = decoderOf(items)
  return items.map((item, at) => {
    const where = `question ${at + 1}`
    const [question = '', ...options] = textsOf(item).map((one) => decoded(where, one, decode))
    return questionFrom(where, { text: question, options, right: 0 })
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new QuestionError(`this is no JSON: ${error instanceof Error ? error.message : error}`)
  }
}

function itemsOf(found: unknown): readonly unknown[] {
  if (Array.isArray(found)) return found
  const { results, response_code } = isRecord(found) ? found : {}
  if (response_code) throw new QuestionError(`Open Trivia DB has answered with code ${response_code}, and without questions`)
  if (Array.isArray(results)) return results
  throw new QuestionError('expected is an answer of Open Trivia DB, {"results": [...]}, or a list of its questions')
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function isItem(value: unknown): value is Item {
  if (!isRecord(value)) return false
  const { question, correct_answer, incorrect_answers } = value
  const isTexts = Array.isArray(incorrect_answers) && incorrect_answers.every((one) => typeof one === 'string')
  return typeof question === 'string' && typeof correct_answer === 'string' && isTexts
}

function textsOf({ question, correct_answer, incorrect_answers }: Item): string[] {
  return [question, correct_answer, ...incorrect_answers]
}

/** How the texts are to be read: as HTML, unless they are all written in another of the encodings that can be asked for. */
function decoderOf(items: readonly Item[]): (text: string) => string {
  if (items.length > 0 && items.every(({ type }) => type === 'bXVsdGlwbGU=' || type === 'Ym9vbGVhbg==')) return fromBase64
  const texts = items.flatMap(textsOf)
  const url = texts.every((text) => /^(?:[\w.~+-]|%[\da-f]{2})*$/i.test(text)) && texts.some((text) => text.includes('%'))
  if (!url) return decodeHTMLStrict
  // only the older of the two has + for a blank, and it keeps the entities of HTML
  return texts.some((text) => text.includes('+'))
    ? (text) => decodeHTMLStrict(decodeURIComponent(text.replaceAll('+', ' ')))
    : decodeURIComponent
}

function fromBase64(text: string): string {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
}

function decoded(where: string, text: string, decode: (text: string) => string): string {
  try {
    return decode(text)
  } catch {
    throw new QuestionError(`${where}: ${JSON.stringify(text)} cannot be decoded`)
  }
}

import { decodeHTMLStrict } from 'entities/decode'
import { errorMessage } from '../../base/errors.ts'
import { isRecord } from '../../base/records.ts'
import { collectQuestions, type ParsedQuestions, QuestionError, toQuestion } from './question.ts'

/** Item is a question in the JSON of Open Trivia DB (opentdb.com/api_config.php). */
interface Item {
  readonly type?: unknown
  readonly category?: unknown
  readonly question: string
  readonly correct_answer: string
  readonly incorrect_answers: readonly string[]
}

/**
 * Parses a response of Open Trivia DB, or a bare list of its questions, in any of its encodings. Skips each invalid question and
 * reports its number and the reason. Throws a QuestionError if the text has another form.
 */
export function parseOpenTdb(text: string): ParsedQuestions {
  const items = findItems(parseJson(text))
  const decode = chooseDecoder(items.filter(isItem))
  return collectQuestions(items, (item, at) => {
    const where = `question ${at + 1}`
    if (!isItem(item)) throw new QuestionError(`${where}: expected the texts question and correct_answer, and the list incorrect_answers`)
    const [question = '', ...options] = listTexts(item).map((one) => decodeText(where, one, decode))
    return toQuestion(where, { text: question, options, right: 0 })
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new QuestionError(`this is not JSON: ${errorMessage(error)}`)
  }
}

function findItems(found: unknown): readonly unknown[] {
  if (Array.isArray(found)) return found
  const { results, response_code } = isRecord(found) ? found : {}
  if (response_code) throw new QuestionError(`Open Trivia DB returned code ${response_code} and no questions${describeCode(response_code)}`)
  if (Array.isArray(results)) return results
  throw new QuestionError('expected a response of Open Trivia DB, {"results": [...]}, or a list of its questions')
}

/** Returns the meaning of a response code of Open Trivia DB, as the end of a sentence; empty for an unknown code. */
function describeCode(code: unknown): string {
  const meanings: Readonly<Record<number, string>> = {
    1: 'it has fewer questions of this kind: request fewer',
    2: 'a parameter of the URL is invalid',
    3: 'the session token is unknown: request a new token',
    4: 'this session token has received all questions: reset it',
    5: 'too many requests: wait five seconds, and try again',
  }
  const meaning = typeof code === 'number' ? meanings[code] : undefined
  return meaning === undefined ? '' : `; ${meaning}`
}

function isItem(value: unknown): value is Item {
  if (!isRecord(value)) return false
  const { question, correct_answer, incorrect_answers } = value
  const isTexts = Array.isArray(incorrect_answers) && incorrect_answers.every((one) => typeof one === 'string')
  return typeof question === 'string' && typeof correct_answer === 'string' && isTexts
}

function listTexts({ question, correct_answer, incorrect_answers }: Item): string[] {
  return [question, correct_answer, ...incorrect_answers]
}

/**
 * Returns the decoder of the texts: if all texts are in another encoding of Open Trivia DB, the decoder of that encoding, and
 * otherwise the decoder of HTML entities. The categories, if a list has them, help to distinguish the encodings.
 */
function chooseDecoder(items: readonly Item[]): (text: string) => string {
  const texts = items.flatMap(listTexts)
  if (isBase64(items, texts)) return fromBase64
  const all = [...texts, ...items.flatMap(({ category }) => (typeof category === 'string' ? [category] : []))]
  const url = all.every((text) => /^(?:[\w.~+-]|%[\da-f]{2})*$/i.test(text)) && all.some((text) => text.includes('%'))
  if (!url) return decodeHTMLStrict
  // the newer URL encoding writes a blank as %20; the older encoding writes +, and contains HTML entities
  return all.some((text) => text.includes('%20')) && !all.some((text) => text.includes('+'))
    ? decodeURIComponent
    : (text) => decodeHTMLStrict(decodeURIComponent(text.replaceAll('+', ' ')))
}

/** Checks whether all texts are in Base64: either the type of each question is in Base64, or every text decodes to UTF-8. */
function isBase64(items: readonly Item[], texts: readonly string[]): boolean {
  if (items.length === 0) return false
  if (items.every(({ type }) => type === 'bXVsdGlwbGU=' || type === 'Ym9vbGVhbg==')) return true
  const isKnown = items.some(({ type }) => type !== undefined)
  // a plain word can be valid Base64 by chance, but no plain word ends with padding
  return texts.every(isTextInBase64) && (!isKnown || texts.some((text) => text.endsWith('=')))
}

function isTextInBase64(text: string): boolean {
  if (text === '' || text.length % 4 > 0 || !/^[A-Za-z\d+/]*={0,2}$/.test(text)) return false
  try {
    return !/\p{Cc}/u.test(fromBase64(text))
  } catch {
    return false
  }
}

function fromBase64(text: string): string {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
}

function decodeText(where: string, text: string, decode: (text: string) => string): string {
  try {
    return decode(text)
  } catch {
    throw new QuestionError(`${where}: ${JSON.stringify(text)} cannot be decoded`)
  }
}

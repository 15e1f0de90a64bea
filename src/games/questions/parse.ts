import { type ParsedQuestions, type Question, QuestionError } from './question.ts'

export { type ParsedQuestions, type Question, QuestionError } from './question.ts'

/** QuestionFormat is the format of a question file: Moodle's GIFT, Open Trivia DB's JSON, or CSV with a header line. */
export type QuestionFormat = 'gift' | 'opentdb' | 'csv'

/**
 * Parses the questions of a text, with or without a byte order mark. Skips each invalid question and reports its line or number and
 * the reason; of two identical questions it returns the first. Throws a QuestionError, one line for each reason, if no question is
 * valid, or if the whole text has another format.
 */
export async function parseQuestions(text: string, form: QuestionFormat = detectFormat('', text)): Promise<ParsedQuestions> {
  const other = describeOtherFormat(text)
  if (other !== undefined) throw new QuestionError(other)
  const parse = await loadParser(form)
  const { questions, skipped } = parse(text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n'))
  const found = new Map<string, Question>()
  for (const question of questions) {
    const { text, options, right } = question
    const key = JSON.stringify([text, options, right])
    if (!found.has(key)) found.set(key, question)
  }
  if (found.size > 0) return { questions: [...found.values()], skipped }
  throw new QuestionError(skipped.length > 0 ? skipped.map(({ message }) => message).join('\n') : 'the file contains no question')
}

/**
 * Returns a sentence that names the format of a text that no parser of Parlor reads, and says what to do; `undefined` if a parser
 * may read the text.
 */
function describeOtherFormat(text: string): string | undefined {
  const start = text.replace(/^\ufeff/, '').trimStart()
  if (/^<(?:\?xml|!--|quiz)\b/i.test(start)) return 'this is Moodle XML: export the questions as GIFT instead'
  if (/^<(?:!doctype html|html)\b[\s\S]*<\/html>/i.test(start))
    return 'this is an HTML page: save the questions themselves as GIFT, JSON or CSV'
  if (/^[A-F][.)] /m.test(start) && /^ANSWER: *[A-F]\s*$/m.test(start) && !start.includes('{'))
    return 'this is in the Aiken format of Moodle: import it there, and export the questions as GIFT'
  return undefined
}

/** Detects the format of a file from the extension of its name or, for other extensions such as `.txt`, from its content. */
export function detectFormat(file: string, text: string): QuestionFormat {
  const named = FORMS[/\.[^./\\]*$/.exec(file)?.[0].toLowerCase() ?? '']
  if (named) return named
  const start = text.replace(/^\ufeff/, '').trimStart()
  if (/^(?:\{\s*"|\[\s*[{\]])/.test(start)) return 'opentdb'
  return /^(?:sep=.|"?(?:question|right|wrong|explanation)\s*\d*"?\s*[,;\t])/i.test(start) ? 'csv' : 'gift'
}

const FORMS: Readonly<Record<string, QuestionFormat>> = { '.gift': 'gift', '.json': 'opentdb', '.csv': 'csv', '.tsv': 'csv' }

/** Loads a parser and its library at their first use; a server without question files loads no parser. */
async function loadParser(form: QuestionFormat): Promise<(text: string) => ParsedQuestions> {
  switch (form) {
    case 'gift':
      return (await import('./gift.ts')).parseGift
    case 'opentdb':
      return (await import('./opentdb.ts')).parseOpenTdb
    case 'csv':
      return (await import('./csv.ts')).parseCsv
  }
}

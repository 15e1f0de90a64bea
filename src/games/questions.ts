import { type Parsed, type Question, QuestionError } from './questions/question.ts'

export { type Parsed, type Question, QuestionError } from './questions/question.ts'

/** Form is how a file of questions is written: Moodle's GIFT, Open Trivia DB's JSON, or CSV with a line of columns. */
export type Form = 'gift' | 'opentdb' | 'csv'

/**
 * Reads a text in UTF-8, with or without a byte order mark. A question that cannot be asked is skipped, with the line or
 * the number and the reason; one that stands there twice, word for word, is asked once. Throws a QuestionError, one line
 * for each reason, if no question is left, or if the text as a whole is not in that form.
 */
export async function parseQuestions(text: string, form: Form = formOf('', text)): Promise<Parsed> {
  const other = otherForm(text)
  if (other !== undefined) throw new QuestionError(other)
  const parse = await parserOf(form)
  const { questions, skipped } = parse(text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n'))
  const found = new Map<string, Question>()
  for (const question of questions) {
    const { text, options, right } = question
    const key = JSON.stringify([text, options, right])
    if (!found.has(key)) found.set(key, question)
  }
  if (found.size > 0) return { questions: [...found.values()], skipped }
  throw new QuestionError(skipped.length > 0 ? skipped.map(({ message }) => message).join('\n') : 'there is no question in it')
}

/** Says what a text is that no parser here reads, and what to do; `undefined` if it may be one of the forms. */
function otherForm(text: string): string | undefined {
  const start = text.replace(/^\ufeff/, '').trimStart()
  if (/^<(?:\?xml|!--|quiz)\b/i.test(start)) return 'this is XML, as Moodle exports questions, too: export them as GIFT, and give that file'
  if (/^<(?:!doctype html|html)\b[\s\S]*<\/html>/i.test(start))
    return 'this is a page of HTML: save the questions themselves, as GIFT, JSON or CSV'
  if (/^[A-F][.)] /m.test(start) && /^ANSWER: *[A-F]\s*$/m.test(start) && !start.includes('{'))
    return 'this is in the form Aiken of Moodle: import it there, export the questions as GIFT, and give that file'
  return undefined
}

/** Tells how a file is written: from its name, or else (as for `.txt`) from what is in it. */
export function formOf(file: string, text: string): Form {
  const named = FORMS[/\.[^./\\]*$/.exec(file)?.[0].toLowerCase() ?? '']
  if (named) return named
  const start = text.replace(/^\ufeff/, '').trimStart()
  if (/^(?:\{\s*"|\[\s*[{\]])/.test(start)) return 'opentdb'
  return /^(?:sep=.|"?(?:question|right|wrong|explanation)\s*\d*"?\s*[,;\t])/i.test(start) ? 'csv' : 'gift'
}

const FORMS: Readonly<Record<string, Form>> = { '.gift': 'gift', '.json': 'opentdb', '.csv': 'csv', '.tsv': 'csv' }

/** Parsers come with libraries, which only who has such a file needs to load. */
async function parserOf(form: Form): Promise<(text: string) => Parsed> {
  switch (form) {
    case 'gift':
      return (await import('./questions/gift.ts')).parseGift
    case 'opentdb':
      return (await import('./questions/opentdb.ts')).parseOpenTdb
    case 'csv':
      return (await import('./questions/csv.ts')).parseCsv
  }
}

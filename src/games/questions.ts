import { type Question, QuestionError } from './questions/question.ts'

export { type Question, QuestionError } from './questions/question.ts'

/** Form is how a file of questions is written: Moodle's GIFT, Open Trivia DB's JSON, or CSV with a line of columns. */
export type Form = 'gift' | 'opentdb' | 'csv'

/**
 * The questions of a text; one that stands there twice, word for word, is left out. Throws a QuestionError, with the line
 * or the number of a question, if anything in it is not a question that can be asked.
 */
export async function parseQuestions(text: string, form: Form = formOf('', text)): Promise<readonly Question[]> {
  const parse = await parserOf(form)
  const found = new Map<string, Question>()
  for (const question of parse(text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n'))) {
    const { text, options, right } = question
    const key = JSON.stringify([text, options, right])
    if (!found.has(key)) found.set(key, question)
  }
  if (found.size === 0) throw new QuestionError('there is no question in it')
  return [...found.values()]
}

/** How a file is written, told from its name, and where that does not say (as `.txt` does not) from what is in it. */
export function formOf(file: string, text: string): Form {
  const named = FORMS[/\.[^./\\]*$/.exec(file)?.[0].toLowerCase() ?? '']
  if (named) return named
  const start = text.replace(/^\ufeff/, '').trimStart()
  if (/^(?:\{\s*"|\[\s*[{\]])/.test(start)) return 'opentdb'
  return /^"?(?:question|right|wrong|explanation)\s*\d*"?\s*[,;\t]/i.test(start) ? 'csv' : 'gift'
}

const FORMS: Readonly<Record<string, Form>> = { '.gift': 'gift', '.json': 'opentdb', '.csv': 'csv' }

/** Parsers come with libraries, which only who has such a file needs to load. */
async function parserOf(form: Form): Promise<(text: string) => Question[]> {
  switch (form) {
    case 'gift':
      return (await import('./questions/gift.ts')).parseGift
    case 'opentdb':
      return (await import('./questions/opentdb.ts')).parseOpenTdb
    case 'csv':
      return (await import('./questions/csv.ts')).parseCsv
  }
}

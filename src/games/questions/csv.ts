import { CsvError, parse } from 'csv-parse/sync'
import { type Question, QuestionError, questionFrom } from './question.ts'

/** Row is a record of a file, and the line on which it begins, counted from 1. */
interface Row {
  readonly fields: readonly string[]
  readonly line: number
}

/**
 * The questions of a text in CSV (RFC 4180), a semicolon or a tab instead of the comma allowed. Its first record names
 * the columns: `question`, `right`, `wrong` one to five times (a number behind it counts for nothing), and `explanation`
 * if there is one. An empty field of `wrong` is no answer. Throws a QuestionError with the line where it is not so.
 */
export function parseCsv(text: string): Question[] {
  const [head, ...rows] = rowsOf(text)
  const columns = (head?.fields ?? []).map((name) => name.toLowerCase().replace(/\s*\d+$/, ''))
  if (!isHeader(columns)) throw new QuestionError(`line ${head?.line ?? 1}: ${EXPECTED}`)
  return rows.map(({ fields, line }) => {
    const where = `line ${line}`
    if (fields.length > columns.length)
      throw new QuestionError(`${where}: it has ${fields.length} fields, and there are ${columns.length} columns`)
    const column = (name: string) => fields.filter((_, at) => columns[at] === name)
    const [question = ''] = column('question')
    const [right = ''] = column('right')
    const [explanation = ''] = column('explanation')
    const wrong = column('wrong').filter((answer) => answer)
    return questionFrom(where, { text: question, options: [right, ...wrong], right: 0, explanation })
  })
}

const EXPECTED = 'the first line names the columns, as in question,right,wrong,wrong,wrong,explanation; the last may be missing'

function isHeader(columns: readonly string[]): boolean {
  const count = (name: string) => columns.filter((column) => column === name).length
  const [questions, rights, wrongs, explanations] = ['question', 'right', 'wrong', 'explanation'].map(count) as [
    number,
    number,
    number,
    number,
  ]
  const known = questions + rights + wrongs + explanations === columns.length
  return known && questions === 1 && rights === 1 && wrongs > 0 && explanations < 2
}

/** The records that are not empty. */
function rowsOf(text: string): Row[] {
  const rows: Row[] = []
  let ended = 0
  const row = (fields: string[], { lines }: { lines: number }) => {
    const within = fields.join('').split('\n').length - 1
    ended = lines
    if (fields.some((field) => field)) rows.push({ fields, line: lines - within })
    return null
  }
  try {
    parse(text, { delimiter: delimiterOf(text), trim: true, skip_empty_lines: true, relax_column_count: true, on_record: row })
    return rows
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const where = error.code === 'CSV_QUOTE_NOT_CLOSED' ? `after line ${ended}` : `line ${error.lines}`
    throw new QuestionError(`${where}: a field with a " in it stands in quotes, and a " inside of it is doubled`)
  }
}

function delimiterOf(text: string): string {
  const [header = ''] = text.split('\n', 1)
  return [';', '\t'].find((sign) => header.includes(sign)) ?? ','
}

import { CsvError, parse } from 'csv-parse/sync'
import { collectQuestions, type ParsedQuestions, type Question, QuestionError, toQuestion } from './question.ts'

/** Row is a record of a file and the line on which the record begins, from 1; `fault` says why the parser could not read the record. */
interface Row {
  readonly fields: readonly string[]
  readonly line: number
  readonly fault?: QuestionError
}

/**
 * Parses CSV (RFC 4180) as spreadsheets write it: the delimiter may be a semicolon or a tab, a first line `sep=;` may name the
 * delimiter, and empty columns may follow the named columns. The header names the columns: `question`, `right`, `wrong` one to five
 * times (the parser ignores a number after `wrong`), and optionally `explanation`. The parser ignores an empty `wrong` field. The parser
 * skips each invalid record and reports its line and the reason. Throws a QuestionError if the header has other columns.
 */
export function parseCsv(text: string): ParsedQuestions {
  const [head, ...rows] = parseRows(text)
  if (head?.fault) throw head.fault
  const columns = withoutEmptyEnd((head?.fields ?? []).map((name) => name.toLowerCase().replace(/\s*\d+$/, '')))
  if (!isHeader(columns)) throw new QuestionError(`line ${head?.line ?? 1}: ${EXPECTED}${missingColumns(columns)}`)
  return collectQuestions(rows, (row) => readRow(row, columns))
}

function readRow({ line, fault, fields: all }: Row, columns: readonly string[]): Question {
  if (fault) throw fault
  const where = `line ${line}`
  const fields = withoutEmptyEnd(all)
  if (fields.length > columns.length)
    throw new QuestionError(`${where}: it has ${fields.length} fields, but the header has ${columns.length} columns`)
  const column = (name: string) => fields.filter((_, at) => columns[at] === name)
  const [question = ''] = column('question')
  const [right = ''] = column('right')
  const [explanation = ''] = column('explanation')
  const wrong = column('wrong').filter((answer) => answer)
  return toQuestion(where, { text: question, options: [right, ...wrong], right: 0, explanation })
}

const EXPECTED = 'the first line must name the columns, as in question,right,wrong,wrong,wrong,explanation; explanation is optional'
const QUOTES = 'put a field that contains " in quotes, and double each " inside it'

function withoutEmptyEnd(fields: readonly string[]): readonly string[] {
  return fields.slice(0, fields.findLastIndex((field) => field) + 1)
}

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

const COLUMNS: readonly string[] = ['question', 'right', 'wrong', 'explanation']

/** Returns the end of a sentence that names the missing columns of a header with unknown columns. */
function missingColumns(columns: readonly string[]): string {
  const missing = ['question', 'right', 'wrong'].filter((name) => !columns.includes(name))
  const hasOthers = columns.some((name) => !COLUMNS.includes(name))
  return hasOthers && missing.length > 0 && missing.length < 3 ? `; it has no column ${missing.join(' and no column ')}` : ''
}

/** Returns the records that are not empty, and one Row with a fault for each unreadable record. */
function parseRows(text: string): Row[] {
  const lines = text.split('\n')
  const start = lines.findIndex((line) => line.trim())
  const named = /^\s*"?sep=(.)/i.exec(lines[start] ?? '')?.[1]
  const delimiter = named ?? detectDelimiter(lines[start] ?? '')
  const rows: Row[] = []
  // after an unreadable record, the parser starts again at the next line
  for (let above = named === undefined ? 0 : start + 1; above < lines.length; ) {
    const { records, broken } = readFrom(lines, above, delimiter)
    rows.push(...records, ...(broken ? [broken] : []))
    above = broken ? broken.line : lines.length
  }
  return rows
}

/** Returns the records below the line `above`, up to the first unreadable record. */
function readFrom(lines: readonly string[], above: number, delimiter: string): { records: Row[]; broken?: Row } {
  const records: Row[] = []
  let ended = above
  const row = (fields: string[], info: { lines: number }) => {
    const within = fields.join('').split('\n').length - 1
    ended = above + info.lines
    if (fields.some((field) => field)) records.push({ fields, line: ended - within })
    return null
  }
  try {
    const text = lines.slice(above).join('\n')
    parse(text, { delimiter, trim: true, skip_empty_lines: true, relax_column_count: true, on_record: row })
    return { records }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const at = lines.findIndex((line, index) => index >= ended && line.trim()) + 1
    const line = error.code === 'CSV_QUOTE_NOT_CLOSED' ? at : above + Number(error.lines)
    return { records, broken: { fields: [], line, fault: new QuestionError(`line ${line}: ${QUOTES}`) } }
  }
}

function detectDelimiter(header: string): string {
  return [';', '\t'].find((sign) => header.includes(sign)) ?? ','
}

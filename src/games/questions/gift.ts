import { hasMedia, toPlainText } from './plain.ts'
import { collectQuestions, type ParsedQuestions, type Question, QuestionError, toQuestion } from './question.ts'

/** Line is a line of a file with its number, from 1. */
interface Line {
  readonly text: string
  readonly number: number
}

/** Marked is a text with its markup: `html`, `markdown`, `plain` or, by default, `moodle`. */
interface Marked {
  readonly text: string
  readonly format: string
}

interface Choice {
  readonly answer: Marked
  /** Percentage of the points. */
  readonly weight: number
  readonly feedback: Marked
}

/**
 * Parses Moodle's GIFT format as Moodle's own importer does. A weight is a number between two `%`; every other `%` is text. A title
 * may close on a later line. Every `~` and `=` in the answers begins an answer, and the importer drops empty answers. The text
 * before `#` is the answer, and the text after `#` is the feedback. The quiz supports multiple choice with one right answer, and
 * true or false. The feedback on the whole question becomes the explanation; if there is no such feedback, the feedback on the
 * right answer becomes the explanation. The parser skips every question of another kind, and reports its line and the reason.
 */
export function parseGift(text: string): ParsedQuestions {
  return collectQuestions(splitBlocks(text), parseQuestion)
}

function parseQuestion(block: readonly Line[]): Question {
  const where = `line ${block[0]?.number}`
  const body = removeTitle(hideEscapes(block.map(({ text }) => text).join('\n')).trim())
  const lineAt = (at: number) => findLine(block, body, at)
  const start = body.indexOf('{')
  const end = body.indexOf('}')
  if (start < 0 && end < 0) throw new QuestionError(`${where}: there are no answers in { }; ${SUPPORTED}`)
  if (end < 0) throw new QuestionError(`line ${lineAt(start)}: the { is not closed before the question ends; ${RULES}`)
  if (start < 0 || end < start) throw new QuestionError(`line ${lineAt(end)}: there is a } without a { before it; ${RULES}`)
  const rest = body.slice(end + 1)
  const second = ANSWERS.exec(rest)
  if (second)
    throw new QuestionError(`line ${lineAt(end + 1 + second.index)}: a second question begins without a blank line before it; ${RULES}`)
  // if the answers are in the middle of a sentence, the question shows a gap there
  const stem = parseMarked(body.slice(0, start) + (rest === '' ? '' : `_____${rest}`))
  return parseAnswers(where, stem, body.slice(start + 1, end).trim())
}

/** Returns the question whose answers are `section`, the text between the braces. */
function parseAnswers(where: string, stem: Marked, section: string): Question {
  const general = section.lastIndexOf('####')
  const answers = general < 0 ? section : section.slice(0, general).trim()
  const why = general < 0 ? undefined : parseMarked(section.slice(general + 4), stem.format)
  if (answers.includes('~') && !answers.startsWith('#')) return parseChoices(where, stem, answers, why)
  const [answer = '', , right] = answers.split('#', 3)
  if (/^(?:T|TRUE|F|FALSE)$/.test(answer.trim())) {
    const options = [TRUE, FALSE]
    return makeQuestion(
      where,
      stem,
      options,
      answer.trim().startsWith('T') ? 0 : 1,
      why ?? (right === undefined ? undefined : parseMarked(right, stem.format)),
    )
  }
  throw new QuestionError(`${where}: ${describeKind(answers)}; ${SUPPORTED}`)
}

const SUPPORTED = 'supported are choices with one right answer, and true or false'
const RULES =
  'in GIFT, write answers in { }, one blank line between questions and none inside a question, and a \\ before ~ = # { } in a text'
/** Matches a brace that begins answers, but no brace within a text. */
const ANSWERS = /\{\s*(?:[=~#}]|(?:T|TRUE|F|FALSE)\s*[}#])/

const TRUE: Marked = { format: 'plain', text: 'True' }
const FALSE: Marked = { format: 'plain', text: 'False' }

function describeKind(answers: string): string {
  if (answers === '') return 'this asks for an essay'
  if (answers.startsWith('#')) return 'this asks for a number'
  return answers.includes('=') && answers.includes('->') ? 'this asks for pairs' : 'this asks for a text'
}

function parseChoices(where: string, stem: Marked, answers: string, why: Marked | undefined): Question {
  const choices = answers
    .replaceAll('=', '~=')
    .split('~')
    .map((one) => parseChoice(one.trim(), stem.format))
    .filter((choice) => choice !== undefined)
  if (choices.filter(({ weight }) => weight > 0).length !== 1 || !choices.some(({ weight }) => weight === 100))
    throw new QuestionError(`${where}: a choice must have exactly one right answer; ${SUPPORTED}`)
  const right = choices.findIndex(({ weight }) => weight === 100)
  const feedback = choices[right]?.feedback
  return makeQuestion(
    where,
    stem,
    choices.map(({ answer }) => answer),
    right,
    why ?? feedback,
  )
}

/** Parses one answer, `=right#why` or `%-50%wrong`; `undefined` for an answer without a text. */
function parseChoice(text: string, format: string): Choice | undefined {
  const isRight = text.startsWith('=')
  const [weighted = '', percent] = (isRight ? undefined : /^%(-*\d{1,3}(?:\.\d*)?)%/.exec(text)) ?? []
  const [answer = '', ...feedback] = text.slice(isRight ? 1 : weighted.length).split('#')
  if (answer.trim() === '') return undefined
  const weight = isRight ? 100 : percent === undefined ? 0 : Number(percent.replace(/^-+/, '-'))
  return { answer: parseMarked(answer, format), weight, feedback: parseMarked(feedback.join('#'), format) }
}

function makeQuestion(where: string, stem: Marked, options: readonly Marked[], right: number, why: Marked | undefined): Question {
  if ([stem, ...options, ...(why ? [why] : [])].some(({ format, text }) => format !== 'plain' && hasMedia(text)))
    throw new QuestionError(`${where}: it contains a picture or other media, which a line of text cannot show`)
  return toQuestion(where, { text: toText(stem), options: options.map(toText), right, ...(why && { explanation: toText(why) }) })
}

function toText({ format, text }: Marked): string {
  return format === 'plain' ? text : toPlainText(text)
}

/** Parses a text that may begin with its markup, `[html]<b>Why?</b>`. */
function parseMarked(text: string, defaultFormat = 'moodle'): Marked {
  const [prefix, format] = /^\s*\[(html|markdown|plain|moodle)\]/.exec(text) ?? []
  return { format: format ?? defaultFormat, text: restoreEscapes(text.slice(prefix?.length ?? 0).trim()) }
}

/** Removes the title, `::title::`. */
function removeTitle(question: string): string {
  if (!question.startsWith('::')) return question
  const end = question.indexOf('::', 2)
  return question.slice(end < 0 ? 2 : end + 2).trim()
}

/** Returns the line number of the character at the index `at` of a block without its title. */
function findLine(block: readonly Line[], body: string, at: number): number | undefined {
  const below = body.slice(at).split('\n').length
  return (block.at(-below) ?? block[0])?.number
}

/** Splits a text into the lines of each question, at blank lines. Drops comments and categories. */
function splitBlocks(text: string): Line[][] {
  const blocks: Line[][] = [[]]
  for (const [at, line] of text.split('\n').entries()) {
    if (!line.trim()) blocks.push([])
    else if (!/^\s*(?:\/\/|\$CATEGORY:)/.test(line)) blocks.at(-1)?.push({ text: line, number: at + 1 })
  }
  return blocks.filter((block) => block.length > 0)
}

/** The characters that a `\` escapes. During parsing, noncharacters of Unicode replace the escaped characters. */
const SIGNS = '\\:#={}~n'
const FIRST_PLACEHOLDER = 0xfdd0

function hideEscapes(text: string): string {
  return text.replace(/\\([\\:#={}~n])/g, (_, sign: string) => String.fromCharCode(FIRST_PLACEHOLDER + SIGNS.indexOf(sign)))
}

function restoreEscapes(text: string): string {
  return text.replace(/[\ufdd0-\ufdd7]/g, (placeholder) => {
    const sign = SIGNS[placeholder.charCodeAt(0) - FIRST_PLACEHOLDER] ?? ''
    return sign === 'n' ? '\n' : sign
  })
}

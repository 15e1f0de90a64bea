import { hasPictures, plain } from './plain.ts'
import { collect, type Parsed, type Question, QuestionError, questionFrom } from './question.ts'

/** Line is a line of a file, and its number there, counted from 1. */
interface Line {
  readonly text: string
  readonly number: number
}

/** A text of a question and how it is marked up: `[html]`, `[markdown]`, `[plain]` or, if nothing is said, `[moodle]`. */
interface Marked {
  readonly text: string
  readonly format: string
}

/** One answer to choose from. */
interface Choice {
  readonly answer: Marked
  /** Percent of the points. */
  readonly weight: number
  readonly feedback: Marked
}

/**
 * Reads a text in Moodle's GIFT format as Moodle's own importer does: a weight is a number between two `%`, every other
 * `%` is text; a title may close on a later line; every `~` and `=` in the answers begins an answer, and an empty one is
 * left out; what stands before `#` is the answer, behind it its feedback. Asked are multiple choice with one right answer,
 * and true or false. Feedback on the whole question, or else on its right answer, becomes the explanation. Each other
 * question is skipped, with its line and the reason.
 */
export function parseGift(text: string): Parsed {
  return collect(blocksOf(text), questionOf)
}

function questionOf(block: readonly Line[]): Question {
  const where = `line ${block[0]?.number}`
  const body = untitled(hidden(block.map(({ text }) => text).join('\n')).trim())
  const lineAt = (at: number) => lineOf(block, body, at)
  const start = body.indexOf('{')
  const end = body.indexOf('}')
  if (start < 0 && end < 0) throw new QuestionError(`${where}: there are no answers in { }; ${ASKABLE}`)
  if (end < 0) throw new QuestionError(`line ${lineAt(start)}: the { is not closed before the question ends; ${RULES}`)
  if (start < 0 || end < start) throw new QuestionError(`line ${lineAt(end)}: there is a } without a { before it; ${RULES}`)
  const rest = body.slice(end + 1)
  const second = ANSWERS.exec(rest)
  if (second)
    throw new QuestionError(`line ${lineAt(end + 1 + second.index)}: a second question begins without a blank line before it; ${RULES}`)
  // a gap is filled in where the answers stand in the middle of a sentence
  const stem = marked(body.slice(0, start) + (rest === '' ? '' : `_____${rest}`))
  return answered(where, stem, body.slice(start + 1, end).trim())
}

/** The question whose answers are `section`, the text between the braces. */
function answered(where: string, stem: Marked, section: string): Question {
  const general = section.lastIndexOf('####')
  const answers = general < 0 ? section : section.slice(0, general).trim()
  const why = general < 0 ? undefined : marked(section.slice(general + 4), stem.format)
  if (answers.includes('~') && !answers.startsWith('#')) return chosen(where, stem, answers, why)
  const [answer = '', , right] = answers.split('#', 3)
  if (/^(?:T|TRUE|F|FALSE)$/.test(answer.trim())) {
    const options = [TRUE, FALSE]
    return asked(
      where,
      stem,
      options,
      answer.trim().startsWith('T') ? 0 : 1,
      why ?? (right === undefined ? undefined : marked(right, stem.format)),
    )
  }
  throw new QuestionError(`${where}: ${kindOf(answers)}; ${ASKABLE}`)
}

const ASKABLE = 'what can be asked is a choice with one right answer, or true or false'
const RULES =
  'in GIFT answers stand in { }, a blank line stands between questions and none within, and ~ = # { } in a text have a \\ before them'
/** Braces with answers in them; a brace in a text holds something else. */
const ANSWERS = /\{\s*(?:[=~#}]|(?:T|TRUE|F|FALSE)\s*[}#])/

const TRUE: Marked = { format: 'plain', text: 'True' }
const FALSE: Marked = { format: 'plain', text: 'False' }

function kindOf(answers: string): string {
  if (answers === '') return 'this asks for an essay'
  if (answers.startsWith('#')) return 'this asks for a number'
  return answers.includes('=') && answers.includes('->') ? 'this asks for pairs' : 'this asks for a text'
}

function chosen(where: string, stem: Marked, answers: string, why: Marked | undefined): Question {
  const choices = answers
    .replaceAll('=', '~=')
    .split('~')
    .map((one) => choiceOf(one.trim(), stem.format))
    .filter((choice) => choice !== undefined)
  if (choices.filter(({ weight }) => weight > 0).length !== 1 || !choices.some(({ weight }) => weight === 100))
    throw new QuestionError(`${where}: there is not just one right answer; ${ASKABLE}`)
  const right = choices.findIndex(({ weight }) => weight === 100)
  const feedback = choices[right]?.feedback
  return asked(
    where,
    stem,
    choices.map(({ answer }) => answer),
    right,
    why ?? feedback,
  )
}

/** One answer, `=right#why` or `%-50%wrong`; `undefined` if it has no text at all. */
function choiceOf(text: string, format: string): Choice | undefined {
  const isRight = text.startsWith('=')
  const [weighted = '', percent] = (isRight ? undefined : /^%(-*\d{1,3}(?:\.\d*)?)%/.exec(text)) ?? []
  const [answer = '', ...feedback] = text.slice(isRight ? 1 : weighted.length).split('#')
  if (answer.trim() === '') return undefined
  const weight = isRight ? 100 : percent === undefined ? 0 : Number(percent.replace(/^-+/, '-'))
  return { answer: marked(answer, format), weight, feedback: marked(feedback.join('#'), format) }
}

function asked(where: string, stem: Marked, options: readonly Marked[], right: number, why: Marked | undefined): Question {
  if ([stem, ...options, ...(why ? [why] : [])].some(({ format, text }) => format !== 'plain' && hasPictures(text)))
    throw new QuestionError(`${where}: there is a picture or the like in it, which a line of text cannot show`)
  return questionFrom(where, { text: textOf(stem), options: options.map(textOf), right, ...(why && { explanation: textOf(why) }) })
}

function textOf({ format, text }: Marked): string {
  return format === 'plain' ? text : plain(text)
}

/** A text with its markup taken from its beginning, `[html]<b>Why?</b>`. */
function marked(text: string, usual = 'moodle'): Marked {
  const [prefix, format] = /^\s*\[(html|markdown|plain|moodle)\]/.exec(text) ?? []
  return { format: format ?? usual, text: shown(text.slice(prefix?.length ?? 0).trim()) }
}

/** The question without its title, `::title::`, which is not asked. */
function untitled(question: string): string {
  if (!question.startsWith('::')) return question
  const end = question.indexOf('::', 2)
  return question.slice(end < 0 ? 2 : end + 2).trim()
}

/** The line of a file on which the character `at` of a block without its title stands. */
function lineOf(block: readonly Line[], body: string, at: number): number | undefined {
  const below = body.slice(at).split('\n').length
  return (block.at(-below) ?? block[0])?.number
}

/** The lines of each question: blank lines stand between them. Comments and categories are left out. */
function blocksOf(text: string): Line[][] {
  const blocks: Line[][] = [[]]
  for (const [at, line] of text.split('\n').entries()) {
    if (!line.trim()) blocks.push([])
    else if (!/^\s*(?:\/\/|\$CATEGORY:)/.test(line)) blocks.at(-1)?.push({ text: line, number: at + 1 })
  }
  return blocks.filter((block) => block.length > 0)
}

/** The signs that a `\` makes text of, and the code points that stand for them meanwhile; no text has those. */
const SIGNS = '\\:#={}~n'
const FIRST_PLACEHOLDER = 0xfdd0

function hidden(text: string): string {
  return text.replace(/\\([\\:#={}~n])/g, (_, sign: string) => String.fromCharCode(FIRST_PLACEHOLDER + SIGNS.indexOf(sign)))
}

function shown(text: string): string {
  return text.replace(/[\ufdd0-\ufdd7]/g, (placeholder) => {
    const sign = SIGNS[placeholder.charCodeAt(0) - FIRST_PLACEHOLDER] ?? ''
    return sign === 'n' ? '\n' : sign
  })
}

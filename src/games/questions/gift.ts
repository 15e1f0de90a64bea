import { type GIFTQuestion, SyntaxError as GiftError, type MultipleChoice, parse, type TextFormat, type TrueFalse } from 'gift-pegjs'
import { hasPictures, plain } from './plain.ts'
import { type Question, QuestionError, questionFrom } from './question.ts'

/** Line is a line of a file, and its number there, counted from 1. */
interface Line {
  readonly text: string
  readonly number: number
}

/**
 * The questions of a text in Moodle's GIFT format: multiple choice with one right answer, and true or false. Feedback on
 * the whole question, or else on its right answer, becomes the explanation. Throws a QuestionError with the line of a
 * question that is written or meant in another way.
 */
export function parseGift(text: string): Question[] {
  return blocksOf(text).map(questionOf)
}

function questionOf(block: readonly Line[]): Question {
  const where = `line ${block[0]?.number}`
  const question = read(block)
  if (question?.type === 'MC') return chosen(question, where)
  if (question?.type === 'TF') return trueOrFalse(question, where)
  throw new QuestionError(`${where}: ${KINDS[question?.type ?? 'Description']}; ${ASKABLE}`)
}

const ASKABLE = 'what can be asked is a choice with one right answer, or true or false'
const KINDS = {
  Short: 'this asks for a text',
  Numerical: 'this asks for a number',
  Essay: 'this asks for an essay',
  Matching: 'this asks for pairs',
  Description: 'there are no answers in { }',
  Category: 'this is a category',
}

function chosen({ stem, choices, globalFeedback }: MultipleChoice, where: string): Question {
  const worth = choices.map(({ isCorrect, weight }) => weight ?? (isCorrect ? 100 : 0))
  if (worth.filter((percent) => percent > 0).length !== 1 || !worth.includes(100))
    throw new QuestionError(`${where}: there is not just one right answer; ${ASKABLE}`)
  const right = worth.indexOf(100)
  const options = choices.map(({ text }) => text)
  return asked(where, [stem, ...options], right, globalFeedback ?? choices[right]?.feedback)
}

function trueOrFalse({ stem, isTrue, globalFeedback, falseFeedback }: TrueFalse, where: string): Question {
  // in GIFT the second feedback is for a right answer, whatever that is; the library calls it falseFeedback
  return asked(where, [stem, TRUE, FALSE], isTrue ? 0 : 1, globalFeedback ?? falseFeedback)
}

const TRUE: TextFormat = { format: 'plain', text: 'True' }
const FALSE: TextFormat = { format: 'plain', text: 'False' }

function asked(where: string, shown: readonly TextFormat[], right: number, why: TextFormat | null | undefined): Question {
  if ([...shown, ...(why ? [why] : [])].some(({ format, text }) => format !== 'plain' && hasPictures(text)))
    throw new QuestionError(`${where}: there is a picture or the like in it, which a line of text cannot show`)
  const [stem = '', ...options] = shown.map(textOf)
  // the library leaves a blank behind a gap, even where the sentence ends
  const text = stem.replace(/_____ (?=[.,;:?!])/, '_____')
  return questionFrom(where, { text, options, right, ...(why && { explanation: textOf(why) }) })
}

function textOf({ format, text }: TextFormat): string {
  const shown = text.replaceAll(ARROW, '->')
  return format === 'plain' ? shown : plain(shown)
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

function read(block: readonly Line[]): GIFTQuestion | undefined {
  try {
    return parse(escaped(block.map(({ text }) => text).join('\n')))[0]
  } catch (error) {
    if (!(error instanceof GiftError)) throw error
    const line = block[error.location.start.line - 1] ?? block.at(-1)
    const found = error.found === null ? 'the question ends too early' : `${JSON.stringify(error.found)} cannot stand there`
    throw new QuestionError(`line ${line?.number}: ${found}; ${RULES}`)
  }
}

const RULES =
  'in GIFT answers stand in { }, a blank line stands between questions and none within, and ~ = # { } in a text have a \\ before them'

/**
 * A question without its title, which is not asked, and as the library reads what Moodle reads: the signs of answers are
 * text outside of the answers, and so is a colon anywhere, and -> among answers to choose from.
 */
function escaped(question: string): string {
  const untitled = question.replace(/^\s*::(?:\\.|[^\\\n])*?::/, '')
  const body = /\{(?:\\.|[^\\}])*~/s.test(untitled) ? untitled.replaceAll('->', ARROW) : untitled
  const numerical = /\{\s*#(?!###)/.test(body)
  let inside = false
  return body.replace(/\\.|[{}~=#:]/gs, (sign) => {
    if (sign === '{' || sign === '}') inside = sign === '{'
    const isText = sign === ':' ? !(inside && numerical) : !inside && '~=#'.includes(sign)
    return isText ? `\\${sign}` : sign
  })
}

/** Stands for -> on the way through the library, which would see a pair in it; no text has this code point. */
const ARROW = '\ufdd0'

import type { Game, Random } from './game.ts'
import type { Question } from './questions/question.ts'
import { wrap } from './text/graphemes.ts'

const LETTERS = ['A', 'B', 'C', 'D', 'E', 'F']
/** Maximum number of questions in one game. */
const MAX_QUESTIONS = 50
/** Width of the questions' lines, in columns of the terminal. */
const COLUMNS = 80

/** OptionLetter is the letter of an option; A is the first option. */
export type OptionLetter = string

/** Quiz is the state of a game: the chosen questions, and the answers so far. */
export interface Quiz {
  /** The questions in the order in which the player sees them; the options of each question are shuffled. */
  readonly questions: readonly Question[]
  /** The answers, in the order of the questions. */
  readonly answers: readonly OptionLetter[]
}

/** QuizView is the view of the player. It never contains the right option of the open question or of a later question. */
export interface QuizView {
  /** Number of questions in the quiz. */
  readonly count: number
  /** Number of right answers so far. */
  readonly points: number
  /** The open question; missing after the last answer. */
  readonly open?: OpenQuestion
  /** The last answer; missing before the first answer. */
  readonly last?: MarkedAnswer
}

/** OpenQuestion is the question that the player answers next. */
export interface OpenQuestion {
  /** Number of the question, from 1. */
  readonly number: number
  readonly text: string
  readonly options: readonly string[]
}

/** MarkedAnswer is the player's answer to the last question, and the right answer. */
export interface MarkedAnswer {
  readonly given: OptionLetter
  readonly right: OptionLetter
  readonly correct: boolean
  readonly explanation?: string
}

/**
 * QuizOptions configure a quiz: the bank of questions, and the number of questions to choose, from 1 to 50. If the bank has fewer
 * questions, the quiz has all questions of the bank.
 */
export interface QuizOptions {
  readonly questions: readonly Question[]
  readonly count: number
}

/**
 * quiz: one player answers questions with the letters of their options, and gets a point for each right answer. A player who
 * answers every question right wins; otherwise the game has no winner.
 */
export const quiz: Game<Quiz, OptionLetter, QuizView, QuizOptions> = {
  name: 'quiz',
  aliases: ['questions', 'trivia'],
  title: 'questions on networks, sockets and text; points for the ladder',
  rules: 'Each question has several answers, and one of them is right. Each right answer is a point. The ladder adds up all your points.',
  moveHint: 'the letter of an answer, such as A',
  settings: { count: { min: 1, max: MAX_QUESTIONS, usual: 5, about: 'questions' } },
  options: async ({ count = 5 }, { questions }) => ({ questions: questions ?? (await import('./questions/bank.ts')).bank, count }),
  screen: { end: ({ points, count }) => (points === count ? 'Everything right: you win!' : '') },
  seats: { min: 1, max: 1 },
  setup({ questions, count }, random) {
    if (questions.length === 0) throw new RangeError('a quiz needs at least one question')
    if (!Number.isInteger(count) || count < 1 || count > MAX_QUESTIONS)
      throw new RangeError(`a quiz has 1 to ${MAX_QUESTIONS} questions, not ${count}`)
    return { questions: chooseItems(questions, random, count).map((question) => shuffleOptions(question, random)), answers: [] }
  },
  toMove: (state) => (findOpen(state) ? [0] : []),
  play(state, _seat, answer) {
    const open = findOpen(state)
    if (!open) return { refused: 'the quiz is over' }
    const letter = answer.toUpperCase()
    const letters = toLetters(open)
    if (!letters.includes(letter))
      return { refused: `${JSON.stringify(answer)} is not an answer: give a letter from A to ${letters.at(-1)}` }
    return { ...state, answers: [...state.answers, letter] }
  },
  outcome: (state) => (findOpen(state) ? undefined : { winners: countPoints(state) === state.questions.length ? [0] : [] }),
  view(state) {
    const open = findOpen(state)
    const last = markLastAnswer(state)
    return {
      count: state.questions.length,
      points: countPoints(state),
      ...(open && { open: { number: state.answers.length + 1, text: open.text, options: open.options } }),
      ...(last && { last }),
    }
  },
  points: (state) => [countPoints(state)],
  // the later questions are secret, and so are the right answers of the open question and of later questions
  withOtherSecrets: (state, _viewer, random) => ({
    ...state,
    questions: state.questions.map((question, at) => {
      if (at < state.answers.length) return question
      const right = random.integer(0, question.options.length - 1)
      return at === state.answers.length ? { ...question, right } : { ...question, text: `${question.text}?`, right }
    }),
  }),
  moves(state) {
    const open = findOpen(state)
    return open ? toLetters(open) : []
  },
  notation: {
    parse: (text) =>
      LETTERS.find((letter) => letter === text.trim().toUpperCase()) ?? { refused: 'type the letter of an answer, such as A' },
    print: (answer) => answer,
    render({ count, points, open, last }) {
      const score = `${points} of ${open ? open.number - 1 : count} right`
      const blocks = [...(last ? [formatVerdict(last)] : []), open ? formatQuestion(open, count, score) : [`The end: ${score}.`]]
      return blocks.map((lines) => `${lines.join('\n')}\n`).join('\n')
    },
  },
}

function findOpen({ questions, answers }: Quiz): Question | undefined {
  return questions[answers.length]
}

function toLetters({ options }: Question): readonly OptionLetter[] {
  return LETTERS.slice(0, options.length)
}

function isRight({ right }: Question, answer: OptionLetter | undefined): boolean {
  return answer === LETTERS[right]
}

function countPoints({ questions, answers }: Quiz): number {
  return questions.filter((question, at) => isRight(question, answers[at])).length
}

function markLastAnswer({ questions, answers }: Quiz): MarkedAnswer | undefined {
  const question = questions[answers.length - 1]
  const given = answers.at(-1)
  const right = question && LETTERS[question.right]
  if (!right || given === undefined) return undefined
  const { explanation } = question
  return { given, right, correct: given === right, ...(explanation !== undefined && { explanation }) }
}

function formatVerdict({ given, right, correct, explanation }: MarkedAnswer): string[] {
  const result = correct ? `${given} is right.` : `${given} is wrong: it is ${right}.`
  return wrap(explanation ? `${result} ${explanation}` : result, COLUMNS)
}

function formatQuestion({ number, text, options }: OpenQuestion, count: number, score: string): string[] {
  const lines = options.flatMap((option, at) => wrap(option, COLUMNS - 3).map((line, row) => `${row ? ' ' : LETTERS[at]}  ${line}`))
  return [`Question ${number} of ${count}${number > 1 ? `, ${score}` : ''}`, '', ...wrap(text, COLUMNS), '', ...lines]
}

/** Chooses `count` items in random order, or all items if there are fewer than `count`. */
function chooseItems<T>(items: readonly T[], random: Random, count: number): T[] {
  const left = [...items]
  const taken: T[] = []
  while (left.length > 0 && taken.length < count) taken.push(...left.splice(random.integer(0, left.length - 1), 1))
  return taken
}

function shuffleOptions(question: Question, random: Random): Question {
  const order = chooseItems([...question.options.keys()], random, question.options.length)
  return { ...question, options: order.map((at) => question.options[at] ?? ''), right: order.indexOf(question.right) }
}

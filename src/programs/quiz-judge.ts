import { formatCount } from '../base/counts.ts'

const LETTERS = 'ABCDEF'

/** QuizJudge follows a quiz from the server's messages, and finds messages that contradict each other. */
export class QuizJudge {
  /**
   * `#number` is the number of the current or last question, from 1. `#count` is the number of all questions, which is unknown before the
   * first question.
   */
  #number = 0
  #count: number | undefined
  #points = 0
  #options = 0
  /** Number of questions in `START`. */
  #wanted: number | undefined
  #answer = ''

  /** Records that this side starts a quiz of `count` questions. */
  start(count: number): void {
    this.#number = 0
    this.#count = undefined
    this.#points = 0
    this.#wanted = count
  }

  /** Records this side's answer to the open question. */
  answer(letter: string): void {
    this.#answer = letter
  }

  /**
   * Checks a message of the server against the quiz so far. Returns the reason why the message is wrong; `undefined` for a message that can
   * be right.
   */
  check(name: string, fields: readonly string[]): string | undefined {
    const [first = 0, second = 0] = fields.map(Number)
    if (name === 'RESUMED') return this.#resume(first, second, Number(fields[2]))
    if (name === 'QUESTION') return this.#ask(first, second)
    if (name === 'option') return this.#option(fields[0] ?? '')
    if (name === 'ask')
      return this.#options >= 2 ? undefined : `a question has 2 to ${LETTERS.length} options, and there are ${this.#options}`
    if (name === 'RIGHT') return this.#judge(first, this.#points + 1)
    if (name === 'WRONG') return this.#wrong(fields[0] ?? '', second)
    if (name === 'TOTAL') return this.#total(first, second)
    return name === 'RANK' && !(first >= 1 && first <= second) ? `a rank is from 1 to ${second}` : undefined
  }

  #resume(number: number, count: number, points: number): string | undefined {
    if (number < 1 || number > count) return `there ${count === 1 ? 'is' : 'are'} ${formatCount(count, 'question')}`
    if (points >= number) return `only ${formatCount(number - 1, 'question')} can have been answered right`
    this.#number = number - 1
    this.#count = count
    this.#points = points
    return undefined
  }

  #ask(number: number, count: number): string | undefined {
    if (number !== this.#number + 1) return `expected question ${this.#number + 1}`
    if (this.#count !== undefined && count !== this.#count)
      return `there ${this.#count === 1 ? 'was' : 'were'} ${formatCount(this.#count, 'question')}`
    if (this.#wanted !== undefined && this.#number === 0 && count > this.#wanted)
      return `${formatCount(this.#wanted, 'question')} ${this.#wanted === 1 ? 'was' : 'were'} asked for`
    if (number > count)
      return `${count === 1 ? 'the only question was' : `all ${count} questions were`} asked; expected "TOTAL ${this.#points} ${count}"`
    this.#number = number
    this.#count = count
    this.#options = 0
    return undefined
  }

  #option(letter: string): string | undefined {
    const expected = LETTERS[this.#options]
    this.#options++
    return letter === expected ? undefined : `expected option ${expected ?? 'none: six are the most'}`
  }

  #wrong(right: string, points: number): string | undefined {
    if (right === this.#answer) return `the answer was ${this.#answer}; expected "RIGHT ${this.#points + 1}"`
    if (LETTERS.indexOf(right) >= this.#options) return `the question has no option ${right}`
    return this.#judge(points, this.#points)
  }

  #judge(points: number, expected: number): string | undefined {
    this.#points = expected
    return points === expected ? undefined : `the points are ${expected} now`
  }

  #total(points: number, count: number): string | undefined {
    if (this.#number !== this.#count) return `question ${this.#number} was the last, of ${this.#count}`
    return points === this.#points && count === this.#count ? undefined : `expected "TOTAL ${this.#points} ${this.#count}"`
  }
}

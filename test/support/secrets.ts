import type { Random } from '../../src/games/game.ts'
import type { Guessing } from '../../src/games/guessing.ts'
import type { Hangman } from '../../src/games/hangman.ts'
import { type AnyGame, games } from '../../src/games/index.ts'
import type { Question } from '../../src/games/questions/question.ts'
import type { Quiz } from '../../src/games/quiz.ts'
import { HANDS, type Hand, type Hands } from '../../src/games/scissors.ts'
import type { Seed, TableEvent } from '../../src/hall/ports.ts'
import { newSeed } from '../../src/hall/seeds.ts'
import { evolve, type TableState, toOpenedTable } from '../../src/hall/table.ts'
import type { Act, Deal, Knowledge, Plot, Recording, Turn } from './secrecy.ts'

/** A game, and its players beside the house. */
interface Played {
  readonly game: string
  readonly seats: readonly unknown[]
}

/** The number of acts in one plot. */
const TURNS = 24
/** The number of the act from which on a game may be given up. */
const LATE = 18
/** The number of questions in a bank, and the letters that can answer them. */
const BANK = 6
const LETTERS = [...'abcdefghijklmnop']
/** The texts that choose a hand in each protocol. */
const CHOICES = ['1', '2', '3']

/** The facts of each game that may be known; if a game is missing, everything may be known. */
export const KNOWLEDGE: Readonly<Record<string, Knowledge>> = {
  hangman(position, _who, isOver) {
    const { word, characters, tried, misses, left } = position as Hangman
    const answers = tried.map((letter) => characters.map((character) => character === letter))
    return { length: characters.length, misses, left, answers, ...(isOver ? { word } : {}) }
  },
  guessing(position, _who, isOver) {
    const { left, last, secret } = position as Guessing
    return { left, last, ...(isOver ? { secret } : {}) }
  },
  quiz(position) {
    const { questions, answers } = position as Quiz
    const { text, options } = questions[answers.length] ?? {}
    return { count: questions.length, answers, marked: questions.slice(0, answers.length), text, options }
  },
  hands(position, who) {
    const { rounds, chosen } = position as Hands
    return { rounds, chosen: Object.keys(chosen), ...(who === 'watcher' ? {} : { own: chosen[who] }) }
  },
}

/** The moves that are tried in each game, legal or not. */
const MOVES: Readonly<Record<string, (random: Random) => string>> = {
  tictactoe: (random) => String(random.integer(1, 9)),
  hands: (random) => random.choice(CHOICES),
  hangman: (random) => random.choice([...LETTERS, '-']),
  quiz: (random) => random.choice([...'ABCD']),
  guessing: (random) => String(random.integer(-1, 102)),
  coin: (random) => random.choice(['H', 'T']),
  robot: (random) => random.choice(['FORWARD', 'LEFT', 'RIGHT']),
  talk: (random) => random.choice(['hello', 'how are you?', 'I like networks', 'what is a port?']),
}

/** Generates a game of any kind, and the acts of its players and its two watchers. */
export function anyPlot({ game, seats }: Played, random: Random): Plot {
  const move = MOVES[game]
  if (!move) throw new Error(`there is no move for ${game}`)
  const act = (sits: boolean, late: boolean): Act => {
    if (sits && random.integer(1, 10) <= 7) return { move: move(random) }
    if (sits && late && random.integer(1, 2) === 1) return 'resign'
    return random.choice<Act>(['look', 'look', 'drop', 'return', 'return', { say: 'well' }, sits ? 'offer' : 'look'])
  }
  const turns = Array.from({ length: TURNS }, (_, at): Turn => {
    const holder = random.integer(0, seats.length + 1)
    return { holder, act: act(holder < seats.length, at >= LATE) }
  })
  return { deal: anyDeal(random), turns: [{ holder: seats.length, act: 'look' }, { holder: seats.length + 1, act: 'look' }, ...turns] }
}

function anyDeal(random: Random): Deal {
  return {
    seed: random.integer(1e9, 2e9),
    number: random.integer(1, 100),
    word: Array.from({ length: random.integer(5, 8) }, () => random.choice(LETTERS)).join(''),
    questions: Array.from({ length: BANK }, () => anyQuestion(random)),
    hands: Array.from({ length: 4 }, () => random.choice(HANDS)),
  }
}

function anyQuestion(random: Random): Question {
  const options = ['one', 'two', 'three'].map((name) => `${name} ${random.integer(1e6, 1e7)}`)
  return { text: `Which ${random.integer(1e6, 1e7)}?`, options, right: random.integer(0, 2), explanation: `${random.integer(1e6, 1e7)}!` }
}

/**
 * Returns the same acts with other secrets: everything differs that was not public after an event of the game, which is chosen
 * at random.
 */
export function anotherPlot({ game, seats }: Played, plot: Plot, recording: Recording, random: Random): Plot {
  const log = recording.logs.find(([first]) => first?.type === 'opened' && first.game === game)
  if (!log) throw new Error(`there is no log of ${game}`)
  const known = log.slice(0, random.integer(1, log.length))
  const other = anyDeal(random)
  switch (game) {
    case 'hangman':
      return { ...plot, deal: { ...other, word: isOver(known) ? plot.deal.word : anotherWord(positionAfter(known) as Hangman, random) } }
    case 'guessing':
      return { ...plot, deal: { ...other, number: isOver(known) ? plot.deal.number : anotherNumber(known, plot.deal.number, random) } }
    case 'quiz':
      return { ...plot, deal: { ...other, questions: otherQuestions(positionAfter(known) as Quiz, plot.deal, random) } }
    case 'coin':
      return { ...plot, deal: { ...other, seed: anotherSeed(known, random) } }
    case 'hands':
      return seats.length === 1
        ? { ...plot, deal: { ...other, hands: otherHands(plot.deal.hands, random) } }
        : { deal: other, turns: otherTurns(plot.turns, recording, random) }
    default:
      // the house shows all its moves
      return { ...plot, deal: other }
  }
}

/** Returns a word that gives the same answers to the tried letters. */
function anotherWord({ characters, tried }: Hangman, random: Random): string {
  const untried = [...'abcdefghijklmnopqrstuvwxyz'].filter((letter) => !tried.includes(letter))
  return characters.map((character) => (tried.includes(character) ? character : random.choice(untried))).join('')
}

/** Returns a number that gives the same answers to all guesses. */
function anotherNumber(log: readonly TableEvent[], number: number, random: Random): number {
  const guesses = log.flatMap((event) => (event.type === 'moved' && typeof event.move === 'number' ? [event.move] : []))
  const all = Array.from({ length: 100 }, (_, at) => at + 1)
  return random.choice(all.filter((one) => guesses.every((guess) => Math.sign(guess - one) === Math.sign(guess - number))))
}

/** Returns other questions: past answers stay; the open question has another right answer; later questions differ. */
function otherQuestions({ questions, answers }: Quiz, { questions: bank }: Deal, random: Random): Question[] {
  return bank.map((question) => {
    const at = questions.findIndex(({ text }) => text === question.text)
    if (at >= 0 && at < answers.length) return question
    const other = anyQuestion(random)
    return at === answers.length ? { ...other, text: question.text, options: question.options, right: (question.right + 1) % 3 } : other
  })
}

/** Returns the seed of a table in which each word is the dealt word. */
export function seedOf(word: number): Seed {
  return newSeed({ integer: () => word, choice: ([first]) => first as never })
}

/** Returns a seed with the same random numbers so far. */
function anotherSeed([first, ...others]: readonly TableEvent[], random: Random): number {
  if (first?.type !== 'opened') throw new Error('a log begins with an opening')
  const before = JSON.stringify(positionAfter([first, ...others]))
  for (;;) {
    const seed = random.integer(1e9, 2e9)
    if (JSON.stringify(positionAfter([{ ...first, seed: seedOf(seed) }, ...others])) === before) return seed
  }
}

/** Returns other hands of the house from one round on. */
function otherHands(hands: readonly Hand[], random: Random): Hand[] {
  const from = random.integer(0, 2)
  return hands.map((hand, round) => (round < from ? hand : after(hand)))
}

/** Replaces one hand that a player has chosen. */
function otherTurns(turns: readonly Turn[], { holders }: Recording, random: Random): Turn[] {
  const [first] = holders
  const chosen = [...turns.keys()].filter((at) => isMove(turns[at]) && first?.chapters[at]?.n !== first?.chapters[at + 1]?.n)
  const changed = chosen.length > 0 ? random.choice(chosen) : -1
  return turns.map((turn, at) => (at === changed && isMove(turn) ? { ...turn, act: { move: after(turn.act.move) } } : turn))
}

/** Returns the hand after one, and the first after the last. */
function after<One extends string>(hand: One): One {
  const all: readonly string[] = hand.length === 1 ? CHOICES : HANDS
  return all[(all.indexOf(hand) + 1) % all.length] as One
}

function isMove(turn: Turn | undefined): turn is Turn & { act: { move: string } } {
  return typeof turn?.act === 'object' && 'move' in turn.act
}

function positionAfter(log: readonly TableEvent[]): unknown {
  return stateAfter(log).position
}

function stateAfter([first, ...others]: readonly TableEvent[]): TableState {
  if (first?.type !== 'opened') throw new Error('a log begins with an opening')
  return others.reduce(evolve, toOpenedTable(first, rulesOf(first.game)))
}

/** Returns whether a table's game is over after these events, by its rules or otherwise. */
function isOver(log: readonly TableEvent[]): boolean {
  return stateAfter(log).outcome !== undefined
}

function rulesOf(game: string): AnyGame {
  const rules = games.get(game)
  if (!rules) throw new Error(`no game ${game}`)
  return rules
}

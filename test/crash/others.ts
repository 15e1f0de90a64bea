import type { Random } from '../../src/games/game.ts'
import { ConnectionClosed, LineSocket } from '../support/line-socket.ts'
import { NativeLink } from '../support/native-link.ts'
import type { World } from './world.ts'

/** Runs a task through one connection after the other, as long as it returns that there is more to do. */
async function againAndAgain(stay: () => Promise<boolean>): Promise<void> {
  for (let going = true; going; ) {
    try {
      going = await stay()
    } catch (reason) {
      if (!(reason instanceof ConnectionClosed)) throw reason
    }
  }
}

/** A watcher watches tables in the native protocol, some at a time, and records the events. */
export function watcher(name: string, world: World): Promise<void> {
  const watched = new Set<number>()
  let ended = () => {}
  return againAndAgain(async () => {
    watched.clear()
    const link = await NativeLink.open(await world.port('parlor/door'), (message) => {
      if (message.type !== 'event') return
      world.ledger.received(message, 'watcher')
      if (message.what.type === 'ended' && watched.delete(message.table)) ended()
    })
    try {
      await link.ask({ type: 'enter', name })
      while (!world.stopping && !link.over) {
        const over = new Promise<void>((resolve) => {
          ended = resolve
        })
        const lobby = await link.ask({ type: 'lobby' })
        const tables = lobby.type === 'lobby' ? lobby.tables.filter(({ table }) => !watched.has(table)) : []
        for (const { table } of tables.slice(0, 3 - watched.size)) {
          if ((await link.ask({ type: 'watch', table })).type === 'watching') watched.add(table)
        }
        await Promise.race([watched.size > 0 ? over : world.ledger.more(), link.gone, world.stopped])
      }
      return !world.stopping
    } finally {
      link.close()
    }
  })
}

/** A student answers the questions of `fh/quiz` under a name, and resumes after every kill. */
export function student(name: string, world: World): Promise<void> {
  const quizzes = new Quizzes(name, world)
  return againAndAgain(async () => {
    const line = new LineSocket(await world.port('fh/quiz'))
    try {
      quizzes.begin()
      line.say(`NAME ${name}`)
      for (let going = true; going; ) going = quizzes.take(await line.hear(), (text) => line.say(text))
      return false
    } finally {
      line.close()
    }
  })
}

/** The number of questions of each quiz. */
const COUNT = 4

/** Quizzes is a student's record of them, over all connections. */
class Quizzes {
  readonly #name: string
  readonly #world: World
  /** The judged answers of the open quiz, and the points for them. */
  #judged = 0
  #points = 0
  /** The number of the last question in this quiz, and of the last answered question. */
  #asked = 0
  #answered = 0
  #resumed = false
  #note: ((outcome: 'kept') => void) | undefined

  constructor(name: string, world: World) {
    this.#name = name
    this.#world = world
  }

  /** Starts a connection. */
  begin(): void {
    this.#resumed = false
    this.#asked = 0
  }

  /** Handles a line of the server, and answers it; returns false after the end of the run and of the quiz. */
  take(line: string, say: (text: string) => void): boolean {
    const [word = '', first = '', second = '', third = ''] = line.split(' ')
    switch (word) {
      case 'Welcome':
        say(`START ${COUNT}`)
        return true
      case 'RESUMED':
        this.#goOn(Number(first), Number(third))
        return true
      case 'QUESTION':
        if (first === '1' && !this.#resumed) this.#start()
        this.#asked = Number(first)
        return true
      case 'ANSWER?':
        if (this.#asked > this.#answered) this.#answer(say)
        return true
      case 'RIGHT':
        this.#judge(1, Number(first))
        return true
      case 'WRONG':
        this.#judge(0, Number(second))
        return true
      case 'ERROR':
        // START has crossed the message that there is a quiz already
        if (!this.#resumed) this.#wrong(`was told ${line}`)
        return true
      case 'RANK':
        this.#judged = COUNT
        this.#resumed = false
        if (!this.#world.stopping) say(`START ${COUNT}`)
        return !this.#world.stopping
      default:
        return true
    }
  }

  /** Handles a new quiz: the previous one was answered to its end, or one answer is missing, whose judgment did not arrive. */
  #start(): void {
    if (this.#answered > 0 && this.#answered < COUNT) this.#wrong(`has lost a quiz with ${this.#judged} answers`)
    this.#judged = 0
    this.#points = 0
    this.#answered = 0
  }

  /** Handles a resumed quiz: it has the judged answers, and perhaps the one answer whose judgment did not arrive. */
  #goOn(next: number, points: number): void {
    this.#resumed = true
    this.#world.ledger.resumed++
    // the previous quiz ended, and this one began, without a message to the student
    if (next === 1 && this.#answered === COUNT) this.#start()
    const more = next - 1 - this.#judged
    if (more < 0 || next - 1 > this.#answered || points < this.#points || points > this.#points + more) {
      this.#wrong(`had ${this.#judged} judged answers and ${this.#points} points, and continues at ${next} with ${points} points`)
    }
    this.#judged = next - 1
    this.#points = points
    this.#answered = next - 1
  }

  #answer(say: (text: string) => void): void {
    const letter = this.#world.random.choice(['A', 'B'])
    this.#answered = this.#asked
    this.#note = this.#world.ledger.wish('answers', this.#name, letter)
    say(letter)
  }

  #judge(point: number, points: number): void {
    this.#note?.('kept')
    this.#judged++
    this.#points += point
    if (points !== this.#points) this.#wrong(`has ${this.#points} points, and was told ${points}`)
  }

  #wrong(sentence: string): void {
    this.#world.ledger.contradict(`${this.#name} ${sentence}`)
  }
}

/** A classroom client of `tjc/tictactoe` plays one game after the other, and loses those during which the server is killed. */
export function classmate(world: World): Promise<void> {
  return againAndAgain(async () => {
    const line = new LineSocket(await world.port('tjc/tictactoe'))
    try {
      const free = new Set(['1', '2', '3', '4', '5', '6', '7', '8', '9'])
      for (;;) {
        const said = await Promise.race([line.hear(), world.stopped])
        const [, cell] = /^MOVE(\d)$/.exec(said ?? '') ?? []
        if (cell === undefined || !free.delete(cell) || free.size === 0) return !world.stopping
        const own = choose(world.random, free)
        free.delete(own)
        line.say(`MOVE${own}`)
      }
    } finally {
      line.close()
    }
  })
}

function choose(random: Random, cells: ReadonlySet<string>): string {
  return random.choice([...cells])
}

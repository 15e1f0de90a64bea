import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Random } from '../../src/games/game.ts'
import type { Question } from '../../src/games/questions/question.ts'
import { type Quiz, type QuizView, quiz } from '../../src/games/quiz.ts'
import { seededRandom } from '../../src/games/random.ts'
import type { Store } from '../../src/hall/ports.ts'
import { evolve, toOpenedTable } from '../../src/hall/table.ts'
import type { Conversation } from '../../src/protocol/conversation.ts'
import type { Console } from '../../src/protocol/definition.ts'
import { memoryStore } from '../../src/storage/memory/index.ts'
import { openStore } from '../../src/storage/sqlite/index.ts'
import { Disconnected } from '../../src/wire/disconnect.ts'
import { Changes } from '../support/changes.ts'
import type { FakePeer } from '../support/fake-peer.ts'
import { InteractiveUser } from '../support/interactive-user.ts'
import { startServer } from '../support/start-server.ts'
import { settled, turn } from '../support/test-clock.ts'
import { TestLobby } from '../support/test-lobby.ts'

/** Sums, whose right answers a student can compute from the text. */
const QUESTIONS: readonly Question[] = Array.from({ length: 60 }, (_, at) => ({
  text: `What is ${at} + ${at}?`,
  options: [String(2 * at), String(2 * at + 1), String(2 * at + 2)],
  right: 0,
}))
const STUDENTS = 30
const PASSWORD = 'engine-1843'

/** A store that can be closed and opened again, as a restart of the server does. */
interface Shelf {
  store: Store
  again(): Promise<void>
  /** The path of its files; missing for a store in memory. */
  readonly folder?: string
}

const shelves: readonly [string, () => Promise<Shelf>][] = [
  ['in memory', async () => ({ store: memoryStore(), again: async () => {} })],
  [
    'on disk',
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'parlor-quiz-'))
      const storage: Shelf = {
        folder,
        store: await openStore({ folder }),
        async again() {
          await storage.store.close()
          storage.store = await openStore({ folder })
        },
      }
      onTestFinished(async () => {
        await storage.store.close()
        await rm(folder, { recursive: true })
      })
      return storage
    },
  ],
]

/** Returns the lines that a client has received. */
function linesOf({ received }: FakePeer): string[] {
  return received.split('\n').slice(0, -1)
}

/** Returns the last received line that is not an option. */
function lastOf(peer: FakePeer): string {
  return linesOf(peer).findLast((line) => !/^[A-F] /.test(line)) ?? ''
}

/** Returns the letter of a right or wrong answer to the open question. */
function letterOf(peer: FakePeer, right: boolean): string {
  const lines = linesOf(peer)
  const asked = lines.findLastIndex((line) => line.startsWith('QUESTION '))
  const sum = 2 * Number(/What is (\d+)/.exec(lines[asked] ?? '')?.[1])
  const options = lines.slice(asked + 1).filter((line) => /^[A-F] /.test(line))
  const found = options.find((line) => (Number(line.slice(2)) === sum) === right)
  if (!found) throw new Error(`no answer to ${lines[asked]} among ${options}`)
  return found.slice(0, 1)
}

/** Connects and sends some lines, each after the answer to the previous line. */
async function enter(lobby: TestLobby, ...lines: readonly string[]): Promise<FakePeer> {
  const peer = await lobby.client('fh/quiz', { questions: QUESTIONS })
  for (const line of lines) await received(peer, `${line}\n`)
  return peer
}

/** Sends a line and waits for the answer; a password needs time. */
async function received(peer: FakePeer, text: string): Promise<void> {
  const before = peer.received.length
  await peer.say(text)
  await peer.until(() => peer.received.length > before)
  await settled()
}

/** A student's state: the progress of the quiz, and the right answers so far. */
interface Notes {
  answered: number
  points: number
}

/** Student answers at random, disconnects at random, and resumes under the same name. */
class Student {
  readonly name: string
  readonly notes: Notes = { answered: 0, points: 0 }
  /** The results at the end of each quiz. */
  readonly totals: number[] = []
  drops = 0
  peer: FakePeer | undefined
  /** An answer that was under way when the connection closed, and whether it was right. */
  #crossing: boolean | undefined
  readonly #random: Random
  readonly #count: number
  readonly #quizzes: number

  constructor(name: string, random: Random, { count, quizzes }: { count: number; quizzes: number }) {
    this.name = name
    this.#random = random
    this.#count = count
    this.#quizzes = quizzes
  }

  get done(): boolean {
    return this.totals.length === this.#quizzes
  }

  /** Makes one step; returns the reported rank when a quiz has ended. */
  async step(lobby: TestLobby): Promise<string | undefined> {
    if (!this.peer) return this.#come(lobby)
    const { peer } = this
    if (lastOf(peer) !== 'ANSWER?') {
      await peer.say(`START ${this.#count}\n`)
      return undefined
    }
    const right = this.#random.integer(1, 3) > 1
    const answer = letterOf(peer, right)
    const chance = this.#random.integer(1, 10)
    if (chance <= 3) {
      // with the answer under way, or without
      if (chance === 1) void peer.say(`${this.#random.choice([answer, answer.toLowerCase()])}\n`)
      this.#crossing = chance === 1 ? right : undefined
      await this.drop()
      return undefined
    }
    await peer.say(`${answer}\n`)
    return this.#marked(right)
  }

  async drop(): Promise<void> {
    this.drops++
    const { peer } = this
    this.peer = undefined
    if (this.#random.integer(0, 1) === 0) await peer?.reset()
    else await peer?.close()
  }

  async #come(lobby: TestLobby): Promise<string | undefined> {
    const peer = await enter(lobby, `NAME ${this.name}`)
    this.peer = peer
    const [welcome, resumed] = linesOf(peer)
    expect(welcome).toBe(`Welcome ${this.name}`)
    const crossing = this.#crossing
    this.#crossing = undefined
    if (resumed === undefined) {
      // if the last answer of a quiz was under way, there is nothing left to resume
      if (crossing === undefined) expect(this.notes).toEqual({ answered: 0, points: 0 })
      else this.#finish(this.notes.points + Number(crossing))
      return undefined
    }
    const taken = crossing !== undefined && resumed.startsWith(`RESUMED ${this.notes.answered + 2} `)
    if (taken) this.#note(crossing)
    expect(resumed).toBe(`RESUMED ${this.notes.answered + 1} ${this.#count} ${this.notes.points}`)
    return undefined
  }

  #note(right: boolean): void {
    this.notes.answered++
    this.notes.points += Number(right)
  }

  #marked(right: boolean): string | undefined {
    this.#note(right)
    const { answered, points } = this.notes
    const lines = this.peer ? linesOf(this.peer) : []
    const mark = lines.findLastIndex((line) => /^(RIGHT|WRONG) /.test(line))
    expect(lines[mark]).toMatch(right ? new RegExp(`^RIGHT ${points}$`) : new RegExp(`^WRONG [A-C] ${points}$`))
    if (answered < this.#count) return undefined
    expect(lines[mark + 1]).toBe(`TOTAL ${points} ${this.#count}`)
    this.#finish(points)
    return lines[mark + 2]
  }

  #finish(points: number): void {
    this.totals.push(points)
    this.notes.answered = 0
    this.notes.points = 0
  }
}

/** Returns the finished quizzes of the journal, with their owners and points. */
async function journal({ tables }: Store): Promise<{ name: string; points: number }[]> {
  const ended = await tables.ended()
  const logs = await Promise.all(ended.map((id) => tables.read(id, 0)))
  return logs.map(([first, ...others]) => {
    if (first?.type !== 'opened') throw new TypeError('a log begins with its opening')
    const state = others.reduce(evolve, toOpenedTable(first, quiz as never))
    const { questions, answers } = state.position as Quiz
    const points = questions.filter(({ right }, at) => 'ABCDEF'[right] === answers[at]).length
    expect((quiz.view(state.position as Quiz, 0) satisfies QuizView).points).toBe(points)
    return { name: first.seats[0]?.name ?? '', points }
  })
}

/** Returns the total points of each student, by name. */
function sumsOf(quizzes: readonly { name: string; points: number }[]): Map<string, number> {
  const sums = new Map<string, number>()
  for (const { name, points } of quizzes) sums.set(name, (sums.get(name) ?? 0) + points)
  return sums
}

describe.each(shelves)('%s', (_, open) => {
  test.each([1, 2, 3])(
    `${STUDENTS} students at the same time, dropped at random: all resume, and points and ranks are right (seed %i)`,
    async (seed) => {
      const storage = await open()
      const random = seededRandom(seed)
      let lobby = new TestLobby({ store: storage.store, random })
      const students = Array.from(
        { length: STUDENTS },
        (_, at) => new Student(`student ${at}`, seededRandom(seed * 100 + at), { count: 4, quizzes: 2 }),
      )
      let restarts = 0
      for (let steps = 0; students.some(({ done }) => !done); steps++) {
        const student = random.choice(students.filter(({ done }) => !done))
        const rank = await student.step(lobby)
        if (rank !== undefined) {
          const sums = sumsOf(await journal(storage.store))
          const better = [...sums.values()].filter((points) => points > (sums.get(student.name) ?? 0)).length
          expect(rank).toBe(`RANK ${better + 1} ${sums.size}`)
        }
        if (steps % 150 !== 149) continue
        restarts++
        lobby = await restarted(lobby, storage, students)
      }
      expect([restarts > 0, students.some(({ drops }) => drops > 2)]).toEqual([true, true])
      const stored = await journal(storage.store)
      for (const { name, totals } of students) expect(stored.filter((one) => one.name === name).map(({ points }) => points)).toEqual(totals)
      const ladder = await lobby.service.hall.ladder('quiz', 100)
      expect(new Map(ladder.map(({ name, score }) => [name, score]))).toEqual(sumsOf(stored))
      expect(lobby.troubles).toEqual([])
    },
  )

  test('answers survive a restart of the server, for guests by name and for accounts', async () => {
    const storage = await open()
    const lobby = new TestLobby({ store: storage.store })
    const ada = await enter(lobby, `REGISTER ada ${PASSWORD}`, 'START 3')
    const grace = await enter(lobby, 'NAME grace', 'START 3')
    for (const peer of [ada, grace]) await peer.say(`${letterOf(peer, true)}\n`)
    const next = await restarted(lobby, storage)
    const back = await enter(next, `LOGIN ada ${PASSWORD}`, 'START 3', 'RESUME')
    const guest = await enter(next, 'NAME grace')
    expect(linesOf(back).slice(0, 3)).toEqual(['Welcome ada', 'ERROR you have a quiz that is not finished: RESUME it', 'RESUMED 2 3 1'])
    expect(linesOf(guest).slice(0, 2)).toEqual(['Welcome grace', 'RESUMED 2 3 1'])
    for (const peer of [back, guest]) {
      expect(lastOf(peer)).toBe('ANSWER?')
      await peer.say(`${letterOf(peer, true)}\n`)
      await peer.say(`${letterOf(peer, false)}\n`)
      expect(linesOf(peer).slice(-2)).toEqual(['TOTAL 2 3', expect.stringMatching(/^RANK 1 [12]$/)])
    }
    expect(next.troubles).toEqual([])
  })

  test('a password is stored only as its hash', async () => {
    const storage = await open()
    const lobby = new TestLobby({ store: storage.store })
    const ada = await enter(lobby, `REGISTER ada ${PASSWORD}`)
    // out of place, and mistyped
    await ada.say(`LOGIN ada ${PASSWORD}\n`, `REGISTER ada ${PASSWORD}\n`, `START ${PASSWORD}\n`, 'START 1\n', `${PASSWORD}\n`)
    const trouble = await ada.reset()
    const wrong = await enter(lobby, 'LOGIN ada not-this-one', `LOGIN ada ${PASSWORD}`, 'RESUME')
    await wrong.say(`${letterOf(wrong, true)}\n`)
    const stored = JSON.stringify([await lobby.store.tables.read(1, 0), await lobby.store.accounts.named('ada')])
    expect(stored).toContain('$argon2id$')
    await restarted(lobby, storage)
    const files = storage.folder === undefined ? [] : await readdir(storage.folder)
    const bytes = await Promise.all(files.map((file) => readFile(join(storage.folder ?? '', file), 'latin1')))
    expect(bytes.join('').length > 0).toBe(storage.folder !== undefined)
    for (const text of [stored, ...bytes, ...lobby.troubles, String(trouble)]) expect(text).not.toMatch(/engine-1843|not-this-one/)
  })
})

/** Restarts the server; connected clients are disconnected. */
async function restarted(lobby: TestLobby, storage: Shelf, students: readonly Student[] = []): Promise<TestLobby> {
  const reason = new Disconnected('ours', 'the server was stopped')
  lobby.service.closeHall(reason)
  for (const student of students) {
    student.peer?.conversation.stop(reason)
    if (student.peer) student.drops++
    student.peer = undefined
  }
  await lobby.service.hall.settled()
  expect(lobby.troubles).toEqual([])
  await storage.again()
  const next = new TestLobby({ store: storage.store })
  await next.service.open()
  await settled()
  return next
}

describe('names', () => {
  test('accept a guest and an account, and refuse others', async () => {
    const lobby = new TestLobby()
    const ada = await enter(lobby, 'NAME ada lovelace')
    expect(ada.received).toBe('Welcome ada lovelace\n')
    const grace = await enter(lobby, 'REGISTER grace short', `REGISTER grace ${PASSWORD}`)
    expect(linesOf(grace)).toEqual([expect.stringMatching(/^ERROR a password has at least 8 characters/), 'Welcome grace'])
    const other = await enter(lobby, `REGISTER Grace ${PASSWORD}`, 'NAME grace', 'LOGIN grace wrong-one', `LOGIN GRACE ${PASSWORD}`)
    expect(linesOf(other)).toEqual([
      'ERROR the name Grace is registered already: log in, or take another name',
      'ERROR the name grace is registered: log in with its password, or take another name',
      'ERROR the name or the password is wrong',
      'Welcome grace',
    ])
    expect(lobby.troubles).toEqual([])
  })

  test('are required before a quiz', async () => {
    const lobby = new TestLobby()
    const peer = await enter(lobby, 'START 5', 'RESUME', 'A')
    const lines = linesOf(peer)
    expect(lines).toHaveLength(3)
    for (const line of lines)
      expect(line).toMatch(/^ERROR ".*" does not belong here; expected something like "NAME ada", or "QUIT" to stop/)
  })

  test('of two connections of a guest, the open one has name and quiz; after it has closed, the name resumes the quiz', async () => {
    const lobby = new TestLobby()
    const first = await enter(lobby, 'NAME ada', 'START 3')
    await first.say(`${letterOf(first, true)}\n`)
    const second = await enter(lobby, 'NAME ada')
    expect(linesOf(second)).toEqual(['ERROR ada is taken; try ada2'])
    await first.say(`${letterOf(first, true)}\n`)
    expect(linesOf(first)).toContain('RIGHT 2')
    await first.reset()
    const before = second.writes.length
    await received(second, 'NAME ada\n')
    expect(linesOf(second).slice(1, 3)).toEqual(['Welcome ada', 'RESUMED 3 3 2'])
    // in one write, so that a client has nothing to send in between
    expect(second.writes).toHaveLength(before + 1)
    expect([...lobby.service.people.online].map(({ name }) => name)).toEqual(['ada'])
    expect(lobby.troubles).toEqual([])
  })

  test('a seat of the front door is not taken over by its name, nor an online guest there disconnected', async () => {
    const lobby = new TestLobby()
    const door = await lobby.client('parlor/door', { questions: QUESTIONS })
    await door.say('ada\n', 'play quiz\n')
    const stranger = await enter(lobby, 'NAME ada')
    expect(linesOf(stranger)).toEqual(['ERROR ada is taken; try ada2'])
    await door.reset()
    await received(stranger, 'NAME ada\n')
    expect(linesOf(stranger).slice(1)).toEqual(['Welcome ada'])
    await received(stranger, 'RESUME\n')
    expect(linesOf(stranger).slice(2)).toEqual(['ERROR you have no open quiz: send START'])
  })

  test('of two connections of one account, the connection that resumes continues, and the other is closed', async () => {
    const lobby = new TestLobby()
    const first = await enter(lobby, `REGISTER ada ${PASSWORD}`, 'START 3')
    const second = await enter(lobby, `LOGIN ada ${PASSWORD}`)
    expect(second.received).toBe('Welcome ada\n')
    await first.say(`${letterOf(first, true)}\n`)
    await second.say('RESUME\n')
    expect(linesOf(second)[1]).toBe('RESUMED 2 3 1')
    expect((await first.end())?.message).toBe('you have reconnected through another connection')
    expect(linesOf(first).at(-1)).toBe('ERROR you have reconnected through another connection')
    await second.say(`${letterOf(second, false)}\n`)
    expect(linesOf(second)).toContainEqual(expect.stringMatching(/^WRONG [A-C] 1$/))
    expect(lobby.service.hall.table(1)?.state.clocks.gone).toEqual([undefined])
  })

  test('an answer that was under way when the connection closed counts, and is not requested again', async () => {
    const lobby = new TestLobby()
    const first = await enter(lobby, 'NAME ada', 'START 2')
    const right = letterOf(first, true)
    void first.say(`${right}\n`)
    await first.reset()
    const second = await enter(lobby, 'NAME ada')
    const [, resumed] = linesOf(second)
    expect(resumed).toMatch(/^RESUMED (1 2 0|2 2 1)$/)
    await second.say(`${letterOf(second, true)}\n`)
    const left = resumed === 'RESUMED 2 2 1' ? [] : ['one more']
    for (const _ of left) await second.say(`${letterOf(second, true)}\n`)
    expect(linesOf(second).slice(-2)).toEqual(['TOTAL 2 2', 'RANK 1 1'])
  })
})

describe('the course of a quiz', () => {
  test('START is refused during a quiz, and RESUME without a quiz', async () => {
    const lobby = new TestLobby()
    const peer = await enter(lobby, 'NAME ada', 'RESUME', 'START 1')
    expect(linesOf(peer)[1]).toBe('ERROR you have no open quiz: send START')
    await peer.say('START 1\n')
    expect(linesOf(peer).slice(-2)).toEqual([expect.stringMatching(/^ERROR "START 1" does not belong here; expected a letter/), 'ANSWER?'])
    await peer.say(`${letterOf(peer, true)}\n`, 'RESUME\n', 'START 1\n')
    expect(linesOf(peer)).toContain('TOTAL 1 1')
    expect(linesOf(peer).at(-1)).toBe('ANSWER?')
  })

  test.each(['START 0', 'START 51', 'START', 'START five', 'START 5 5', 'START -1'])('%s is refused', async (line) => {
    const peer = await enter(new TestLobby(), 'NAME ada', line)
    expect(lastOf(peer)).toMatch(/^ERROR /)
  })

  test.each([0, 51, -1])('START %d is answered with the range', async (count) => {
    const peer = await enter(new TestLobby(), 'NAME ada', `START ${count}`, 'START 1')
    expect(linesOf(peer)).toContain(`ERROR a quiz has 1 to 50 questions, not ${count}`)
    expect(linesOf(peer)).toContainEqual(expect.stringMatching(/^QUESTION 1 1 /))
  })

  test('an answer that the question does not have is refused, and requested again', async () => {
    const peer = await enter(new TestLobby(), 'NAME ada', 'START 1', 'D')
    expect(linesOf(peer).slice(-2)).toEqual(['ERROR "D" is not an answer: give a letter from A to C', 'ANSWER?'])
    await peer.say('x\n', 'AB\n', ' a \n')
    expect(linesOf(peer).at(-1)).toMatch(/^RANK /)
  })

  test('a request for more questions than there are starts with all of them', async () => {
    const lobby = new TestLobby()
    const peer = await lobby.client('fh/quiz', { questions: QUESTIONS.slice(0, 2) })
    await peer.say('NAME ada\n', 'START 50\n')
    expect(linesOf(peer)).toContainEqual(expect.stringMatching(/^QUESTION 1 2 /))
  })

  test('right answers are not sent before the question is answered', async () => {
    const lobby = new TestLobby()
    const peer = await enter(lobby, 'NAME ada', 'START 3')
    const { seats, options } = lobby.service.hall.table(1)?.state.opened ?? {}
    expect([seats, options]).toEqual([[{ person: 'guest:ada', name: 'ada' }], undefined])
    expect(peer.received).not.toMatch(/right|RIGHT|WRONG/)
  })

  test('points add up over quizzes; ranks count all points, and equal points share a rank', async () => {
    const lobby = new TestLobby()
    const play = async (name: string, right: readonly boolean[]) => {
      const peer = await enter(lobby, `NAME ${name}`, `START ${right.length}`)
      for (const one of right) await peer.say(`${letterOf(peer, one)}\n`)
      await peer.say('QUIT\n')
      await peer.end()
      return linesOf(peer).at(-1)
    }
    expect(await play('ada', [true, false])).toBe('RANK 1 1')
    expect(await play('grace', [true, true])).toBe('RANK 1 2')
    expect(await play('alan', [false])).toBe('RANK 3 3')
    expect(await play('ada', [true])).toBe('RANK 1 3')
    expect(await play('alan', [true, true, true])).toBe('RANK 1 3')
    expect(lobby.troubles).toEqual([])
  })

  test('an unknown rank is not invented', async () => {
    const store = memoryStore()
    const results = {
      ...store.results,
      standing: async () => undefined,
      last: async () => undefined,
      ladder: async () => [],
      rank: async () => ({ rank: 1, of: 1 }),
      record: () => Promise.reject(new Error('the disk is full')),
    }
    const lobby = new TestLobby({ store: { ...store, results } })
    const peer = await enter(lobby, 'NAME ada', 'START 1')
    await peer.say(`${letterOf(peer, true)}\n`)
    expect(linesOf(peer).slice(-2)).toEqual(['TOTAL 1 1', 'ERROR your points are saved, but your rank is not available now'])
    await peer.say('START 1\n')
    expect(lastOf(peer)).toBe('ANSWER?')
    expect(lobby.troubles).toHaveLength(1)
  })

  test('a table that cannot be persisted ends the conversation with a sentence', async () => {
    const lobby = new TestLobby()
    const peer = await enter(lobby, 'NAME ada', 'START 3')
    const other = await enter(lobby, 'NAME grace', 'START 3')
    lobby.service.hall.table(1)?.close(new Error('table 1 could not be kept'))
    expect((await peer.end())?.message).toBe('table 1 could not be kept')
    await other.say(`${letterOf(other, true)}\n`)
    expect(linesOf(other)).toContain('RIGHT 1')
  })
})

describe('a disconnected client receives the reason, in each state of the protocol', () => {
  const states: readonly (readonly [string, readonly string[]])[] = [
    ['before a name', []],
    ['with a name', ['NAME ada']],
    ['at a question', ['NAME ada', 'START 3']],
    ['after a refused answer', ['NAME ada', 'START 3', 'F']],
    ['after a refused name', ['NAME a@b']],
  ]

  test.each(states)('when the server stops, without a further question: %s', async (_, lines) => {
    const lobby = new TestLobby()
    const peer = await enter(lobby, ...lines)
    const before = peer.received
    const reason = new Disconnected('ours', 'the server was stopped')
    lobby.service.closeHall(reason)
    peer.conversation.stop(reason)
    expect((await peer.end())?.message).toBe('the server was stopped')
    expect([peer.received.slice(before.length), peer.gaveUp]).toEqual(['ERROR the server was stopped\n', 'reset'])
  })

  test('over sockets, before the reset', async () => {
    const door = await startServer('fh/quiz', { options: { questions: QUESTIONS } })
    const [first, other, second] = [door.reader(), door.reader(), door.reader()]
    await first.type('NAME ada', /^Welcome ada$/)
    await first.type('START 3', /^ANSWER\?$/)
    await other.type('NAME grace', /^Welcome grace$/)
    await second.type('NAME ada', /^ERROR ada is taken; try ada2$/)
    // the server closes when it has received the end of the first quiz
    await expect(first.type('QUIT', /^never$/)).rejects.toThrow()
    expect(await second.type('NAME ada', /^ANSWER\?$/)).toContain('RESUMED 1 3 0')
    const stopped = door.server.stop()
    for (const one of [other, second]) expect(await one.rest()).toEqual(['ERROR the server was stopped'])
    await stopped
  })

  test('except if it disconnects itself', async () => {
    const peer = await enter(new TestLobby(), 'NAME ada')
    await peer.say('QUIT\n')
    expect([await peer.end(), peer.received]).toEqual([undefined, 'Welcome ada\n'])
  })
})

describe('a conversation that ends while its peer logs in', () => {
  /** A store that finds accounts at the command of the test. */
  function slow(): { store: Store; find(): void } {
    const store = memoryStore()
    const { promise, resolve } = Promise.withResolvers<void>()
    const named = store.accounts.named.bind(store.accounts)
    store.accounts.named = (key) => promise.then(() => named(key))
    return { store, find: resolve }
  }

  test('leaves no user online, and resumes no seat', async () => {
    const before = memoryStore()
    const previous = new TestLobby({ store: before })
    const first = await enter(previous, 'NAME ada', 'START 2')
    await first.reset()
    previous.service.closeHall(new Error('the process ends'))
    await previous.service.hall.settled()
    const { store, find } = slow()
    const lobby = new TestLobby({ store: { ...before, accounts: store.accounts } })
    await lobby.service.open()
    const peer = await lobby.client('fh/quiz', { questions: QUESTIONS })
    await peer.say('NAME ada\n')
    peer.conversation.stop(new Disconnected('ours', 'the server was stopped'))
    find()
    await settled()
    expect([...lobby.service.people.online]).toEqual([])
    expect(lobby.service.hall.table(1)?.observers).toEqual([])
    expect((await before.tables.read(1, 0)).map(({ type }) => type)).not.toContain('back')
    expect(lobby.troubles).toEqual([])
  })
})

describe('Parlor’s client', () => {
  test('plays, and continues after a reconnection', async () => {
    const lobby = new TestLobby()
    const first = new InteractiveUser()
    const begun = await lobby.guest('fh/quiz', first, { questions: QUESTIONS })
    await first.type('ada', '')
    await first.type('2')
    await first.type('A')
    begun.wire.reset()
    await lobby.clock.pass(60_000)
    const again = new InteractiveUser()
    const { client } = await lobby.guest('fh/quiz', again, { questions: QUESTIONS })
    await again.type('ada', '')
    expect(again.screen).toMatch(/You continue with question 2 of 2\. Points so far: [01]\./)
    await again.type('B')
    expect(again.screen).toMatch(/The end: [0-2] of 2 right\.\nYour rank, by all your points: 1 of 1\.\n/)
    await again.type('QUIT')
    await lobby.clock.pass(60_000)
    expect(await client.closed).toBeUndefined()
  })

  test('sends no message that crosses one of the server', async () => {
    const lobby = new TestLobby()
    const waiting = await enter(lobby, 'NAME ada', 'START 2')
    await waiting.reset()
    const said: string[] = []
    const changes = new Changes()
    let client: Conversation | undefined
    // a user who has typed a line before a message arrives cannot cancel it
    const hasty: Console = {
      say(text = '') {
        said.push(text)
        changes.note()
      },
      async ask(prompt) {
        // after the quiz, the user types nothing more
        if (said.some((line) => line.includes('The end'))) return new Promise<never>(() => {})
        if (prompt.includes('How many')) while (client?.state === 'ready') await turn()
        return prompt.includes('name') ? 'ada' : prompt.includes('password') ? '' : prompt.includes('How many') ? '5' : 'A'
      },
    }
    ;({ client } = await lobby.guest('fh/quiz', hasty, { questions: QUESTIONS }))
    await changes.until(() => said.some((line) => line.includes('The end')))
    expect(said.join('\n')).toMatch(/^Welcome ada\nYou continue with question 1 of 2.*The end: \d of 2 right/s)
    client.stop(new Disconnected('ours', 'the test is over'))
  })

  test('detects immediately that the server has disconnected, also in the middle of an answer', async () => {
    const lobby = new TestLobby()
    const person = new InteractiveUser()
    const { client, server } = await lobby.guest('fh/quiz', person, { questions: QUESTIONS })
    await person.type('ada', '', '2')
    expect(person.asked).toBe(true)
    server.stop(new Disconnected('ours', 'the server was stopped'))
    await lobby.clock.pass(60_000)
    expect(person.asked).toBe(false)
    expect(person.screen).toContain('the server was stopped\n')
    expect((await client.closed)?.name).toBe('Disconnected')
  })
})

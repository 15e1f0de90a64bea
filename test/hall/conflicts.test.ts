import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { type AnyGame, games } from '../../src/games/index.ts'
import { seededRandom } from '../../src/games/random.ts'
import { Hall } from '../../src/hall/hall.ts'
import type { SeekRequest } from '../../src/hall/local-seek.ts'
import type { TableCommand } from '../../src/hall/table.ts'
import type { TableActor } from '../../src/hall/table-actor.ts'
import { memoryStore } from '../../src/storage/memory/index.ts'
import { SharedTables } from '../support/shared-tables.ts'
import { settled, TestClock, turn } from '../support/test-clock.ts'

/** Two halls with a table: ada has seat 0 at the first hall, grace has seat 1 at the other hall. */
async function open(turns: () => number = () => 1, terms: Partial<SeekRequest> = {}) {
  const troubles: string[] = []
  const all = new SharedTables(turns)
  const store = memoryStore()
  const time = new TestClock(1000)
  const seats: TableActor[] = []
  const halls = ['ada', 'grace'].map((name) => {
    const onError = (sentence: string, reason: unknown) => troubles.push(`${name}: ${sentence}: ${reason}`)
    const shipped = games as ReadonlyMap<string, AnyGame>
    const hall = new Hall({ store: { ...store, tables: all.connect() }, games: shipped, clock: time, random: seededRandom(1), onError })
    onTestFinished(() => hall.close(new Error('the test is over')))
    return { name, hall }
  })
  for (const { name, hall } of halls) {
    const owner = { person: `guest:${name}`, name }
    const request: SeekRequest = {
      ...{ owner, game: 'tictactoe', options: {}, seats: [0, 1], rated: false, wait: Number.POSITIVE_INFINITY },
      onSeated: (table, seat) => {
        seats[seat] = table
      },
      ...terms,
    }
    await hall.seek(request).placed
  }
  await settled()
  const [ada, grace] = seats
  if (!ada || !grace) throw new Error('no player has a seat')
  const log = () => all.log(ada.id)
  const check = () => {
    expect([ada.state, ada.closed, ada.decided]).toEqual([grace.state, false, ada.state.n])
    expect(log().map(({ n }) => n)).toEqual(log().map((_, at) => at + 1))
    expect([ada.state.n, troubles]).toEqual([log().length, []])
  }
  return { ada, grace, log, check, time }
}

test('a move and a line of talk at the same time are both in the log', async () => {
  const { ada, grace, log, check } = await open()
  expect(ada.submit({ type: 'play', seat: 0, move: 1 })).toBeUndefined()
  expect(grace.submit({ type: 'say', name: 'grace', seat: 1, text: 'hello' })).toBeUndefined()
  expect(await Promise.all([ada.persisted(), grace.persisted()])).toEqual([true, true])
  await settled()
  expect(
    log()
      .map(({ type }) => type)
      .toSorted(),
  ).toEqual(['moved', 'opened', 'said'])
  check()
})

test('a command that the events of the other process make illegal is refused, and observers are notified', async () => {
  const { ada, grace, log, check } = await open()
  const refused: string[] = []
  ada.subscribe({ viewer: 0, update() {}, closed() {}, refused: ({ type }) => refused.push(type) })
  expect(grace.submit({ type: 'leave', seat: 1 })).toBeUndefined()
  expect(ada.submit({ type: 'play', seat: 0, move: 1 })).toBeUndefined()
  expect(await Promise.all([grace.persisted(), ada.persisted()])).toEqual([true, { refused: expect.stringMatching(/over/) }])
  await settled()
  expect([refused, log().map(({ type }) => type)]).toEqual([['play'], ['opened', 'ended']])
  check()
})

test('a time limit that both processes notice ends the game once', async () => {
  const { ada, grace, log, check, time } = await open(() => 3, { clock: { turn: 1000 } })
  await time.pass(1500)
  await settled()
  expect(log().map(({ type }) => type)).toEqual(['opened', 'ended'])
  for (const { state } of [ada, grace]) expect(state.outcome).toMatchObject({ winners: [1], late: true })
  check()
})

test('any commands of two processes leave one log, with each accepted command once and no refused command', async () => {
  const command = fc.oneof(
    { weight: 3, arbitrary: fc.record({ type: fc.constant('play' as const), move: fc.integer({ min: 1, max: 9 }) }) },
    { weight: 6, arbitrary: fc.record({ type: fc.constant('say' as const) }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constantFrom('gone' as const, 'back' as const) }) },
  )
  const step = fc.record({ seat: fc.integer({ min: 0, max: 1 }), command, turns: fc.nat(4) })
  let conflicts = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.integer(), async (steps, seed) => {
      const random = seededRandom(seed)
      const { ada, grace, log, check } = await open(() => random.integer(0, 3))
      const talk: Promise<readonly [text: string, persisted: unknown]>[] = []
      for (const [at, { seat, command, turns }] of steps.entries()) {
        const table = seat === 0 ? ada : grace
        const text = `${seat} ${at}`
        const full: TableCommand = command.type === 'say' ? { ...command, seat, name: 'a player', text } : { ...command, seat }
        const refusal = table.submit(full)
        if (command.type === 'say' && !refusal) talk.push(table.persisted().then((persisted) => [text, persisted] as const))
        for (let n = 0; n < turns; n++) await turn()
      }
      await settled()
      const stored = (await Promise.all(talk)).filter(([, persisted]) => persisted === true).map(([text]) => text)
      conflicts += talk.length - stored.length
      const said = log().flatMap((event) => (event.type === 'said' ? [event.text] : []))
      for (const seat of ['0', '1']) {
        const of = (lines: readonly string[]) => lines.filter((line) => line.startsWith(seat))
        expect(of(said)).toEqual(of(stored))
      }
      check()
    }),
    { numRuns: 300 },
  )
  expect(conflicts).toBe(0)
})

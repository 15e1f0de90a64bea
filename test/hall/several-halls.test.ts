import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type AnyGame, games } from '../../src/games/index.ts'
import { seededRandom } from '../../src/games/random.ts'
import { Hall } from '../../src/hall/hall.ts'
import type { SeekHandle, SeekRequest } from '../../src/hall/local-seek.ts'
import { PEER, type SeatOwner, type SeekEntries, type Store, type TableId } from '../../src/hall/ports.ts'
import type { TableActor } from '../../src/hall/table-actor.ts'
import { memoryStore } from '../../src/storage/memory/index.ts'
import { appendEvents } from '../support/append-events.ts'
import { settled, TestClock } from '../support/test-clock.ts'

/** Seated is a seat that a seek was given, in one hall. */
interface Seated {
  readonly who: string
  readonly table: TableActor
  readonly seat: number
}

/** A server with a hall over a store. */
function server(store: Store, { name = 'one', time = new TestClock(1000), games: rules = games as ReadonlyMap<string, AnyGame> } = {}) {
  const troubles: string[] = []
  const seated: Seated[] = []
  const onError = (sentence: string, reason: unknown) => troubles.push(`${name}: ${sentence}: ${reason}`)
  const hall = new Hall({ store, games: rules, clock: time, random: seededRandom(1), onError })
  onTestFinished(() => hall.close(new Error('the test is over')))
  const seek = (who: string, more: Partial<SeekRequest> = {}): SeekHandle =>
    hall.seek({
      owner: { person: who === PEER ? PEER : `guest:${who}`, name: who },
      game: 'tictactoe',
      options: {},
      seats: [0, 1],
      rated: false,
      wait: Number.POSITIVE_INFINITY,
      onSeated: (table, seat) => seated.push({ who, table, seat }),
      ...more,
    })
  return { hall, seek, seated, troubles, time }
}

/** Counts the tables that are opened in a store, and the first events of each. */
async function openedTables({ tables }: Store): Promise<readonly TableId[]> {
  const opened: TableId[] = []
  const next = await tables.newTable()
  for (let table = 1; table < next; table++) {
    const types = (await tables.read(table, 0)).map(({ type }) => type)
    if (types.includes('opened')) opened.push(table)
    expect(types.filter((type) => type === 'opened').length).toBeLessThanOrEqual(1)
  }
  return opened
}

/** A store whose seeks arrive late: each call takes effect some turns of the event loop later, as each notification does. */
function slowly(store: Store, turns: () => number): Store {
  const { seeks } = store.meeting
  const later = async () => {
    for (let n = turns(); n > 0; n--) await new Promise((resolve) => setImmediate(resolve))
  }
  const slow: SeekEntries = {
    put: (...entry) => later().then(() => seeks.put(...entry)),
    claim: async (...claim) => {
      await later()
      const isWon = await seeks.claim(...claim)
      await later()
      return isWon
    },
    remove: (id) => later().then(() => seeks.remove(id)),
    follow(then) {
      let before = Promise.resolve()
      return seeks.follow((change) => {
        before = before.then(later).then(() => then(change))
      })
    },
  }
  return { ...store, meeting: { ...store.meeting, seeks: slow } }
}

describe('two halls over one store', () => {
  test('match a seek of one with a user of the other: one table, with both seated at it', async () => {
    const store = memoryStore()
    const [one, other] = [server(store), server(store, { name: 'other' })]
    const ada = one.seek('ada')
    expect(await ada.placed).toBe(true)
    expect([...other.hall.openSeeks].map(({ name }) => name)).toEqual(['ada'])
    expect(await other.seek('grace').placed).toBe(false)
    await settled()
    expect(one.seated).toMatchObject([{ who: 'ada', seat: 0, table: { id: 1 } }])
    expect(other.seated).toMatchObject([{ who: 'grace', seat: 1, table: { id: 1 } }])
    expect(one.seated[0]?.table).not.toBe(other.seated[0]?.table)
    expect(one.seated[0]?.table.state).toEqual(other.seated[0]?.table.state)
    expect(one.seated[0]?.table.isPublished).toBe(true)
    expect(await openedTables(store)).toEqual([1])
    expect([[...one.hall.openSeeks], [...other.hall.openSeeks], ada.isOpen, await ada.cancel()]).toEqual([[], [], false, false])
    expect([one.troubles, other.troubles]).toEqual([[], []])
  })

  test('carry moves between the two actors of a table, while only one player acts at a time', async () => {
    const store = memoryStore()
    const [one, other] = [server(store), server(store, { name: 'other' })]
    await one.seek('ada').placed
    await other.seek('grace').placed
    await settled()
    const [ada, grace] = [one.seated[0]?.table, other.seated[0]?.table]
    for (const [seat, move] of [1, 4, 2, 5, 3].entries()) {
      expect((seat % 2 ? grace : ada)?.submit({ type: 'play', seat: seat % 2, move })).toBeUndefined()
      await settled()
    }
    for (const table of [ada, grace]) expect(table?.state.outcome).toEqual({ winners: [0] })
    expect([one.troubles, other.troubles]).toEqual([[], []])
  })

  test('share invitations, challenges and refusals', async () => {
    const store = memoryStore()
    const [one, other] = [server(store), server(store, { name: 'other' })]
    const refused: string[] = []
    await one.seek('ada', { code: 'amber-otter-seven' }).placed
    await one.seek('alan', { against: 'guest:grace', onRefused: (by) => refused.push(by) }).placed
    expect(other.hall.findInvitation('amber-otter-seven')?.name).toBe('ada')
    const [challenge] = other.hall.seeks.against('guest:grace').slice(0, 1)
    expect(challenge?.name).toBe('alan')
    if (challenge) expect(await other.hall.refuseChallenge(challenge, 'grace')).toBe(true)
    if (challenge) expect(await other.hall.refuseChallenge(challenge, 'grace')).toBe(false)
    expect(refused).toEqual(['grace'])
    await other.seek('grace', { code: 'amber-otter-seven' }).placed
    expect(one.seated).toMatchObject([{ who: 'ada', table: { id: 1 } }])
    expect([[...one.hall.openSeeks], [...other.hall.openSeeks]]).toEqual([[], []])
  })

  test('lose the seeks of a hall that closes', async () => {
    const store = memoryStore()
    const [one, other] = [server(store), server(store, { name: 'other' })]
    await one.seek('ada').placed
    one.hall.close(new Error('the server was stopped'))
    await one.hall.settled()
    expect([...other.hall.openSeeks]).toEqual([])
    expect(await other.seek('grace').placed).toBe(true)
  })

  test('match two seeks that open at the same time, of which neither hall has seen the other', async () => {
    const store = memoryStore()
    const slow = slowly(store, () => 3)
    const [one, other] = [server(slow), server(slow, { name: 'other' })]
    await Promise.all([one.seek('ada').placed, other.seek('grace').placed])
    await settled()
    expect([...one.seated, ...other.seated].map(({ who, table }) => [who, table.id])).toEqual([
      ['ada', 1],
      ['grace', 1],
    ])
    expect([one.troubles, other.troubles]).toEqual([[], []])
  })

  test('report an entry that is not valid, and continue', async () => {
    const store = memoryStore()
    const one = server(store)
    const lease = await store.meeting.leases.grant()
    await store.meeting.seeks.put('bad', { game: 'tictactoe' } as never, lease.id)
    expect(one.troubles).toEqual([expect.stringContaining('one: the server could not read the seek bad of another server: TypeError')])
    expect([...one.hall.openSeeks]).toEqual([])
    expect(await one.seek('ada').placed).toBe(true)
  })
})

const NAMES = ['ada', 'grace', 'alan', 'eve', PEER]
const action = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('seek' as const),
      hall: fc.nat(1),
      who: fc.constantFrom(...NAMES),
      seats: fc.constantFrom([0, 1], [0], [1]),
      wait: fc.constantFrom(Number.POSITIVE_INFINITY, 0, 500),
      against: fc.constantFrom(undefined, undefined, undefined, 'guest:ada', 'guest:grace'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('cancel' as const), which: fc.nat(20) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('wait' as const), ms: fc.constantFrom(0, 0, 500) }) },
)

describe('any seeks and cancellations in two halls', () => {
  test.each([
    ['immediately', 0],
    ['late', 4],
  ])('seat each seek once at most, at a table that is opened once, if the store answers %s', async (_, most) => {
    let sought = 0
    let between = 0
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 20, maxLength: 60 }), fc.infiniteStream(fc.nat(most)), async (actions, delays) => {
        const store = memoryStore()
        const shared = most === 0 ? store : slowly(store, () => delays.next().value ?? 0)
        const time = new TestClock(1000)
        const halls = [server(shared, { name: 'one', time }), server(shared, { name: 'other', time })]
        const all: { id: string; handle: SeekHandle; hall: number; canceled: Promise<boolean>[] }[] = []
        const seats = new Map<string, { table: TableId; seat: number; hall: number }[]>()
        for (const step of actions) {
          if (step.type === 'seek') {
            const { hall, who, wait, against } = step
            const id = `${all.length}`
            const onSeated: SeekRequest['onSeated'] = ({ id: table }, seat) =>
              void seats.set(id, [...(seats.get(id) ?? []), { table, seat, hall }])
            const terms = { seats: step.seats, wait, onSeated, ...(against === undefined ? {} : { against }) }
            const handle = halls[hall]?.seek(who, terms)
            if (handle) all.push({ id, handle, hall, canceled: [] })
          } else if (step.type === 'cancel') {
            const seek = all[step.which]
            seek?.canceled.push(seek.handle.cancel())
          } else await time.pass(step.ms)
        }
        await Promise.all(all.map(({ handle }) => handle.placed))
        await time.pass(1000)
        sought += all.length
        const taken = new Map<string, string>()
        for (const { id, handle, canceled } of all) {
          const got = seats.get(id) ?? []
          expect(got.length).toBeLessThanOrEqual(1)
          const wins = (await Promise.all(canceled)).filter((isCanceled) => isCanceled).length
          // a seek is seated, or canceled once, or still open
          expect([got.length + wins, handle.isOpen]).toEqual(handle.isOpen ? [0, true] : [1, false])
          for (const { table, seat } of got) {
            expect(taken.get(`${table} ${seat}`)).toBeUndefined()
            taken.set(`${table} ${seat}`, id)
          }
        }
        const opened = await openedTables(store)
        const seatedAt = [...seats.values()].flat()
        expect(new Set(seatedAt.map(({ table }) => table))).toEqual(new Set(opened))
        for (const table of opened) {
          const at = seatedAt.filter((one) => one.table === table)
          if (new Set(at.map(({ hall }) => hall)).size === 2) between++
          const [first] = await store.tables.read(table, 0)
          const players = first?.type === 'opened' ? first.seats : []
          const humans = players.filter(({ person }) => person !== 'house')
          expect(at).toHaveLength(humans.length)
          const names = humans.map(({ person }) => person).filter((person) => person !== PEER)
          expect(new Set(names).size).toBe(names.length)
        }
        // no two open seeks suit each other, in any hall
        for (const { hall } of halls) {
          const open = [...hall.openSeeks]
          for (const seek of open) {
            const match = hall.seeks.match(seek)
            if (match && match.waiting !== seek) expect.fail(`${match.waiting.name} and ${seek.name} wait for each other`)
          }
          expect(open).toHaveLength(all.filter(({ handle }) => handle.isOpen).length)
        }
        expect(halls.flatMap(({ troubles }) => troubles)).toEqual([])
        for (const { hall } of halls) hall.close(new Error('the run is over'))
      }),
      { numRuns: 100 },
    )
    expect(sought).toBeGreaterThan(1000)
    expect(between).toBeGreaterThan(50)
  })
})

describe('two halls that restore at the same time', () => {
  test('restore disjoint tables, which are all of them together, and claim those that they open', async () => {
    const COUNT = 4500
    const store = memoryStore()
    const seats: readonly SeatOwner[] = [
      { person: 'account:1', name: 'ada' },
      { person: 'account:2', name: 'grace' },
    ]
    const opened = { type: 'opened', game: 'tictactoe', options: {}, state: games.get('tictactoe')?.setup({}, seededRandom(1)) } as const
    const opening = { ...opened, seed: 7, seats, rated: false, private: false, clock: {}, n: 1, at: 1 } as const
    await Promise.all(Array.from({ length: COUNT }, (_, at) => appendEvents(store.tables, at + 1, 0, [opening])))
    const [one, other] = [server(store), server(store, { name: 'other' })]
    await Promise.all([one.hall.restore(), other.hall.restore()])
    const ids = [one, other].map(({ hall }) => [...hall.tables].map(({ id }) => id))
    for (const list of ids) expect(list.length).toBeGreaterThan(100)
    const all = ids.flat().sort((a, b) => a - b)
    expect(all).toEqual(Array.from({ length: COUNT }, (_, at) => at + 1))
    // a third hall leaves all of them alone, also those that were opened since
    const { id } = await one.hall.open('tictactoe', { options: {}, seats })
    await settled()
    const third = server(store, { name: 'third' })
    await third.hall.restore()
    expect([...third.hall.tables]).toEqual([])
    // until their hall has ended
    one.hall.close(new Error('the server was stopped'))
    await one.hall.settled()
    const last = server(store, { name: 'last' })
    await last.hall.restore()
    expect([...last.hall.tables].map((table) => table.id)).toEqual([...(ids[0] ?? []), id])
    expect([one, other, third, last].flatMap(({ troubles }) => troubles)).toEqual([])
  })
})

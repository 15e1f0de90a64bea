import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../src/games/random.ts'
import { tictactoe } from '../../src/games/tictactoe.ts'
import { type EventType, events, fieldChecks, type TableEventData, type VisibleEvent } from '../../src/hall/events.ts'
import { evolve, toOpenedTable } from '../../src/hall/table.ts'
import { projectEvent } from '../../src/hall/table-updates.ts'

const AT = 1_760_000_000_000

const opened = {
  type: 'opened',
  game: 'tictactoe',
  options: {},
  state: tictactoe.setup({}, seededRandom(1)),
  seed: '1:AAAAAAAAAAAAAAAAAAAA-_',
  seats: [
    { person: 'account:1', name: 'ada', token: 'a hash', from: 'a mark' },
    { person: 'guest:grace', name: 'grace' },
  ],
  rated: true,
  private: true,
  clock: { turn: 5 },
} as const
const table = toOpenedTable({ ...opened, n: 1, at: AT }, tictactoe as never)

/** An event of each type, with all fields that it can have, and what clients see of it. */
const cases: {
  readonly [Type in EventType]: readonly [Extract<TableEventData, { type: Type }>, Extract<VisibleEvent, { type: Type }>]
} = {
  opened: [opened, { type: 'opened' }],
  moved: [
    { type: 'moved', seat: 0, move: 5 },
    { type: 'moved', seat: 0 },
  ],
  offered: [
    { type: 'offered', seat: 0, what: 'draw' },
    { type: 'offered', seat: 0, what: 'draw' },
  ],
  said: [
    { type: 'said', name: 'ada', seat: 0, text: 'hello' },
    { type: 'said', name: 'ada', text: 'hello', seat: 0 },
  ],
  declined: [
    { type: 'declined', seat: 1 },
    { type: 'declined', seat: 1 },
  ],
  gone: [
    { type: 'gone', seat: 1 },
    { type: 'gone', seat: 1 },
  ],
  back: [
    { type: 'back', seat: 1 },
    { type: 'back', seat: 1 },
  ],
  suspended: [{ type: 'suspended' }, { type: 'suspended' }],
  reseeded: [{ type: 'reseeded', seed: '1:BAAAAAAAAAAAAAAAAAAA-_' }, { type: 'reseeded' }],
  revoked: [
    { type: 'revoked', seat: 0 },
    { type: 'revoked', seat: 0 },
  ],
  ended: [
    { type: 'ended', outcome: { winners: [1], left: 0, resigned: true }, counts: true },
    { type: 'ended', outcome: { winners: [1], left: 0, resigned: true } },
  ],
  continued: [
    { type: 'continued', table: 18 },
    { type: 'continued', table: 18 },
  ],
  waited: [
    { type: 'waited', seat: 1 },
    { type: 'waited', seat: 1 },
  ],
}

describe('clients see of an event', () => {
  test.each(Object.entries(cases))('%s: these fields alone, in this order', (type, [logged, visible]) => {
    const event = { ...logged, n: 2, at: AT }
    const state = type === 'opened' ? table : evolve(table, event)
    for (const viewer of [0, 1, 'watcher'] as const) {
      const { situation, ...update } = projectEvent(event, state, viewer)
      expect(JSON.stringify(update)).toBe(JSON.stringify({ n: 2, at: AT, event: visible }))
      expect(situation !== undefined).toBe(type === 'opened' || type === 'moved' || type === 'ended')
    }
  })

  test('the view of their seat after it', () => {
    const event = { type: 'moved', seat: 0, move: 5, n: 2, at: AT } as const
    const observed = ([0, 1, 'watcher'] as const).map((viewer) => projectEvent(event, evolve(table, event), viewer).situation)
    const view = { cells: '----O----' }
    expect(observed).toMatchObject([
      { view, turn: false },
      { view, turn: true },
      { view, turn: false },
    ])
  })

  test('no field that an event does not list, also if it has it', () => {
    const talk: TableEventData = { type: 'said', name: 'ada', text: 'hello', ...{ secret: 'a seed' } }
    expect(projectEvent({ ...talk, n: 2, at: AT }, table, 'watcher').event).toEqual({ type: 'said', name: 'ada', text: 'hello' })
  })
})

describe('the checks of the fields', () => {
  test.each(Object.entries(cases))('accept an event %s, and not with a wrong value in any checked field', (type, [logged]) => {
    const isValid = fieldChecks.get(type)
    expect(isValid?.({ ...logged })).toBe(true)
    const wrong = Object.entries(events[type as EventType].fields).filter(([, field]) => field !== 'data')
    for (const [name] of wrong) expect(isValid?.({ ...logged, [name]: { wrong: true } }), name).toBe(name === 'clock')
    for (const [name, field] of wrong) expect(isValid?.({ ...logged, [name]: undefined }), name).toBe(String(field).endsWith('?'))
  })

  test.each([
    ['an unknown offer', { type: 'offered', seat: 0, what: 'peace' }],
    ['a clock that is no number', { ...opened, clock: { turn: '5' } }],
    ['an owner without a name', { ...opened, seats: [{ person: 'peer' }] }],
    ['a token that is no text', { ...opened, seats: [{ person: 'peer', name: 'x', token: 5 }] }],
    ['a list of owners with a hole', { ...opened, seats: Array<unknown>(1) }],
    ['an outcome without winners', { type: 'ended', outcome: {} }],
    ['counts that is not true', { type: 'ended', outcome: { winners: [] }, counts: false }],
    ['a table with a fraction', { type: 'continued', table: 1.5 }],
  ])('reject %s', (_, event) => {
    expect(fieldChecks.get(event.type)?.(event)).toBe(false)
  })
})

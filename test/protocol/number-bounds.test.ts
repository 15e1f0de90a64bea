import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { parseWhole } from '../../src/base/counts.ts'
import { parseSeek } from '../../src/door/seek-parser.ts'
import { isRefusal } from '../../src/games/game.ts'
import { shippedGames } from '../../src/games/index.ts'
import { BOUNDS } from '../../src/hall/number-bounds.ts'
import { ToClient, ToServer } from '../../src/native/messages.ts'
import { startServer } from '../support/start-server.ts'

/** The used fields of a JSON Schema. */
interface Schema {
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly minimum?: number
  readonly maximum?: number
  readonly maxLength?: number
  readonly maxItems?: number
}

/** All schemas in a schema, by their paths. */
function* within(schema: unknown, path: string): Iterable<[path: string, schema: Schema]> {
  if (typeof schema !== 'object' || schema === null) return
  if ('type' in schema && typeof schema.type === 'string' && !('const' in schema) && !('enum' in schema)) yield [path, schema as Schema]
  for (const [key, value] of Object.entries(schema)) yield* within(value, `${path}/${key}`)
}

describe('the native protocol', () => {
  test.each([
    ['a client says', ToServer],
    ['the server says', ToClient],
  ] as const)('all numbers that %s have bounds', (_, messages) => {
    const numbers = [...within(z.toJSONSchema(messages), '')].filter(([, { type }]) => type === 'number' || type === 'integer')
    expect(numbers.length).toBeGreaterThan(15)
    const unbounded = numbers.filter(([, { minimum, maximum }]) => !Number.isFinite(minimum) || !Number.isFinite(maximum))
    expect(unbounded.map(([path]) => path)).toEqual([])
  })

  test('all texts and lists that a client sends have a maximum length', () => {
    const all = [...within(z.toJSONSchema(ToServer), '')]
    const long = all.filter(([, { type, maxLength, maxItems }]) => (type === 'string' && !maxLength) || (type === 'array' && !maxItems))
    expect(all.length).toBeGreaterThan(40)
    expect(long.map(([path]) => path)).toEqual([])
  })
})

describe('the seats of a seek', () => {
  const wrong = [[7], [2], [0, 7], [1, 1], [0, 1, 0], [-1], [0.5], [1e9], [2 ** 53], []]

  test.each(wrong)('are seats of the game, each once: not %j', async (...seats: number[]) => {
    const door = await startServer()
    const [ada, grace] = [await door.program('ada'), await door.program('grace')]
    for (const client of [ada, grace]) {
      for (const game of ['tictactoe', 'scissors', 'hangman']) {
        const answer = await client.ask({ type: 'seek', game, seats, wait: 0 })
        expect(answer).toMatchObject({ type: 'error', code: expect.stringMatching(/^bad-(setting|message)$/) })
      }
    }
    expect([ada.all('seated'), door.service.hall.size, [...door.service.hall.openSeeks]]).toEqual([[], 0, []])
  })

  test('get an error for seats that the game does not have, though the protocol allows them', async () => {
    const ada = await (await startServer()).program('ada')
    expect(await ada.ask({ type: 'seek', game: 'tictactoe', seats: [7] })).toMatchObject({
      code: 'bad-setting',
      message: 'the seats of tictactoe are 0 to 1: name some of these seats, and each seat once',
    })
    expect(await ada.ask({ type: 'seek', game: 'guess', seats: [1] })).toMatchObject({ message: 'guess has one seat, 0' })
    expect(await ada.ask({ type: 'seek', game: 'tictactoe', seats: [1], wait: 0 })).toMatchObject({ type: 'ok' })
    expect(await ada.first('seated')).toMatchObject({ seat: 1 })
  })

  test('suffice for every game', () => {
    for (const { game } of shippedGames.entries) expect(game.seats.max - 1).toBeLessThanOrEqual(BOUNDS.seat.max)
  })
})

describe('the front door', () => {
  test.each([
    ['0', undefined],
    ['1', 1],
    ['9007199254740991', 2 ** 53 - 1],
    ['9007199254740992', undefined],
    ['99999999999999999999', undefined],
    ['-1', undefined],
    ['1.5', undefined],
    ['1e3', undefined],
    ['0x1f', undefined],
    ['', undefined],
    [' 1', undefined],
    ['٣', undefined],
  ])('the number of a table is a whole number from 1, in digits: %j', (text, value) => {
    expect(parseWhole(text, BOUNDS.table)).toBe(value)
  })

  const beyond = ['-1', '0', '99999999999', '9'.repeat(30), '9'.repeat(400), `-${'9'.repeat(400)}`]

  test.each(
    shippedGames.entries.flatMap(({ name, settings }) => Object.entries(settings).map(([setting, info]) => ({ name, setting, ...info }))),
  )('the setting $setting of $name is from $min to $max', ({ name, setting, min, max }) => {
    for (const number of [min - 1, max + 1, ...beyond]) {
      if (Number(number) >= min && Number(number) <= max) continue
      const seek = parseSeek(shippedGames, `${name} ${setting} ${number}`)
      expect(isRefusal(seek) && seek.refused).toContain(`is a whole number from ${min} to ${max}`)
    }
    for (const number of [min, max])
      expect(parseSeek(shippedGames, `${name} ${setting} ${number}`)).toMatchObject({ settings: { [setting]: number } })
  })

  test.each([
    ['minutes', 600, 60_000],
    ['seconds', 3600, 1000],
  ])('a clock of so many %s is from 1 to %d', (unit, max, ms) => {
    for (const number of [...beyond, String(max + 1)]) {
      const seek = parseSeek(shippedGames, `tictactoe ${unit} ${number}`)
      expect(isRefusal(seek) && seek.refused).toContain(`must be a whole number from 1 to ${max}`)
    }
    for (const number of [1, max]) {
      const seek = parseSeek(shippedGames, `tictactoe ${unit} ${number}`)
      if (isRefusal(seek)) throw new Error(seek.refused)
      const time = Object.values(seek.clock ?? {})
      expect(time).toEqual([number * ms])
      expect(ToServer.safeParse({ type: 'seek', ...seek }).success).toBe(true)
    }
  })
})

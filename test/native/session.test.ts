import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { acts } from '../../src/hall/events.ts'
import { commandsByType, examples, ToClient, ToServer } from '../../src/native/messages.ts'

describe('the messages of the native protocol', () => {
  test.each(Object.entries(examples.toServer))('%s: its example is a valid message of a client', (type, example) => {
    expect(ToServer.parse(JSON.parse(JSON.stringify(example)))).toEqual(example)
    expect(example.type).toBe(type)
  })

  test.each(Object.entries(examples.toClient))('%s: its example is a valid message of the server', (type, example) => {
    expect(ToClient.parse(JSON.parse(JSON.stringify(example)))).toEqual(example)
    expect(example.type).toBe(type)
  })

  test('every act at a table has a command', () => {
    expect(Object.keys(acts).filter((act) => !Object.hasOwn(examples.toServer, act))).toEqual([])
  })

  test('the answer of every command is a message of the server', () => {
    const schemas: ReadonlySet<z.ZodType> = new Set(ToClient.options)
    const answers = Object.values(commandsByType).flatMap(({ answer }): readonly z.ZodType[] =>
      answer instanceof z.ZodUnion ? answer.options : [answer],
    )
    expect(answers.length).toBeGreaterThan(Object.keys(examples.toServer).length)
    expect(answers.filter((answer) => !schemas.has(answer))).toEqual([])
  })

  test.each([
    ...[{ type: 'opened' }, { type: 'suspended' }, { type: 'reseeded' }],
    ...['moved', 'declined', 'gone', 'back', 'revoked'].map((type) => ({ type, seat: 1 })),
    { type: 'offered', seat: 0, what: 'rematch' },
    { type: 'said', name: 'ada', text: 'hello' },
    { type: 'said', name: 'ada', seat: 0, text: 'hello' },
    { type: 'ended', outcome: { winners: [] } },
    { type: 'continued', table: 18 },
  ])('an event has exactly the fields that clients see: %j', (what) => {
    const event = { type: 'event', table: 17, n: 3, at: 5 }
    expect(ToClient.parse({ ...event, what })).toEqual({ ...event, what })
    expect(ToClient.safeParse({ ...event, what: { ...what, seed: 7 } }).success).toBe(false)
    for (const name of Object.keys(what).filter((field) => field !== 'seat' || what.type !== 'said')) {
      expect(ToClient.safeParse({ ...event, what: { ...what, [name]: undefined } }).success, name).toBe(false)
    }
  })

  test.each([
    ['a field too many', { type: 'games', more: 1 }],
    ['a table that is no number', { type: 'watch', table: '17' }],
    ['a negative event', { type: 'play', table: 1, move: '1', after: -1 }],
    ['no name', { type: 'enter', name: '' }],
    ['an endless name', { type: 'enter', name: 'x'.repeat(81) }],
    ['an id that is neither number nor text', { type: 'ping', id: {} }],
    ['a list', []],
    ['nothing', null],
  ])('%s is not a command', (_, message) => {
    expect(ToServer.safeParse(message).success).toBe(false)
  })
})

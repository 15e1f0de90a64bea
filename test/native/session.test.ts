import { describe, expect, test } from 'vitest'
import * as examples from '../../src/native/examples.ts'
import { ToClient, ToServer } from '../../src/native/messages.ts'

describe('the messages of the native protocol', () => {
  test.each(Object.entries(examples.toServer))('%s: its example is a valid message of a client', (type, example) => {
    expect(ToServer.parse(JSON.parse(JSON.stringify(example)))).toEqual(example)
    expect(example.type).toBe(type)
  })

  test.each(Object.entries(examples.toClient))('%s: its example is a valid message of the server', (type, example) => {
    expect(ToClient.parse(JSON.parse(JSON.stringify(example)))).toEqual(example)
    expect(example.type).toBe(type)
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

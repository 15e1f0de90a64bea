import { describe, expect, test } from 'vitest'
import { defineGame, defineTurnGame } from '../../src/games/define.ts'
import { LocalTable } from '../../src/games/local-table.ts'
import { chance } from '../../src/games/random.ts'
import { type Console, EndOfInput } from '../../src/protocol/definition.ts'
import { playAtConsole } from '../../src/protocol/roles.ts'

interface Count {
  readonly sum: number
  readonly turn: number
}

const notation = {
  parse: (text: string) => (/^\d$/.test(text) ? Number(text) : { refused: 'type a digit' }),
  print: String,
  render: ({ sum }: Count) => `sum ${sum}`,
}

/** Two players add digits until the sum is 9; the player of a 1 moves again. */
const count = defineTurnGame<Count, number>({
  name: 'count',
  setup: () => ({ sum: 0, turn: 0 }),
  move: ({ sum, turn }, _, digit) => (digit > 0 ? { sum: sum + digit, turn } : { refused: 'add at least 1' }),
  next: ({ sum }, seat) => (sum === 1 ? seat : 1 - seat),
  outcome: ({ sum }) => (sum < 9 ? undefined : { winners: [0] }),
  notation,
})

/** A person who types lines, and then waits until the question is withdrawn. */
function person(...typed: readonly string[]): { screen: string[]; console: Console } {
  const [left, screen] = [[...typed], [] as string[]]
  const ask: Console['ask'] = async (_, atEnd, signal) => {
    const line = left.shift()
    if (line !== undefined) return line
    if (atEnd === undefined || !signal) throw new EndOfInput()
    return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  }
  return { screen, console: { say: (text = '') => void screen.push(text), ask } }
}

describe('playAtConsole', () => {
  test('says why a move is refused, that the player moves again, and which player has won', async () => {
    const table = new LocalTable(count, {}, chance)
    const { screen, console } = person('x', '0', '1', '2')
    const played = playAtConsole(count, table.seat(0), console)
    await table.seat(1).turn()
    table.seat(1).play(6)
    await played
    expect(screen).toEqual(['sum 0', 'type a digit.', 'add at least 1.', 'sum 1', 'You move again.', 'sum 9', 'You win!'])
  })

  test('withdraws its question when the opponent leaves', async () => {
    const table = new LocalTable(count, {}, chance)
    const { screen, console } = person()
    const played = playAtConsole(count, table.seat(0), console)
    table.leave(1)
    await played
    expect(screen).toEqual(['sum 0', 'sum 0', 'The opponent has left the game. You win!'])
  })

  test('gives up when the person types END', async () => {
    const table = new LocalTable(count, {}, chance)
    const { screen, console } = person('end')
    await playAtConsole(count, table.seat(0), console)
    expect(screen.at(-1)).toBe('You have left the game.')
    expect(await table.seat(1).turn()).toMatchObject({ outcome: { winners: [1], left: 0 } })
  })
})

describe('defineGame', () => {
  const game = defineGame({
    name: 'race',
    setup: () => ({ said: [] as number[] }),
    toMove: ({ said }) => (said.length < 2 ? [said.length] : []),
    play: ({ said }, _, number: number) => ({ said: [...said, number] }),
    outcome: ({ said }) => (said.length < 2 ? undefined : { winners: [] }),
    notation: { parse: notation.parse, print: String, render: () => '' },
  })

  test('has two seats, shows everything, and refuses moves out of turn and after the end', () => {
    expect(game.seats).toEqual({ min: 2, max: 2 })
    const state = game.setup({}, chance)
    expect(game.view(state, 1)).toBe(state)
    expect(game.whole?.(state)).toBe(state)
    expect(game.play(state, 1, 4, chance)).toEqual({ refused: 'it is the other player’s turn' })
    expect(game.play({ said: [1, 2] }, 0, 4, chance)).toEqual({ refused: 'the game is over' })
    expect(game.play(state, 0, 4, chance)).toEqual({ said: [4] })
  })
})

import { describe, expect, test } from 'vitest'
import { Room } from '../support/room.ts'

const END = '---------'

describe('fh/tictactoe: two clients, matched', () => {
  test('a whole game, to its winner', async () => {
    const room = new Room()
    const ada = await room.client('fh/tictactoe')
    const grace = await room.client('fh/tictactoe')
    await ada.say('ada\n')
    expect(ada.heard).toBe('Welcome ada\n')
    await grace.say('grace\n')
    expect(ada.heard).toBe(`Welcome ada\ninit@1@ada@grace\nmove@1@${END}\n`)
    expect(grace.heard).toBe('Welcome grace\ninit@1@ada@grace\n')
    for (const [player, cell] of [
      [ada, 1],
      [grace, 5],
      [ada, 2],
      [grace, 9],
      [ada, 3],
    ] as const)
      await player.say(`${cell}\n`)
    expect(ada.heard.split('\n').slice(3)).toEqual([
      'moved@1@ada@1@O--------',
      'moved@1@grace@5@O---X----',
      'move@1@O---X----',
      'moved@1@ada@2@OO--X----',
      'moved@1@grace@9@OO--X---X',
      'move@1@OO--X---X',
      'moved@1@ada@3@OOO-X---X',
      'GameEnd@1@ada@won',
      '',
    ])
    expect(grace.heard.split('\n').at(-2)).toBe('GameEnd@1@ada@won')
    expect(room.troubles).toEqual([])
  })

  test('a classroom client sits opposite, whichever side begins in its worksheet', async () => {
    const room = new Room()
    const second = await room.client('tjc/tictactoe')
    const first = await room.client('fh/tictactoe')
    // nobody was there, so the house sits opposite the first
    expect(second.heard).toMatch(/^MOVE\d\n$/)
    await first.say('ada\n')
    const other = await room.client('tjc/tictactoe')
    expect(first.heard).toBe(`Welcome ada\ninit@2@ada@tjc/tictactoe\nmove@2@${END}\n`)
    await first.say('5\n')
    expect(other.heard).toBe('MOVE5\n')
    await other.say('MOVE1\n')
    expect(first.heard.split('\n').slice(-3)).toEqual(['moved@2@tjc/tictactoe@1@X---O----', 'move@2@X---O----', ''])
    await other.close()
    expect(first.heard.split('\n').at(-2)).toBe('GameEnd@2@ada@left')
    await first.say('ada\n')
    const begins = await room.client('tjc/tictactoe-alternative')
    expect(first.heard.split('\n').at(-2)).toBe('init@3@tjc/tictactoe-alternative@ada')
    await begins.say('MOVE5\n')
    await first.say('1\n')
    expect(begins.heard).toBe('MOVE1\n')
  })
})

import { describe, expect, test } from 'vitest'
import { play } from '../support/play.ts'

describe('tjc/guess (TJC notes, program 11 and exercise 10)', () => {
  test('plays a won game, word for word on the wire and at the client', async () => {
    const played = await play({ program: 'guess', join: ['50', ' +25 ', '042'], options: { secret: '42' } })
    expect(played).toMatchObject({
      toClient: 'GUESS\nHIGH\nGUESS\nLOW\nGUESS\nWIN\n',
      toServer: '50\n25\n42\n',
      host: '',
      hostEnd: undefined,
      joinEnd: undefined,
    })
    expect(played.join).toBe(
      'Enter guess (1-100): 50\nYour guess is too high.\nEnter guess (1-100):  +25 \nYour guess is too low.\nEnter guess (1-100): 042\nYou win!\n',
    )
  })

  test('sends the verdict on the fifth wrong guess, then GAMEOVER', async () => {
    const played = await play({ program: 'guess', join: ['0', '101', '-5', '41', '43'], options: { secret: '42' } })
    expect(played.toClient).toBe('GUESS\nLOW\nGUESS\nHIGH\nGUESS\nLOW\nGUESS\nLOW\nGUESS\nHIGH\nGAMEOVER\n')
    expect(played.join.endsWith('Your guess is too high.\nYou ran out of tries! Game over.\n')).toBe(true)
  })

  test('the player asks again after a text that is not a number, and sends nothing', async () => {
    const played = await play({ program: 'guess', join: ['', 'five', '5.0', '42'], options: { secret: '42' } })
    expect(played.toServer).toBe('42\n')
    expect(played.joinEnd).toBeUndefined()
  })

  test('a player who leaves (Ctrl-D) ends both sides, each with a sentence', async () => {
    const played = await play({ program: 'guess', join: ['50'], options: { secret: '42' } })
    expect(played.joinEnd?.message).toContain('input ended')
    expect(played.hostEnd?.message).toBe('the client closed the connection; expected a number (such as "50")')
  })
})

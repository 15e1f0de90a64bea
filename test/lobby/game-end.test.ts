import { describe, expect, test } from 'vitest'
import { type LineClient, startServer } from '../support/start-server.ts'

/** Registers a name at the front door. */
async function registered(reader: LineClient, name: string): Promise<LineClient> {
  await reader.until(/What is your name/)
  await reader.type(`register ${name}`, /password/i)
  await reader.until(/^\(/)
  await reader.type(`${name} has a password`, /once more/)
  await reader.type(`${name} has a password`, /registered now/)
  return reader
}

describe('at the end of a game at the front door', () => {
  test('players and watchers see the ratings before and after', async () => {
    const door = await startServer()
    const [ada, bob, carl] = [await registered(door.reader(), 'ada'), await registered(door.reader(), 'bob'), await door.caller('carl')]
    await ada.type('play tictactoe rated', /^You wait/)
    await bob.type('play tictactoe rated', /is to move/)
    await carl.type('watch 1', /is to move/)
    await bob.type('resign', /"rematch"/)
    expect((await ada.until(/^Ratings/)).at(-1)).toMatch(/^Ratings: you 1662, after a first game; bob 1338, after a first game\.$/)
    expect((await carl.until(/^Ratings/)).at(-1)).toMatch(/^Ratings: ada 1662, after a first game; bob 1338/)
    await bob.until(/^Ratings/)
    await ada.type('rematch', /^You have offered/)
    await bob.type('accept', /^Table 2/)
    await ada.type('resign', /"rematch"/)
    expect((await bob.until(/^Ratings/)).at(-1)).toMatch(/^Ratings: you 1338 to \d{4} \(\+\d+\); ada 1662 to \d{4} \(-\d+\)\.$/)
  })

  test('a game without ratings shows none', async () => {
    const door = await startServer()
    const [ada, bob] = [await door.program('ada'), await door.program('bob')]
    await ada.ask({ type: 'seek', game: 'tictactoe' })
    await bob.ask({ type: 'seek', game: 'tictactoe' })
    await ada.ask({ type: 'resign', table: 1 })
    await bob.ask({ type: 'ladder', game: 'tictactoe' })
    expect([...ada.all('recorded'), ...bob.all('recorded')]).toEqual([])
  })

  test('programs receive the ratings, too, and the points of a quiz', async () => {
    const door = await startServer()
    const ada = await door.program('ada')
    await ada.ask({ type: 'seek', game: 'quiz', settings: { count: 1 } })
    const { table } = await ada.first('seated')
    await ada.ask({ type: 'play', table, move: 'A' })
    expect(await ada.first('recorded')).toEqual({
      type: 'recorded',
      table,
      game: 'quiz',
      changes: [{ name: 'ada', after: expect.toBeOneOf([0, 1]) }],
    })
  })

  test.each([
    ['guess', '50', /Tries left/, /The number was \d+\.$/],
    ['hangman', 'e', /misses left/, /The word was [a-z]+\.$/],
    ['headtail', 'H', /so far/, /Guessed right: [01] of 1\.$/],
  ])('%s shows the secret, or the result so far, after a resignation', async (game, move, answer, sentence) => {
    const door = await startServer()
    const ada = await door.caller('ada')
    await ada.type(`play ${game}`, /^Your move/)
    await ada.type(move, answer)
    const said = await ada.type('resign', /"rematch"/)
    expect(said.join('\n')).toMatch(new RegExp(sentence.source, 'm'))
  })
})

describe('input that is out of range', () => {
  test('costs no try and no miss at the front door and in the native protocol', async () => {
    const door = await startServer()
    const ada = await door.program('ada')
    await ada.ask({ type: 'seek', game: 'guess', settings: { tries: 1 } })
    await ada.first('seated')
    for (const move of ['0', '101', '-5', '99999999999999999999', '5.5', 'five', '']) {
      expect(await ada.ask({ type: 'play', table: 1, move })).toMatchObject({ type: 'error', code: 'illegal-move' })
    }
    expect(await ada.ask({ type: 'play', table: 1, move: '50' })).toMatchObject({ type: 'ok' })
    await ada.ask({ type: 'seek', game: 'hangman', settings: { misses: 1 } })
    for (const move of ['7', '!', 'ab', '', '\u0301', '💥'])
      expect(await ada.ask({ type: 'play', table: 2, move })).toMatchObject({ type: 'error', code: 'illegal-move' })
    expect(await ada.ask({ type: 'play', table: 2, move: 'z' })).toMatchObject({ type: 'ok' })
  })

  test('counts in the worksheets’ programs as in the originals', async () => {
    const door = await startServer('tjc/guess', { options: { secret: '42' } })
    const client = door.reader()
    await client.until(/^GUESS/)
    for (let n = 0; n < 4; n++) await client.type('101', /^HIGH/)
    await client.until(/^GUESS/)
    expect(await client.type('0', /^GAMEOVER/)).toEqual(['LOW', 'GAMEOVER'])
  })
})

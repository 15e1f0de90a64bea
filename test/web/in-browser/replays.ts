import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { connectFour } from '../../../examples/plugins/connect-four.ts'
import type { AnyGame } from '../../../src/games/game.ts'
import { shippedGames } from '../../../src/games/index.ts'
import type { ServeWebPages } from '../../support/web-pages.ts'

/** Adds the tests of replays. */
export function testReplays(serve: ServeWebPages): void {
  test('replays a finished game by link, by keys and by buttons, and saves its record', async () => {
    const { open, gateway } = await serve({ lobby: { stock: { words: ['book'] } } })
    const ada = await open()
    const { page } = ada
    await ada.play('hangman', 'ada')
    await page.locator('[data-say]').fill('<img src=x onerror=alert(1)> \u202eevil')
    await page.keyboard.press('Enter')
    await page.locator('.talk', { hasText: 'evil' }).waitFor()
    await page.keyboard.press('Escape')
    for (const letter of 'bxok') {
      const before = await ada.status()
      await page.locator('.status.is-on').waitFor()
      await page.keyboard.press(letter)
      await page.locator('.status', { hasNotText: before }).waitFor()
    }
    await ada.untilStatus('You win. The word is book.')
    await page.keyboard.press('r')
    await ada.untilStatus('Before the first move.')

    // another browser, by the link of one move
    const watcher = await open('#t/1/2')
    await watcher.untilStatus('Move 2: x is not in the word.')
    await watcher.expectAccessible()
    const [plate, name] = [await watcher.placeOf('.plate'), await watcher.placeOf('.plate__name')]
    expect(Math.abs(name.middle - plate.middle)).toBeLessThan(2)
    const press = async (key: string, text: string) => {
      await watcher.page.keyboard.press(key)
      await watcher.untilStatus(text)
    }
    await press('ArrowRight', 'Move 3: o is letters 2 and 3.')
    await press('End', 'Move 4: k is letter 4.')
    expect(await watcher.status()).toContain('ada wins. The word is book.')
    expect(watcher.page.url()).toBe(`${gateway.url}/#t/1/4`)
    await press('ArrowLeft', 'Move 3:')
    await press('Home', 'Before the first move.')
    // three keys before the page has drawn the first of these moves
    await watcher.page.evaluate(() => {
      for (let press = 0; press < 3; press++) dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }))
    })
    await watcher.untilStatus('Move 3:')
    await press('Home', 'Before the first move.')
    await watcher.page.getByRole('button', { name: 'One move forward' }).click()
    await watcher.untilStatus('Move 1: b is letter 1.')
    const tree = await watcher.page.locator('main').ariaSnapshot()
    expect(tree).toMatch(/group "Replay":.*slider "Move": "1".*status: "?Move 1: b is letter 1\..*\\u202eevil.*link "x move 2"/s)
    expect(tree).toMatch(/link "Record as JSON, to save".*link "Text of the game, to save"/s)
    await watcher.page.getByRole('link', { name: 'x move 2' }).click()
    await watcher.untilStatus('Move 2:')
    await watcher.expectSteady()
    const saving = watcher.page.waitForEvent('download')
    await watcher.page.getByRole('link', { name: 'Record' }).click()
    const saved = await saving
    expect(saved.suggestedFilename()).toBe('table-1.json')
    expect(JSON.parse(await readFile(await saved.path(), 'utf8'))).toMatchObject({ table: 1, game: 'hangman', outcome: { winners: [0] } })
    await watcher.page.goto(`${gateway.url}/#t/917/2`)
    await watcher.page.getByRole('heading', { name: 'No table 917' }).waitFor()
    await watcher.expectAccessible()
    expect(await watcher.page.locator('main img').count()).toBe(0)
    watcher.expectOnly(/404/)
  })

  test('replays a game of a plug-in with the boards of the server', async () => {
    const { open, gateway } = await serve({ lobby: { catalog: shippedGames.with([connectFour as AnyGame]) } })
    const ada = await open()
    const { page } = ada
    await page.locator('label', { hasText: 'the house' }).click()
    await ada.play('connect-four', 'ada')
    await ada.untilStatus('Your turn.')
    await page.getByRole('button', { name: '4', exact: true }).click()
    await page.locator('.textboard__text', { hasText: 'O' }).waitFor()
    await ada.untilStatus('Your turn.')
    await page.getByRole('button', { name: 'Resign' }).click()
    await page.getByRole('button', { name: 'Yes' }).click()
    await ada.untilStatus('You lose.')
    await page.keyboard.press('r')
    await ada.untilStatus('Before the first move.')
    const board = page.locator('.textboard__text')
    expect(await board.innerText()).not.toContain('O')
    await page.keyboard.press('End')
    await ada.untilStatus('ada resigned.')
    expect(await board.innerText()).toContain('O')

    // the record of a private game, which comes over the WebSocket
    await page.getByRole('link', { name: 'Parlor' }).click()
    await page.locator('label', { hasText: 'a friend' }).click()
    await ada.play('connect-four')
    const { hash } = new URL(await page.getByLabel('Link for your friend').inputValue())
    const bob = await gateway.browser({ name: 'bob' })
    await bob.ask({ type: 'join', code: hash.replace('#join/', '') })
    const { table, seat } = await bob.first('seated')
    if (seat !== 0) await page.getByRole('button', { name: '4', exact: true }).click()
    await bob.until(() => seat === 0 || bob.all('event').some(({ what }) => what.type === 'moved'))
    await bob.ask({ type: 'play', table, move: '4' })
    await bob.ask({ type: 'resign', table })
    await ada.untilStatus('You win.')
    await page.keyboard.press('r')
    await ada.untilStatus('Before the first move.')
    await page.getByText('The game is private.').waitFor()
    await page.keyboard.press('End')
    await page.locator('.textboard__text', { hasText: seat === 0 ? 'O' : 'X' }).waitFor()
    ada.expectOnly(/404/)
  })
}

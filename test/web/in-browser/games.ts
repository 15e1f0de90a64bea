import { expect, test } from 'vitest'
import { connectFour } from '../../../examples/plugins/connect-four.ts'
import type { AnyGame } from '../../../src/games/game.ts'
import { shippedGames } from '../../../src/games/index.ts'
import type { PageTab } from '../../support/browser.ts'
import type { ServeWebPages } from '../../support/web-pages.ts'

/** Presses the key of a move, and waits until the status says something else. */
async function press({ page }: PageTab, key: string): Promise<void> {
  await page.locator('.status.is-on').waitFor()
  const before = await page.locator('.status').innerText()
  await page.keyboard.press(key)
  await page.locator('.status', { hasNotText: before }).waitFor()
}

/** Opens the table in play with a number from the lobby, by keyboard alone. */
async function watch(tab: PageTab, table: number): Promise<void> {
  const link = tab.page.getByRole('link', { name: `Watch table ${table},` })
  await tab.tabTo(link)
  // the list of tables can change between two keys, so this key has the link as its target
  await link.press('Enter')
  await tab.page.locator('.tbar', { hasText: `table ${table}` }).waitFor()
}

/** Presses a button that asks whether the user is sure, by keyboard alone. */
async function confirm(tab: PageTab, name: string): Promise<void> {
  await tab.tabTo(tab.page.getByRole('button', { name, exact: true }))
  await tab.page.keyboard.press('Enter')
  await tab.page.getByRole('group', { name: `${name}?` }).waitFor()
  await tab.page.keyboard.press('Enter')
}

/** Adds the tests of games that are played to the end by keyboard alone. */
export function testGames(serve: ServeWebPages): void {
  test('plays guessing and the coin to the end by keyboard alone, and another browser watches each move', async () => {
    const { open } = await serve()
    const [ada, eve] = [await open(), await open()]
    const { page } = ada
    await ada.begin('guess a number', 'ada')
    await watch(eve, 1)
    let [low, high] = [1, 100]
    for (let tries = 0; low <= high && tries < 7; tries++) {
      const guess = Math.floor((low + high) / 2)
      await page.locator('.status.is-on').waitFor()
      // the first digit moves the focus into the field, and replaces the number there
      await page.keyboard.type(String(guess))
      expect(await page.locator('#guess').inputValue()).toBe(String(guess))
      await page.keyboard.press('Enter')
      await page.locator('.status', { hasText: new RegExp(`${guess} is too|You win`) }).waitFor()
      const said = await ada.status()
      if (said.startsWith('You win')) break
      await eve.untilStatus(`${guess} is too`)
      if (said.includes('too low')) low = guess + 1
      else high = guess - 1
      if (tries > 0) continue
      const tree = await ada.tree()
      expect(tree).toContain(`img "Number line from 1 to 100. ${low} to ${high} are left. 50: too ${low > 1 ? 'low' : 'high'}."`)
      expect(tree).toContain(`textbox "Your guess, ${low} to ${high}"`)
      expect(tree).toMatch(/status: "?50 is too (?:low|high)\. \d+ to \d+ are left\. 6 tries\./)
      await ada.expectAccessible()
      await eve.expectAccessible()
    }
    expect(await ada.status()).toMatch(/^You win\. The number was \d+\.$/)
    await eve.untilStatus('ada wins. The number was')

    await ada.tabTo(page.locator('.acts').getByRole('link', { name: 'Lobby' }))
    await page.keyboard.press('Enter')
    await ada.begin('head or tail')
    await eve.tabTo(eve.page.getByRole('link', { name: 'Lobby', exact: true }).first())
    await eve.page.keyboard.press('Enter')
    await watch(eve, 2)
    for (const [at, key] of ['h', 't', 'h'].entries()) {
      await press(ada, key)
      await eve.page.locator('.status', { hasText: new RegExp(`[012] of ${at + 1}\\.|3 of 3\\.`) }).waitFor()
    }
    await ada.untilStatus(' of 3.')
    const tree = await ada.tree()
    expect(tree).toMatch(/img "The coin shows (?:head|tail)".*button "Head H".*button "Tail T"/s)
    expect(tree).toMatch(/status: (?:Head|Tail)\. You were (?:right|wrong)\. \d of 3\./)
    expect(tree).toMatch(/img "3 tosses, \d called right"/)
    await confirm(ada, 'Give up')
    await ada.untilStatus('You lose.')
    await eve.untilStatus('The game is over.')
    await page.keyboard.press('r')
    await ada.untilStatus('Before the first move.')
    await page.keyboard.press('End')
    await ada.untilStatus('Move 3: Head.')
  })

  test('plays a game of a plug-in to the end in two browsers by keyboard alone, then a rematch that ends by a draw', async () => {
    const { open } = await serve({ lobby: { catalog: shippedGames.with([connectFour as AnyGame]) } })
    const [ada, eve] = [await open(), await open()]
    await ada.begin('connect-four', 'ada')
    await eve.tabTo(eve.page.getByRole('button', { name: 'Sit with ada' }))
    await eve.page.keyboard.press('Enter')
    await eve.page.locator('dialog input').waitFor()
    await eve.page.keyboard.type('eve')
    await eve.page.keyboard.press('Enter')
    await Promise.all([ada, eve].map(({ page }) => page.locator('.textboard__text', { hasText: '1 2 3 4 5 6 7' }).waitFor()))
    const [first, second] = (await ada.status()).startsWith('Your turn') ? [ada, eve] : [eve, ada]
    expect(await second.tree()).toMatch(/region "Board": (?:\. ){42}1 2 3 4 5 6 7/)
    expect(await first.tree()).toMatch(/group "Legal moves":\s+- button "1".*- button "7".*textbox "Your move".*status: Your turn\./s)
    await first.expectAccessible()
    const keys = ['1', '2', '1', '2', '1', '2', '1']
    for (const [at, key] of keys.entries()) {
      const [mover, other] = at % 2 === 0 ? [first, second] : [second, first]
      await mover.page.locator('.textboard__moves button:enabled').first().waitFor()
      await press(mover, key)
      if (at < keys.length - 1) await other.untilStatus('Your turn.')
    }
    await Promise.all([first.untilStatus('You win.'), second.untilStatus('You lose.')])
    expect(await second.tree()).toMatch(/region "Board": .*O \. \. .*O X \. .*1 2 3 4 5 6 7/)
    // the moves of the opponent are in the list, too
    await second.page.getByText('No move yet.').waitFor({ state: 'detached' })
    await second.page.locator('.moves li', { hasText: '·' }).first().waitFor({ state: 'detached' })
    expect(await second.page.locator('.moves li').count()).toBe(keys.length)
    await second.expectAccessible()

    await first.page.keyboard.press('Enter')
    await first.page.getByText('Rematch offered').waitFor()
    await second.page.getByRole('button', { name: 'Accept rematch' }).waitFor()
    await second.page.keyboard.press('Enter')
    await Promise.all(
      [ada, eve].map(({ page }) => page.getByRole('heading', { name: 'Moves 0' }).or(page.getByText('No move yet.')).waitFor()),
    )
    await confirm(ada, 'Draw')
    await eve.page.getByText('ada offers a draw.').waitFor()
    await eve.expectAccessible()
    await eve.tabTo(eve.page.getByRole('button', { name: 'Accept the draw' }))
    await eve.page.keyboard.press('Enter')
    await Promise.all([ada, eve].map((tab) => tab.untilStatus('A draw. Both agreed.')))
  })
}

import { expect, test } from 'vitest'
import type { AnyGame } from '../../../src/games/game.ts'
import { shippedGames } from '../../../src/games/index.ts'
import { robot } from '../../../src/games/robot.ts'
import type { PageTab } from '../../support/browser.ts'
import type { ServeWebPages } from '../../support/web-pages.ts'
import { expectRoomy, PHONE } from './phone.ts'

/** Begins a game from the lobby by touch. */
async function begin({ page }: PageTab, game: string, name?: string): Promise<void> {
  await page.getByRole('link', { name: 'Parlor' }).tap()
  await page.locator('.game', { hasText: game }).tap()
  if (name !== undefined) {
    await page.locator('dialog input').fill(name)
    await page.locator('dialog').getByRole('button', { name: 'Continue as a guest' }).tap()
  }
  await page.locator('.status.is-on').waitFor()
}

/** Touches a button of the view, and waits until the status says something else. */
async function touch({ page }: PageTab, button: string | RegExp): Promise<void> {
  await page.locator('.status.is-on').waitFor()
  const before = await page.locator('.status').innerText()
  await page.locator('main').getByRole('button', { name: button }).first().tap()
  await page.locator('.status', { hasNotText: before }).waitFor()
}

/** Adds the test of the boards on a touch screen. */
export function testTouch(serve: ServeWebPages): void {
  test('plays every game for one player to the end by touch alone, with the status of hangman in the window', async () => {
    const { isUnlisted: _, ...listed } = robot
    const questions = [1, 2].map((number) => ({ text: `Question ${number}?`, options: ['yes', 'no'], right: 0 }))
    const catalog = shippedGames.with([listed as AnyGame])
    const { open } = await serve({ lobby: { stock: { words: ['bookkeeper'], questions }, catalog } })
    const ada = await open('', undefined, PHONE)
    const { page } = ada

    await begin(ada, 'hangman', 'ada')
    await touch(ada, /^x$/)
    const status = await page.locator('.status').boundingBox()
    expect(await page.evaluate(() => scrollY)).toBe(0)
    expect((status?.y ?? 0) + (status?.height ?? 0)).toBeLessThan(PHONE.viewport.height)
    await expectRoomy(page)
    for (const letter of 'bokepr') await touch(ada, new RegExp(`^${letter}$`))
    await ada.untilStatus('You win. The word is bookkeeper.')

    await begin(ada, 'quiz')
    await expectRoomy(page)
    for (let question = 0; question < questions.length; question++) await touch(ada, 'yes')
    await ada.untilStatus('You win.')

    await begin(ada, 'guess a number')
    await expectRoomy(page)
    for (let tries = 0; tries < 7 && !/You (?:win|lose)/.test(await ada.status()); tries++) {
      await touch(ada, 'Guess')
      // before the answer of the server, the status says that the guess is sent
      await page.locator('.status', { hasText: /is too|You (?:win|lose)/ }).waitFor()
    }
    expect(await ada.status()).toMatch(/^You (?:win|lose)\. The number was \d+\.$/)

    const labels = await page.locator('.nl__tick b, .nl__end').evaluateAll((all) => all.map((label) => label.getBoundingClientRect()))
    labels.sort((one, other) => one.left - other.left)
    for (const [at, { right }] of labels.slice(0, -1).entries()) expect(right).toBeLessThanOrEqual(labels[at + 1]?.left ?? 0)

    for (const [game, button] of [
      ['head or tail', 'Head'],
      ['robot', 'Right'],
    ] as const) {
      await begin(ada, game)
      await expectRoomy(page)
      await touch(ada, button)
      await page.getByRole('button', { name: 'Give up' }).tap()
      await expectRoomy(page)
      await page.getByRole('button', { name: 'Yes' }).tap()
      await ada.untilStatus('You lose.')
    }
  })

  test('shows a whole large board on a desk, and gives all users in the list of the lobby rows of the same height', async () => {
    const { open, gateway } = await serve()
    for (const name of ['eve', 'katherine johnson']) await gateway.browser({ name })
    const ada = await open()
    const { page } = ada
    await page.locator('.people li').nth(2).waitFor()
    const heights = await page
      .locator('.people li')
      .evaluateAll((rows) => rows.map((row) => Math.round(row.getBoundingClientRect().height)))
    expect(Math.max(...heights) - Math.min(...heights)).toBeLessThanOrEqual(1)
    await page.locator('.settings summary').click()
    await page.getByLabel('tic-tac-toe: cells in a row').fill('8')
    await page.locator('label', { hasText: 'the house' }).click()
    await ada.play('tic-tac-toe', 'ada')
    await page.locator('[data-cell="64"]').waitFor()
    const hidden = await page.locator('.stage').evaluate((stage) => stage.scrollHeight - stage.clientHeight)
    expect(hidden).toBe(0)
    const last = await page.locator('[data-cell="64"]').boundingBox()
    expect(last?.height).toBeGreaterThanOrEqual(44)
  })
}

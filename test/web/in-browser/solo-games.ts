import { expect, test } from 'vitest'
import type { AnyGame } from '../../../src/games/game.ts'
import { shippedGames } from '../../../src/games/index.ts'
import { robot } from '../../../src/games/robot.ts'
import type { PageTab } from '../../support/browser.ts'
import type { ServeWebPages } from '../../support/web-pages.ts'

const QUESTIONS = [
  { text: 'Which port has HTTPS?', options: ['80', '443'], right: 1, explanation: '80 is plain HTTP.' },
  { text: 'Is <img src=x onerror=alert(1)> a picture?', options: ['no \u202eevil', 'yes'], right: 0 },
]

/** Returns to the lobby by keyboard alone. */
async function toLobby(tab: PageTab): Promise<void> {
  await tab.tabTo(tab.page.getByRole('link', { name: 'Parlor' }))
  await tab.page.keyboard.press('Enter')
}

/** Adds the tests of the boards for one player. */
export function testSoloGames(serve: ServeWebPages): void {
  test('plays hangman, the quiz and the robot to the end by keyboard alone, and says each turn to a screen reader', async () => {
    const { isUnlisted: _, ...listed } = robot
    const catalog = shippedGames.with([listed as AnyGame])
    const { open } = await serve({ lobby: { stock: { words: ['book'], questions: QUESTIONS }, catalog } })
    const ada = await open()
    const { page } = ada

    await ada.begin('hangman', 'ada')
    await page.locator('.status.is-on').waitFor()
    expect(await ada.tree()).toContain('img "No stroke is drawn."')
    await page.keyboard.press('b')
    await ada.untilStatus('b is letter 1. 8 misses left. Word: b, blank, blank, blank.')
    await page.keyboard.press('x')
    await ada.untilStatus('x is not in the word. 7 misses left. Word: b, blank, blank, blank.')
    expect(await ada.tree()).toMatch(
      /img "1 stroke of 8: base\.".*img "7 of 8 misses left".*button "b, hit" \[disabled\].*button "x, miss" \[disabled\]/s,
    )
    await ada.expectAccessible()
    await page.keyboard.press('o')
    await ada.untilStatus('o is letters 2 and 3.')
    await page.keyboard.press('k')
    await ada.untilStatus('You win. The word is book.')
    await page.keyboard.press('Enter')
    await ada.untilStatus('8 misses left. Word: blank, blank, blank, blank.')

    await toLobby(ada)
    await ada.tabTo(page.getByRole('radio', { name: 'no clock' }))
    for (const name of ['5 min', '10 min', '30 s a turn']) {
      await page.keyboard.press('ArrowRight')
      await page.getByRole('radio', { name, checked: true }).waitFor()
    }
    await ada.begin('quiz')
    await page.locator('.status.is-on').waitFor()
    const isFirst = (await page.locator('#question').innerText()).includes('HTTPS')
    expect(await ada.tree()).toMatch(/img "Question 1 of 2\. now\.".*progressbar "Time left".*button "A /s)
    const press = async (text: string) =>
      page.keyboard.press((await page.locator('.opt', { hasText: text }).locator('kbd').innerText()).toLowerCase())
    await press(isFirst ? '443' : 'yes')
    await page.locator('.status', { hasText: 'Question 2 of 2.' }).waitFor()
    expect(await ada.tree('.quiz__last')).toContain(isFirst ? 'region "Question 1, answered"' : 'your answer, wrong')
    await ada.expectAccessible()
    await ada.tabTo(page.locator('.opt').first())
    await page.keyboard.press('ArrowDown')
    const chosen = isFirst ? 'yes' : '443'
    if (!(await page.locator('.opt:focus').innerText()).includes(chosen)) await page.keyboard.press('ArrowUp')
    await page.keyboard.press('Enter')
    await ada.untilStatus('You lose.')
    expect(await page.locator('.quiz__last, .quiz').first().innerText()).toContain('1 of 2 answers right')
    expect(await page.locator('main img').count()).toBe(0)

    await toLobby(ada)
    await ada.begin('robot')
    await page.locator('.status.is-on').waitFor()
    expect(await ada.tree()).toContain('img "Column 6, row 6, heading north."')
    for (const key of ['ArrowRight', 'ArrowUp', 'ArrowUp', 'ArrowLeft']) {
      const before = await ada.status()
      await page.keyboard.press(key)
      await page.locator('.status.is-on', { hasNotText: before }).waitFor()
    }
    await ada.untilStatus('Column 8, row 6, heading north. 5 steps to the border.')
    await ada.expectAccessible()
    await ada.tabTo(page.getByRole('button', { name: 'Give up' }))
    await page.keyboard.press('Enter')
    await page.keyboard.press('Enter')
    await ada.untilStatus('You lose.')
  })
}

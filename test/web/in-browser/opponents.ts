import { expect, test } from 'vitest'
import type { PageTab } from '../../support/browser.ts'
import { OriginalClient, originals } from '../../support/originals.ts'
import { hasPython } from '../../support/sandboxes.ts'
import type { ServeWebPages } from '../../support/web-pages.ts'

const isTested = originals !== undefined && hasPython
if (!isTested) console.warn('Browsers do not play with the original programs, because their folder or Python is missing')

/** Plays cells of tic-tac-toe by their keys, each when it is this user's turn. */
async function playCells(tab: PageTab, cells: readonly number[]): Promise<void> {
  for (const cell of cells) {
    await tab.page.locator('.status.is-on').waitFor()
    await tab.page.keyboard.press(String(cell))
    await tab.page.locator(`[data-cell="${cell}"]:not(.is-pending):not([aria-label*="empty"])`).waitFor()
  }
}

/** Adds the tests of games against the house and against the original worksheet clients. */
export function testOpponents(serve: ServeWebPages): void {
  test('plays tic-tac-toe against the house to the end by keyboard alone', async () => {
    const { open } = await serve()
    const ada = await open()
    const { page } = ada
    await page.keyboard.press('2')
    await ada.begin('tic-tac-toe', 'ada')
    await page.locator('.cell').first().waitFor()
    expect(await ada.tree()).toMatch(/paragraph: the house , [OX]/)
    // the first move by the arrow keys, which reach a cell of any board, and the others by their numbers
    await page.locator('.status.is-on').waitFor()
    const taken = await page
      .locator('.cell')
      .evaluateAll((cells) => cells.findIndex((cell) => !cell.getAttribute('aria-label')?.includes('empty')))
    await page.keyboard.press('b')
    for (const key of taken === 4 ? ['ArrowDown', 'ArrowDown', 'End'] : ['ArrowDown', 'ArrowRight']) await page.keyboard.press(key)
    await page.keyboard.press('Enter')
    await page.locator(`[data-cell="${taken === 4 ? 9 : 5}"]:not([aria-label*="empty"])`).waitFor()
    const over = page.locator('.status', { hasText: /^(?:You win|You lose|A draw)\./ })
    while (!(await over.isVisible())) {
      await page.locator('.status', { hasText: /^(?:Your turn|You win|You lose|A draw)\./ }).waitFor()
      const free = page.locator('.cell[aria-label*="empty"]').first()
      if (!(await over.isVisible())) await playCells(ada, [Number(await free.getAttribute('data-cell'))])
    }
    await page.getByRole('button', { name: 'Rematch' }).waitFor()
    // Enter on a cell would be a move
    await page.keyboard.press('Escape')
    await page.keyboard.press('Enter')
    await page.getByLabel('Row 1, column 3, empty. Cell 3').waitFor()
  })

  test.skipIf(!isTested)('plays with original Python clients that begin and that wait, and watches an original client', async () => {
    const { open, gateway } = await serve({ programs: ['tjc/tictactoe', 'tjc/tictactoe-alternative', 'tjc/guess'] })
    const start = (script: string, program: string) => new OriginalClient(script, gateway.ports.get(program) ?? 0)
    const ada = await open()
    await ada.play('tic-tac-toe', 'ada')
    await ada.page.getByText('Waiting for an opponent').waitFor()
    const second = start('d000_game_client', 'tjc/tictactoe').type(4, 5)
    await playCells(ada, [1, 2, 3])
    await ada.untilStatus('You win. 3 in a row: 1, 2, 3.')
    await ada.page.getByText('TCP · tjc/tictactoe').waitFor()
    expect(await second.ended).toEqual({ screen: expect.stringMatching(/Opponent wins!\n\n$/), code: 0 })

    await ada.page.getByRole('link', { name: 'Parlor' }).click()
    await ada.page.locator('.game', { hasText: 'tic-tac-toe' }).click()
    await ada.page.getByText('Waiting for an opponent').waitFor()
    const first = start('ref_d000_game_client_alternative', 'tjc/tictactoe-alternative').type(1, 2, 3)
    await playCells(ada, [4, 5])
    await ada.untilStatus('You lose.')
    expect(await first.ended).toEqual({ screen: expect.stringMatching(/You win!\n\n$/), code: 0 })

    await ada.page.getByRole('link', { name: 'Parlor' }).click()
    const guesser = start('d000_guess_client', 'tjc/guess')
    await ada.page.getByRole('link', { name: 'Watch table 3,' }).click()
    await ada.page.locator('.nl').waitFor()
    guesser.type(50)
    await ada.untilStatus('50 is')
    guesser.type(1, 2, 3, 4, 5, 6)
    await ada.page.getByRole('button', { name: 'Stop watching' }).waitFor()
    await ada.page.locator('.status', { hasText: /The number was \d+\./ }).waitFor()
    expect((await guesser.ended).screen).toMatch(/(?:You win!|Game over\.)\n$/)
  })
}

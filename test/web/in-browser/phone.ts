import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import type { ServeWebPages } from '../../support/web-pages.ts'

const PORTRAIT = { width: 390, height: 844 }
const LANDSCAPE = { width: 844, height: 390 }
/** A phone with a touch screen. */
export const PHONE = { viewport: PORTRAIT, hasTouch: true, isMobile: true, reducedMotion: 'reduce' } as const

/** Runs in the page: lists the controls that are too small for a finger, and the width of a page that scrolls sideways. */
function findTightParts(): string[] {
  const controls = [...document.querySelectorAll<HTMLElement>('a, button, input, summary')]
  const tight = controls.flatMap((control) => {
    // the label around a hidden choice is the target of the finger
    const target = control.closest('label') ?? control
    const { width, height } = target.getBoundingClientRect()
    const isHidden = width <= 1 || height <= 1 || control.matches('.skip, .more')
    return isHidden || (Math.round(width) >= 44 && Math.round(height) >= 44) ? [] : [`${control.className} ${width} × ${height}`]
  })
  const { scrollWidth, clientWidth } = document.documentElement
  return scrollWidth > clientWidth ? [...tight, `the page is ${scrollWidth} wide`] : tight
}

/** Checks that a finger can press every control of the view, and that the view is as wide as the screen. */
export async function expectRoomy(page: Page): Promise<void> {
  expect(await page.locator('button').count()).toBeGreaterThan(2)
  expect(await page.evaluate(findTightParts)).toEqual([])
}

/** Adds the test of a player on a phone. */
export function testPhone(serve: ServeWebPages): void {
  test('a friend on a phone accepts an invitation, turns the phone, finds the way back to the game, and challenges the friend', async () => {
    const { open } = await serve()
    const ada = await open()
    await ada.page.keyboard.press('3')
    await ada.begin('tic-tac-toe', 'ada')
    const { hash } = new URL(await ada.page.getByLabel('Link for your friend').inputValue())
    await ada.page.getByText('The link works on this computer only.').waitFor()
    const tim = await open(hash, undefined, PHONE)
    const { page } = tim
    await page.getByRole('dialog').getByText('A friend invites you to a game.').waitFor()
    await expectRoomy(page)
    // the form closes by mistake, and the invitation stays
    await page.getByRole('button', { name: 'Close' }).tap()
    const invitation = page.getByRole('status').filter({ hasText: 'A friend invites you to a game.' })
    await expectRoomy(page)
    await invitation.getByRole('button', { name: 'Play' }).tap()
    await page.locator('dialog input').fill('tim')
    await page.keyboard.press('Enter')
    await page.locator('.cell').first().waitFor()
    await page.getByText('The game is private: the link works only for its players.').waitFor()
    expect(await page.getByText('From a terminal').count()).toBe(0)
    await page.getByRole('button', { name: 'Draw' }).tap()
    await page.getByRole('button', { name: 'Yes' }).tap()
    await ada.page.getByRole('button', { name: 'Decline' }).click()
    await page.getByRole('status').getByText('ada declines.').waitFor()
    await expectRoomy(page)
    await page.setViewportSize(LANDSCAPE)
    const board = await page.locator('.stage').boundingBox()
    expect(board?.height).toBeLessThanOrEqual(LANDSCAPE.height)
    await expectRoomy(page)
    await page.setViewportSize(PORTRAIT)
    await page.goBack()
    const own = page.getByRole('region', { name: 'Your games' })
    await own.getByRole('link', { name: 'Go on' }).waitFor()
    expect((await own.boundingBox())?.y).toBeLessThan(PORTRAIT.height / 2)
    await expectRoomy(page)
    await own.getByRole('link', { name: 'Go on' }).tap()
    await page.getByRole('button', { name: 'Resign' }).tap()
    await page.getByRole('button', { name: 'Yes' }).tap()
    await tim.untilStatus('You lose.')
    await expectRoomy(page)

    const eve = await open(hash, undefined, PHONE)
    await eve.page.locator('dialog input').fill('eve')
    await eve.page.keyboard.press('Enter')
    const used = eve.page.getByRole('alert').filter({ hasText: 'The invitation is not open now.' })
    await used.getByRole('button', { name: 'Try again' }).waitFor()
    await eve.expectAccessible()
    await used.getByRole('button', { name: 'Close' }).tap()
    await used.waitFor({ state: 'detached' })

    // a user who does not see the lobby sees challenges and turns
    await eve.page.getByRole('button', { name: 'Challenge ada' }).tap()
    await eve.page.locator('.game', { hasText: 'tic-tac-toe' }).tap()
    const notes = ada.page.getByRole('complementary', { name: 'Challenges and turns' })
    await notes.getByText('eve challenges you').waitFor()
    await ada.expectAccessible()
    await notes.getByRole('button', { name: 'Accept' }).click()
    await Promise.all([ada, eve].map((tab) => tab.page.getByLabel('Row 1, column 1, empty. Cell 1').waitFor()))
    if (await ada.page.locator('.status.is-on').isVisible()) {
      await ada.page.getByLabel('Cell 5').click()
      await eve.untilStatus('Your turn.')
    }
    await ada.page.goto(ada.page.url().replace(/#.*/, '#ladder'))
    expect(await notes.count()).toBe(0)
    await eve.page.getByLabel('Cell 1').tap()
    await notes.getByRole('link', { name: 'Go on at table 2' }).click()
    await ada.untilStatus('Your turn.')
    expect(await notes.count()).toBe(0)

    // a name of the widest letters, on the board that repeats names
    const wide = await open('', undefined, PHONE)
    await wide.page.locator('label', { hasText: 'the house' }).tap()
    await wide.play('scissor, paper, stone', 'W'.repeat(20))
    await wide.page.getByText('Sealed').first().waitFor()
    await expectRoomy(wide.page)
  })
}

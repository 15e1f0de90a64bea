import type { Page, WebSocketRoute } from 'playwright-core'
import { expect, test } from 'vitest'
import { type Clock, createSystemClock } from '../../../src/base/clock.ts'
import type { ServeWebPages } from '../../support/web-pages.ts'
import { logIn, PASSWORD, register } from './accounts.ts'

/** Milliseconds after which a login session has ended. */
const MONTH = 31 * 24 * 3600 * 1000

/** CuttableSockets are the WebSockets of a page, which a test can break without a word. */
class CuttableSockets {
  #last: WebSocketRoute | undefined

  /** Connects the WebSockets of a page to its server. */
  readonly attach = async (page: Page): Promise<void> => {
    await page.routeWebSocket(/\/ws$/, (socket) => {
      this.#last = socket
      socket.connectToServer()
    })
  }

  async cut(): Promise<void> {
    await this.#last?.close()
  }
}

/** Adds the tests of users with several tabs, and of logins that end. */
export function testSessions(serve: ServeWebPages): void {
  test('shows the same game in two tabs of a user, who moves in both', async () => {
    const { open, openBeside } = await serve()
    const [ada, eve] = [await open(), await open()]
    await register(ada, 'ada')
    const beside = await openBeside(ada)
    await beside.page.locator('.bar__name', { hasText: 'ada' }).waitFor()
    await ada.play('tic-tac-toe')
    await eve.page.getByRole('button', { name: 'Sit with ada' }).click()
    await eve.page.locator('dialog input').fill('eve')
    await eve.page.keyboard.press('Enter')
    const tabs = [ada, beside, eve]
    await Promise.all(tabs.map(({ page }) => page.locator('.cell').first().waitFor()))
    const isFirst = (await ada.status()).startsWith('Your turn')
    const movers = isFirst ? [ada, eve, beside, eve, ada] : [eve, ada, eve, beside, eve]
    for (const [at, cell] of ['1', '4', '2', '5', '3'].entries()) {
      await movers[at]?.page.locator('.status.is-on').waitFor()
      await movers[at]?.page.keyboard.press(cell)
      const marked = `[data-cell="${cell}"]:not(.is-pending):not([aria-label*="empty"])`
      await Promise.all(tabs.map(({ page }) => page.locator(marked).waitFor()))
    }
    await Promise.all([ada, beside].map((tab) => tab.untilStatus(isFirst ? 'You win.' : 'You lose.')))
    expect(await beside.tree('.moves')).toBe(await ada.tree('.moves'))

    await beside.page.getByRole('button', { name: 'Log out' }).first().click()
    await beside.page.getByRole('button', { name: 'Log in' }).waitFor()
    await ada.page.reload()
    await ada.page.getByRole('button', { name: 'Log in' }).waitFor()
  })

  test('connects only one copy of a guest’s tab, and lets the user choose the copy', async () => {
    const { open, copy } = await serve()
    const ada = await open()
    await ada.page.keyboard.press('2')
    await ada.play('tic-tac-toe', 'ada')
    await ada.untilStatus('turn')
    let [here, there] = [ada, await copy(ada)]
    for (let times = 0; times < 2; times++) {
      await here.page.getByRole('alert').getByText('You are connected in another tab of this browser.').waitFor()
      await there.page.getByRole('button', { name: 'Resign' }).and(there.page.locator(':enabled')).waitFor()
      await here.expectAccessible()
      await here.page.getByRole('button', { name: 'Connect here' }).click()
      ;[here, there] = [there, here]
    }
    // also in the lobby, in which no seat has a token
    await there.page.getByRole('button', { name: 'Resign' }).click()
    await there.page.getByRole('button', { name: 'Yes' }).click()
    await there.untilStatus('You lose.')
    await here.page.getByRole('button', { name: 'Connect here' }).click()
    await there.page.getByRole('alert').getByText('You are connected in another tab of this browser.').waitFor()
    // the game has ended without this tab
    await here.untilStatus('ada resigned.')
    await here.page.getByRole('link', { name: /^ada/ }).waitFor()
  })

  test('says that a login has ended, reserves the seat for the user, and gives the next user no seat', async () => {
    const system = createSystemClock()
    let ahead = 0
    const clock: Clock = { ...system, now: () => system.now() + ahead }
    const { open, openBeside } = await serve({ lobby: { clock } })
    const sockets = new CuttableSockets()
    const ada = await open('', sockets.attach)
    const { page } = ada
    await register(ada, 'ada')
    await page.keyboard.press('2')
    await ada.play('tic-tac-toe')
    await page.getByRole('button', { name: 'Resign' }).waitFor()
    const ended = page.getByRole('alert').getByText('Your login has ended. Log in again.')
    ahead = MONTH
    await sockets.cut()
    await ended.waitFor()
    // without the login, the user is a watcher
    await page.getByRole('button', { name: 'Stop watching' }).waitFor()
    await ada.expectAccessible()
    await logIn(ada, 'ada', PASSWORD)
    await page.getByRole('button', { name: 'Resign' }).waitFor()
    ahead += MONTH
    await page.reload()
    await ended.waitFor()
    await logIn(ada, 'ada', PASSWORD)
    await page.getByRole('button', { name: 'Resign' }).waitFor()
    await ada.reloadUntilNamed()
    await ada.untilStatus('Your turn.')

    // the next user of the browser has no seat of ada's, although the tab remembers the token of a new seat
    await page.getByRole('link', { name: 'Parlor' }).click()
    await page.locator('.game').first().waitFor()
    await page.keyboard.press('2')
    await ada.play('tic-tac-toe')
    await page.locator('.tbar', { hasText: 'table 2' }).waitFor()
    const beside = await openBeside(ada)
    await beside.page.getByRole('button', { name: 'Log out' }).click()
    await register(beside, 'bob')
    await page.reload()
    await page.locator('.bar__name', { hasText: 'bob' }).waitFor()
    await page.getByRole('button', { name: 'Stop watching' }).waitFor()
  })
}

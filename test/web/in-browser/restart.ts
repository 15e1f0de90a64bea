import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { expect, onTestFinished, test } from 'vitest'
import { PageTab } from '../../support/browser.ts'
import { startServe } from '../../support/process.ts'
import { register } from './accounts.ts'

/** Starts a server process with the page at a port, and returns the server and the address of the page. */
async function start(data: string, port: number) {
  const { server } = await startServe(['parlor/door'], '--data', data, '--web', `127.0.0.1:${port}`)
  onTestFinished(() => server[Symbol.asyncDispose]())
  const { web } = JSON.parse(server.output) as { readonly web: { readonly url: string } }
  return { server, url: web.url }
}

/** Waits until the server has confirmed the mark in a cell. */
function untilMarked({ page }: PageTab, cell: number): Promise<void> {
  return page.locator(`[data-cell="${cell}"]:not(.is-pending):not([aria-label*="empty"])`).waitFor()
}

/** Adds the test of a server process that is killed and restarted. */
export function testRestart(browser: () => Browser): void {
  test('continues a game in two browsers after kill -9 and a restart, without a lost or repeated move', async () => {
    const data = await mkdtemp(join(tmpdir(), 'parlor-restart-'))
    onTestFinished(() => rm(data, { recursive: true, force: true }))
    const { server, url } = await start(data, 0)
    const [ada, eve] = await Promise.all([PageTab.open(browser(), url), PageTab.open(browser(), url)])
    const tabs = [ada, eve]
    onTestFinished(() => Promise.all(tabs.map(({ page }) => page.context().close())).then(() => {}))

    // a registered user, whose login is in a cookie, and a guest, whose seat is in the memory of the tab
    await register(ada, 'ada')
    await ada.begin('tic-tac-toe')
    await eve.tabTo(eve.page.getByRole('button', { name: 'Sit with ada' }))
    await eve.page.keyboard.press('Enter')
    await eve.page.locator('dialog input').fill('eve')
    await eve.page.keyboard.press('Enter')
    await Promise.all(tabs.map(({ page }) => page.locator('.cell').first().waitFor()))
    const [first, second] = (await ada.status()).startsWith('Your turn') ? [ada, eve] : [eve, ada]
    await first.page.keyboard.press('1')
    await Promise.all(tabs.map((tab) => untilMarked(tab, 1)))
    await first.page.keyboard.press('/')
    await first.page.keyboard.type('before the end')
    await first.page.keyboard.press('Enter')
    await second.page.locator('.talk', { hasText: 'before the end' }).waitFor()
    await first.page.keyboard.press('Escape')

    // the server never reads this move, so the page has to send it again
    server.signal('SIGSTOP')
    await second.page.keyboard.press('5')
    await second.untilStatus('Cell 5 is sent, not confirmed.')
    server.signal('SIGKILL')
    await Promise.all(tabs.map(({ page }) => page.getByRole('alert').getByText('Connection lost. Your seat is reserved.').waitFor()))
    const [again] = await Promise.all([start(data, Number(new URL(url).port)), ada.expectAccessible()])
    await Promise.all(tabs.map((tab) => untilMarked(tab, 5)))
    for (const [at, cell] of [2, 4, 3].entries()) {
      const tab = at % 2 === 0 ? first : second
      // the page shows the position during the outage, too, but accepts a move only when it has the seat again
      await tab.page.locator('.status.is-on').waitFor()
      await tab.page.keyboard.press(String(cell))
      await Promise.all(tabs.map((one) => untilMarked(one, cell)))
    }
    await Promise.all([first.untilStatus('You win. 3 in a row: 1, 2, 3.'), second.untilStatus('You lose.')])
    expect(await second.tree('.talk:not(.missed)')).toContain('before the end')
    await ada.reloadUntilNamed()

    const record = (await (await fetch(`${url}api/tables/1/record`)).json()) as {
      readonly events: readonly { readonly what: { readonly type: string }; readonly move?: string }[]
    }
    expect(record.events.flatMap(({ what, move }) => (what.type === 'moved' ? [move] : []))).toEqual(['1', '5', '2', '4', '3'])

    again.server.signal('SIGTERM')
    await Promise.all(tabs.map(({ page }) => page.getByText('The server ended the connection: the server was stopped.').waitFor()))
    // an attempt to connect may fail while no server listens, and the page then asks the server for the reason
    const expected = /WebSocket connection to|net::ERR_(?:CONNECTION|SOCKET|EMPTY)/
    expect(tabs.flatMap(({ troubles }) => troubles).filter((trouble) => !expected.test(trouble))).toEqual([])
  })
}

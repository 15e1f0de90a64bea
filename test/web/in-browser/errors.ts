import { expect, test } from 'vitest'
import { FakeServer } from '../../support/fake-server.ts'
import type { ServeWebPages } from '../../support/web-pages.ts'

/** Adds the tests of what the page says if the server skips events, stops, or is newer. */
export function testErrors(serve: ServeWebPages): void {
  test('says that events are skipped, that the server has stopped, and that the page is older than the server', async () => {
    const { open } = await serve()
    const server = new FakeServer()
    const tab = await open('#t/17', server.attach)
    const { page } = tab
    await page.getByText('Back after 411 events.').waitFor()
    await tab.untilStatus('Your turn.')
    await tab.expectAccessible()
    await server.stop()
    await page.getByText('The server ended the connection: the server was stopped.').waitFor()
    await page.getByRole('button', { name: 'Try now' }).click()
    await page.getByRole('heading', { name: 'The server has ended the connection' }).waitFor()
    expect(await page.locator('main').ariaSnapshot()).toContain('Your game at table 17 is saved after move 0.')
    await tab.expectAccessible()
    server.mode = 'newer'
    await page.getByRole('button', { name: 'Try now' }).click()
    await page.getByRole('alert').getByText('A new version is here.').waitFor()
    await tab.expectAccessible()
  })
}

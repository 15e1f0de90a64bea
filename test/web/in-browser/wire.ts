import { mkdir } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { LineSocket } from '../../support/line-socket.ts'
import type { ServeWebPages } from '../../support/web-pages.ts'

const TICTACTOE = 'tjc/tictactoe'

/** Adds the tests of the wire view. */
export function testWire(serve: ServeWebPages): void {
  test('shows the bytes of a program of this machine, and its violation in red within a second', async () => {
    const { open, gateway } = await serve({ programs: [TICTACTOE] })
    const tab = await open()
    const { page } = tab
    await page.getByRole('link', { name: 'See the bytes of your program' }).click()
    await page.getByRole('heading', { name: 'Waiting for your program' }).waitFor()
    await page.getByText(`port ${gateway.ports.get(TICTACTOE)}`).waitFor()
    await tab.expectAccessible()
    const program = new LineSocket(gateway.ports.get(TICTACTOE) ?? 0)
    await page.locator('.wrow.B').first().waitFor()
    const sentAt = performance.now()
    program.say('low<img src=x>\u202e')
    await page.locator('.wrow.is-bad.A .wnote--illegal').waitFor()
    expect(performance.now() - sentAt).toBeLessThan(1000)
    expect(await page.locator('.wrow.is-bad .wnote').first().innerText()).toContain('the client')
    expect(await page.locator('.wrow.is-bad .bytes').first().getAttribute('aria-label')).toContain('low<img src=x>')
    expect(await page.locator('img').count()).toBe(0)
    await program.gone
    await page.locator('.wire__state', { hasText: 'Closed' }).waitFor()
    await tab.expectAccessible()
    await page.locator('body').press('v')
    expect(await page.locator('.wrow.is-bad:focus').count()).toBe(1)
    // the remedy is loaded with a press, and its code is in the language that the user has chosen last
    const remedy = page.locator('.wrow.is-bad .remedy').first()
    await remedy.locator('summary', { hasText: 'spelling' }).click()
    await remedy.getByText('A protocol compares bytes').waitFor()
    await remedy.getByText('s.sendall(b"QUIT\\n")').waitFor()
    await remedy.getByLabel('JavaScript').check()
    await remedy.getByText("socket.write('QUIT\\n')").waitFor()
    await tab.expectAccessible()
    await page.locator('body').press('v')
    await page.keyboard.press('f')
    await page.keyboard.type('no such text')
    await page.getByText('No row matches the filter.').waitFor()
    await page.getByLabel('Filter', { exact: true }).fill('')
    const saved = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Save as .pcapng' }).click()
    expect((await saved).suggestedFilename()).toMatch(/^tjc-tictactoe-\d+\.pcapng$/)
    const folder = process.env.PARLOR_WIRE_PICTURES
    if (folder !== undefined) {
      await mkdir(folder, { recursive: true })
      await (await saved).saveAs(`${folder}/wire.pcapng`)
      for (const width of [390, 1280, 1920])
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.setViewportSize({ width, height: 800 })
          await page.emulateMedia({ colorScheme })
          await page.screenshot({ path: `${folder}/wire-${width}-${colorScheme}.png` })
        }
    }
  })
  test('shows a player in a browser the messages of the page, without the password', async () => {
    const { open } = await serve()
    const tab = await open()
    const { page } = tab
    await tab.play('tic-tac-toe', 'ada')
    await page.getByText('Waiting for an opponent').waitFor()
    await page.getByRole('link', { name: 'Wire' }).click()
    await page.getByRole('link', { name: 'This page' }).click()
    await page.getByRole('heading', { name: 'This page' }).waitFor()
    await page.locator('.wrow.A', { hasText: 'seek' }).waitFor()
    const rows = page.locator('.wrow')
    const before = await rows.count()
    await page.getByLabel('Filter', { exact: true }).fill('"enter"')
    await page.locator('.wrow.A', { hasText: 'enter' }).waitFor()
    expect(await rows.count()).toBeLessThan(before)
    await page.getByLabel('Filter', { exact: true }).fill('')
    await tab.expectAccessible()
    await page.getByLabel('Filter', { exact: true }).blur()
    await page.keyboard.press('?')
    await page.getByText('the next violation').waitFor()
    await page.keyboard.press('Escape')
    await page.reload()
    await page.getByRole('heading', { name: 'This page' }).waitFor()
    await page.locator('.wrow.B', { hasText: 'hello' }).waitFor()
  })

  test('draws the last 300 rows of a long conversation, and earlier rows after a press', async () => {
    const { open, gateway } = await serve({ programs: ['tjc/chat'] })
    const { page } = await open('#wire')
    await page.getByRole('heading', { name: 'Waiting for your program' }).waitFor()
    const program = new LineSocket(gateway.ports.get('tjc/chat') ?? 0)
    for (let line = 0; line < 155; line++) {
      await program.hear()
      program.say(`line ${line}`)
    }
    const rows = page.locator('[data-row]')
    const more = page.getByRole('button', { name: /^Show \d+ earlier rows of \d+$/ })
    await page.locator('[data-row="310"]').waitFor()
    await more.waitFor()
    expect(await rows.count()).toBe(300)
    await more.press('Enter')
    await page.locator('[data-row="1"]').waitFor()
    expect(await more.count()).toBe(0)
    program.close()
  })
}

import { expect, test } from 'vitest'
import type { ServeWebPages } from '../../support/web-pages.ts'

/** Adds the test of the dialogs and notes of the lobby, which no game opens. */
export function testViews(serve: ServeWebPages): void {
  test('opens every dialog and note of the lobby by keyboard alone, without a violation of axe', async () => {
    const { open } = await serve()
    const [ada, eve] = [await open(), await open()]
    const { page } = ada
    const { keyboard } = page
    await keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keys' }).waitFor()
    expect(await ada.tree('dialog')).toMatch(/term: Enter\s+- definition: play/)
    await ada.expectAccessible()
    await keyboard.press('Escape')
    await ada.tabTo(page.getByRole('button', { name: 'Log in' }))
    await keyboard.press('Enter')
    await page.getByRole('dialog', { name: 'Log in' }).waitFor()
    await ada.expectAccessible()
    await ada.tabTo(page.locator('dialog').getByRole('button', { name: 'Register a name' }))
    await keyboard.press('Enter')
    await page.getByRole('dialog', { name: 'Register a name' }).waitFor()
    expect(await ada.tree('dialog')).toMatch(/textbox "Name".*textbox "Password/s)
    await ada.expectAccessible()
    await keyboard.press('Escape')

    await keyboard.press('3')
    await ada.begin('scissor, paper, stone', 'ada')
    await page.getByRole('status').getByText('Send this link to a friend.').waitFor()
    await ada.expectAccessible()
    await ada.tabTo(page.getByRole('button', { name: 'Cancel' }))
    await keyboard.press('Enter')
    await page.getByText('Send this link to a friend.').waitFor({ state: 'detached' })

    await eve.tabTo(eve.page.getByRole('button', { name: 'Challenge ada' }))
    await eve.page.keyboard.press('Enter')
    expect(await eve.tree()).toContain('radio "ada" [checked]')
    await eve.begin('tic-tac-toe', 'eve')
    await eve.page.getByRole('status').getByText('Waiting for the answer of ada').waitFor()
    await eve.expectAccessible()
    const challenge = page.getByRole('status').filter({ hasText: 'eve challenges you' })
    await challenge.waitFor()
    await ada.expectAccessible()
    await ada.tabTo(challenge.getByRole('button', { name: 'Decline' }))
    await keyboard.press('Enter')
    await eve.page.getByRole('alert').getByText('ada declines.').waitFor()
    await eve.expectAccessible()

    await ada.tabTo(page.getByRole('button', { name: 'Write to eve' }))
    await keyboard.press('Enter')
    await page.getByLabel('Message to eve').waitFor()
    await keyboard.type('later')
    await keyboard.press('Enter')
    await eve.page.getByRole('log', { name: 'Messages' }).getByText('later').waitFor()
    expect(await eve.tree('aside')).toMatch(/log "Messages":\s+- list:\s+- listitem:\s+- text: ada later/)
    await eve.expectAccessible()

    // the button for the theme, in a system with the other theme
    await ada.tabTo(page.getByRole('button', { name: 'Theme: system. Change' }))
    await keyboard.press('Enter')
    await page.getByRole('button', { name: 'Theme: light. Change' }).waitFor()
    await ada.expectAccessible()
    await keyboard.press('Enter')
    await page.getByRole('button', { name: 'Theme: dark. Change' }).waitFor()
    await ada.expectAccessible()
  })
}

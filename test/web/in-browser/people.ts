import { expect, test } from 'vitest'
import type { ServeWebPages } from '../../support/web-pages.ts'
import { logIn, PASSWORD, register } from './accounts.ts'

/** Adds the tests of accounts, ladders and lists of games. */
export function testPeople(serve: ServeWebPages): void {
  test('ranks users with hostile names, lists their games with a chart, and lets them change, leave and delete the account', async () => {
    const stock = { questions: [{ text: 'yes?', options: ['yes', 'no'], right: 0 }] }
    const { open, gateway } = await serve({ programs: ['parlor/door'], lobby: { stock } })
    const eve = await open()
    const { page } = eve
    await page.getByText(`nc 127.0.0.1 ${gateway.ports.get('parlor/door')}`).waitFor()
    await eve.expectSteady()
    const name = 'eve <img src=x>'
    await register(eve, name)
    for (let game = 0; game < 2; game++) {
      await page.getByRole('link', { name: 'Parlor' }).click()
      await page.locator('.game', { hasText: 'quiz' }).click()
      await page.locator('.status.is-on').waitFor()
      await page.keyboard.press(game === 0 ? 'a' : 'b')
      await page.locator('.acts', { hasText: 'Play again' }).waitFor()
    }

    // in another browser, without a login, by links
    const reader = await open('#ladder/quiz')
    await reader.page.getByRole('row', { name: /^1 eve <img src=x> 1 2$/ }).waitFor()
    await reader.expectAccessible()
    await reader.page.getByRole('link', { name: name }).click()
    await reader.page.locator('canvas').waitFor()
    const tree = await reader.page.locator('main').ariaSnapshot()
    expect(tree).toContain('row "quiz alone 0 points')
    expect(tree).toMatch(/img "Points over 2 games: [01] after the first game, 1 after the last game\."/)
    await reader.expectAccessible()
    await reader.expectSteady()
    await reader.page.getByRole('link', { name: 'Finished' }).click()
    await reader.page.getByRole('link', { name: 'Replay 2' }).waitFor()
    await reader.expectAccessible()
    await reader.page.getByRole('link', { name: 'Replay 2' }).click()
    await reader.untilStatus('Before the first move.')
    await reader.page.goto(`${gateway.url}/#nothing/here`)
    await reader.page.getByRole('heading', { name: 'No such page' }).waitFor()
    await reader.expectAccessible()
    expect(await reader.page.locator('img').count()).toBe(0)

    await page.getByRole('link', { name: /^eve/ }).click()
    await page.getByRole('link', { name: 'Account' }).click()
    await eve.expectAccessible()
    const change = page.locator('form', { hasText: 'Change password' })
    await change.getByLabel('Present password').fill('wrong password')
    await change.getByLabel('New password').fill('another password')
    await page.keyboard.press('Enter')
    await change.getByRole('alert').waitFor()
    await change.getByLabel('Present password').fill(PASSWORD)
    await change.getByLabel('New password').press('Enter')
    await page.getByText('The password is changed.').waitFor()
    await eve.reloadUntilNamed()
    await page.getByRole('button', { name: 'Log out' }).first().click()
    await page.getByText('Log in to see your account.').waitFor()
    await logIn(eve, name, PASSWORD)
    await page.locator('dialog').getByRole('alert').waitFor()
    eve.expectOnly(/401/)
    await page.locator('dialog input[name=password]').fill('another password')
    await page.keyboard.press('Enter')
    const remove = page.locator('form', { hasText: 'Delete account' })
    await remove.getByLabel('Password').fill('another password')
    await page.keyboard.press('Enter')
    await page.getByText('Log in to see your account.').waitFor()
    expect(await page.locator('img').count()).toBe(0)
  })
}

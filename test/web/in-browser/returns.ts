import { expect, test } from 'vitest'
import type { PageTab } from '../../support/browser.ts'
import { TestClock } from '../../support/test-clock.ts'
import type { WebClient } from '../../support/web-client.ts'
import type { ServeWebPages } from '../../support/web-pages.ts'

const PASSWORD = 'looms and numbers'

async function logIn({ page }: PageTab, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.locator('dialog input[name=name]').fill(name)
  await page.locator('dialog input[name=password]').fill(PASSWORD)
  await page.keyboard.press('Enter')
  await page.locator('.bar__name').waitFor()
}

/** Plays a rated game that the first user resigns, and waits until the ladder counts it. */
async function resignRated(one: WebClient, other: WebClient): Promise<void> {
  for (const user of [one, other]) await user.ask({ type: 'seek', game: 'tictactoe', rated: true })
  const seats = () => one.all('seated').length
  const before = one.all('recorded').length
  await one.until(() => seats() > before)
  await one.ask({ type: 'resign', table: one.all('seated').at(-1)?.table ?? 0 })
  await one.until(() => one.all('recorded').length > before)
}

/** Adds the tests of absent players, of users who come back, and of sessions. */
export function testReturns(serve: ServeWebPages): void {
  test('gives an absent opponent more time, says what its user has missed, and replays a private game to its players alone', async () => {
    const clock = new TestClock(Date.now())
    const { open, gateway } = await serve({ lobby: { clock } })
    const bob = await gateway.browser({ name: 'bob' })
    const { code } = (await bob.ask({ type: 'seek', game: 'tictactoe', private: true, seats: [0] })) as { readonly code?: string }
    const ada = await open(`#join/${code}`, (page) => page.clock.install())
    const { page } = ada
    await page.locator('dialog input').fill('ada')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Resign' }).waitFor()
    const { table, token = '' } = await bob.first('seated')
    bob.socket.terminate()
    await page.getByText('connection closed for').waitFor()
    await clock.pass(30_000)
    await page.clock.fastForward(31_000)
    await page.getByRole('button', { name: 'Claim the win' }).waitFor()
    await ada.expectAccessible()
    await page.getByRole('button', { name: 'Wait longer' }).click()
    await page.getByText('Your opponent has more time to return.').waitFor()
    expect(await page.getByRole('button', { name: 'Claim the win' }).count()).toBe(0)

    // while ada is away, bob comes back
    await page.goto('about:blank')
    const again = await gateway.browser()
    await again.ask({ type: 'resume', token })
    await again.ask({ type: 'play', table, move: '5' })
    await again.ask({ type: 'say', table, text: 'hello <img src=x> \u202eevil' })
    await page.goto(`${gateway.url}/#t/${table}`)
    await page.getByRole('region', { name: 'While you were away' }).waitFor()
    const missed = await page.getByRole('list', { name: 'While you were away' }).ariaSnapshot()
    expect(missed).toMatch(/bob came back\..*bob played 5\..*bob said: hello <img src=x> \\+u202eevil/s)
    await ada.expectAccessible()
    await page.getByRole('region', { name: 'While you were away' }).getByRole('button', { name: 'Close' }).click()
    expect(await page.getByText('bob played 5.').count()).toBe(0)

    await again.ask({ type: 'resign', table })
    await ada.untilStatus('You win.')
    await page.keyboard.press('r')
    await ada.untilStatus('Before the first move.')
    await page.getByText('The game is private.').waitFor()
    await ada.expectAccessible()
    const link = await page.getByLabel('Link to this table').inputValue()
    expect(link).toMatch(/#t\/\d+\/0\/[0-9A-Z]{26}$/)
    const holder = await open(new URL(link).hash)
    await holder.untilStatus('Before the first move.')
    expect(holder.page.url()).toBe(`${gateway.url}/#t/${table}/0`)
    await holder.page.keyboard.press('End')
    await holder.untilStatus('Move 1')
    const stranger = await open(`#t/${table}/0`)
    await stranger.page.getByRole('heading', { name: `No table ${table}` }).waitFor()
    expect(await page.locator('main img').count()).toBe(0)
    // the read API has public games alone
    for (const tab of [ada, holder, stranger]) tab.expectOnly(/404/)
  })

  test('lists the sessions of a user, ends one, and draws the rating after each rated game', async () => {
    const { open, gateway } = await serve()
    const [eve, bob] = [await gateway.browser(), await gateway.browser()]
    await eve.ask({ type: 'register', name: 'eve', password: PASSWORD })
    await bob.ask({ type: 'register', name: 'bob', password: PASSWORD })
    await resignRated(eve, bob)
    await resignRated(bob, eve)
    const [tab, other] = [await open(), await open()]
    await logIn(other, 'eve')
    await logIn(tab, 'eve')
    const { page } = tab
    await page.locator('.bar__name').click()
    await page.locator('canvas').waitFor()
    expect(await page.locator('main').ariaSnapshot()).toMatch(
      /img "Rating over 2 games: \d+ after the first game, \d+ after the last game\."/,
    )
    await page.getByText('As a table').click()
    expect(await page.getByRole('table', { name: 'Rating' }).getByRole('row').count()).toBe(3)
    await tab.expectAccessible()
    await page.getByRole('link', { name: 'Account' }).click()
    await page.getByText('This browser').waitFor()
    await page.getByText('1 other connection without a session').waitFor()
    await tab.expectAccessible()
    await tab.expectSteady()
    await page.getByRole('button', { name: /^End Logged in/ }).click()
    await page.getByText('1 session and 1 other connection ended.').waitFor()
    await other.page.getByRole('button', { name: 'Log in' }).waitFor()
    await page.getByRole('button', { name: 'End all other sessions and connections' }).click()
    await page.getByText('0 sessions and 1 other connection ended.').waitFor()
    expect(await eve.closed).toBeGreaterThan(0)
    await tab.reloadUntilNamed()
  })
}

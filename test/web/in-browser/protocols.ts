import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { connectFour } from '../../../examples/plugins/connect-four.ts'
import { programs as connectFourPrograms } from '../../../examples/plugins/connect-four-wire.ts'
import type { AnyGame } from '../../../src/games/game.ts'
import { shippedGames } from '../../../src/games/index.ts'
import type { Program } from '../../../src/protocol/definition.ts'
import type { ServeWebPages } from '../../support/web-pages.ts'

/** A part of the view by its heading, and the line in it that says in which state the conversation is. */
function partOf(page: Page, heading: string) {
  const part = page.getByRole('region', { name: heading, exact: true })
  return { part, untilState: (text: string) => part.getByRole('status').filter({ hasText: text }).waitFor() }
}

/** Adds the tests of the views of protocols. */
export function testProtocols(serve: ServeWebPages): void {
  test('steps through a protocol by the keyboard, and plays it byte by byte to its end and to a violation', async () => {
    const { open } = await serve({ programs: ['tjc/guess', 'tjc/robot'] })
    const tab = await open()
    const { page } = tab
    await page.getByRole('link', { name: 'Protocols' }).click()
    await page.getByRole('heading', { name: 'Protocols' }).waitFor()
    await page.getByRole('link', { name: 'tjc/robot' }).waitFor()
    await tab.expectAccessible()
    await page.getByRole('link', { name: 'tjc/guess' }).click()

    const step = partOf(page, 'Step through it')
    await step.untilState('State: start. It is the turn of the server. Legal messages:')
    await page.keyboard.press('1')
    await step.untilState('State: guessing. It is the turn of the client.')
    await page.keyboard.press('1')
    await step.untilState('State: judging. It is the turn of the server.')
    expect(await page.locator('.auto .here').getAttribute('data-state')).toBe('judging')
    expect(await page.locator('.auto .was').count()).toBe(2)
    const tree = await page.locator('main').ariaSnapshot()
    expect(tree).toContain('img "5 states. The present state is judging. The table of states has all messages."')
    expect(tree).toMatch(/log "Messages so far":[\s\S]*group "Legal messages":\s+- 'button "1 server: LOW"'\s+- 'button "2 server: HIGH"'/)
    await tab.expectAccessible()
    await page.keyboard.press('ArrowLeft')
    await step.untilState('State: guessing.')
    await page.keyboard.press('ArrowRight')
    await step.untilState('State: judging.')
    // a press leaves the focus among the legal messages, whose number changes
    await page.getByRole('button', { name: '4 server: Please enter number 1 to 100' }).press('Enter')
    await step.untilState('State: missed.')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await step.untilState('State: end. The conversation is over.')
    await page.keyboard.press('Home')
    await step.untilState('State: start.')
    await tab.expectSteady()

    const trial = partOf(page, 'Try it')
    await page.getByRole('button', { name: 'Play it here' }).press('Enter')
    await trial.untilState('State: guessing. It is your turn.')
    expect(await page.getByRole('link', { name: 'Watch a connection' }).getAttribute('href')).toBe('#wire')
    const field = page.getByLabel('Bytes to send')
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-describedby'))).toBe('bytes-hint')
    await field.fill('5\\q')
    await page.getByText('\\q is no escape').waitFor()
    await field.fill('5')
    await field.press('Enter')
    await page.getByText('from the client: no whole message yet').waitFor()
    await page.getByRole('radio', { name: 'Hex' }).check()
    await field.fill('30 0a')
    await field.press('Enter')
    await trial.part.getByRole('img', { name: '50\\n, 3 bytes' }).waitFor()
    await page.getByRole('radio', { name: 'Text' }).check()
    for (let tries = 1; tries < 5; tries++) {
      await trial.untilState('State: guessing. It is your turn.')
      await trial.part.getByRole('button', { name: '{number} …' }).click()
      expect(await field.inputValue()).toBe('50\\n')
      await field.fill('0\\n')
      await field.press('Enter')
      await trial.part
        .getByRole('img', { name: '0\\n, 2 bytes' })
        .nth(tries - 1)
        .waitFor()
    }
    await trial.untilState('The trial is over.')
    await page.getByText('The server has closed the connection. The conversation is over.').waitFor()
    expect(await page.locator('.auto .here').getAttribute('data-state')).toBe('end')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Connect again')
    await tab.expectAccessible()

    await page.getByRole('link', { name: 'All protocols' }).click()
    await page.getByRole('link', { name: 'tjc/robot' }).click()
    await page.getByRole('button', { name: 'Connect' }).click()
    await trial.untilState('State: driving. It is your turn.')
    await page.getByText(/^nc 127\.0\.0\.1 \d+$/).waitFor()
    await trial.part.getByRole('button', { name: 'LEFT' }).click()
    await trial.part.getByRole('img', { name: 'LEFT\\n, 5 bytes' }).waitFor()
    await field.fill('FORWARd\\n')
    await field.press('Enter')
    await page.getByText(/^the client sent "FORWARd", which does not belong here; expected .*write "FORWARD", and not "FORWARd"$/).waitFor()
    expect(await trial.part.locator('.wrong').innerText()).toMatch(/^d\s*64$/)
    await trial.untilState('The trial is over.')
    await tab.expectAccessible()
  })

  test('shows the states of a plug-in’s protocol in place of a drawing, and plays it; an unknown protocol has a way back', async () => {
    const { open, gateway } = await serve({
      plugins: connectFourPrograms as readonly Program[],
      lobby: { catalog: shippedGames.with([connectFour as AnyGame]) },
    })
    const tab = await open('#protocols/connect-four')
    const { page } = tab
    await page.getByText('no drawing of the protocol of a plug-in').waitFor()
    const step = partOf(page, 'Step through it')
    await page.getByRole('button', { name: 'server: BEGIN' }).click()
    await step.untilState('State: client drops.')
    expect(await page.locator('tbody.here').getAttribute('data-state')).toBe('client drops')
    await tab.expectAccessible()
    const trial = partOf(page, 'Try it')
    await page.getByRole('button', { name: 'Connect' }).click()
    await trial.untilState('It is your turn.')
    await page.getByLabel('Bytes to send').fill('DROP \u202e9<img src=x>\\n')
    await page.keyboard.press('Enter')
    await trial.part.getByText('Violation:').waitFor()
    await trial.untilState('The trial is over.')
    expect(await page.locator('main img').count()).toBe(0)
    expect(await page.locator('main').innerText()).not.toContain('\u202e')
    const other = await open('#protocols/connect-four', async (fresh) => {
      // the connection breaks after the first event of the server
      await fresh.routeWebSocket(/\/try\//, (socket) => {
        socket.connectToServer().onMessage((event) => {
          socket.send(event)
          socket.close({ code: 1011 })
        })
      })
    })
    await other.page.getByRole('button', { name: 'Connect' }).click()
    await other.page.getByRole('alert').filter({ hasText: 'The connection to the server is lost. Connect again.' }).waitFor()
    await page.locator('h1').click()
    await page.keyboard.press('?')
    await page.getByText('the legal message with this number').waitFor()
    await page.keyboard.press('Escape')
    await page.goto(`${gateway.url}/#protocols/nothing`)
    await page.getByRole('heading', { name: 'No protocol nothing' }).waitFor()
    await tab.expectAccessible()
    await page.getByRole('link', { name: 'All protocols' }).click()
    await page.getByRole('link', { name: 'example/connect-four' }).waitFor()
    tab.expectOnly(/404/)
  })

  test('says that a view could not be loaded, with a button to reload the page', async () => {
    const { open } = await serve()
    const old = await open('', async (fresh) => {
      await fresh.route(/assets\/protocols-.*\.js/, (request) => request.abort())
    })
    await old.page.getByRole('link', { name: 'Protocols' }).click()
    await old.page.getByRole('heading', { name: 'This view could not be loaded' }).waitFor()
    await old.page.getByRole('button', { name: 'Reload' }).waitFor()
    old.expectOnly(/ERR_FAILED/)
    await old.expectAccessible()
  })
}

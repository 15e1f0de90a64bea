import { readFile } from 'node:fs/promises'
import { expect, onTestFinished, test } from 'vitest'
import { formatClassCsv } from '../../../src/cli/class-export.ts'
import { Roster } from '../../../src/lab/class/roster.ts'
import type { PageTab } from '../../support/browser.ts'
import { LineSocket } from '../../support/line-socket.ts'
import type { ServeWebPages } from '../../support/web-pages.ts'

const PASSWORD = 'chalk and sponge'
/** Number of programs in the class. */
const DESKS = 30
const HOSTILE = '<img/src=x/onerror=alert(1)>'
/** Milliseconds in which a violation must be on top, also on a busy machine; usually it takes less than half a second. */
const LATEST = 5000
/** A projector. */
const LARGE = { width: 1920, height: 1080 }

/** The address of a desk. */
const addressOf = (desk: number) => `127.0.1.${desk}`
const nameOf = (desk: number) => `desk ${String(desk).padStart(2, '0')}`
const roster = new Roster(`desk,address\n${Array.from({ length: DESKS }, (_, at) => `${nameOf(at + 1)},${addressOf(at + 1)}\n`).join('')}`)

/** Types a password in the form of the operator. */
async function logIn({ page }: PageTab, password: string) {
  await page.getByLabel('Password of the operator').fill(password)
  await page.keyboard.press('Enter')
}

/** Checks that the view fits into the window, in both directions at the size of a projector. */
async function expectNoScrolling({ page }: PageTab, isWhole: boolean) {
  const [width, height] = await page.evaluate(() => {
    const { scrollWidth, scrollHeight } = document.documentElement
    return [scrollWidth - innerWidth, scrollHeight - innerHeight]
  })
  expect(width).toBeLessThanOrEqual(0)
  if (isWhole) expect(height).toBeLessThanOrEqual(0)
}

/** Adds the tests of the class. */
export function testClass(serve: ServeWebPages): void {
  test('shows thirty programs to the operator on a projector, a violation on top, and no program without the password', async () => {
    const { open, gateway } = await serve({ programs: ['tjc/guess', 'fh/quiz', 'parlor/door'], lab: { password: PASSWORD, roster } })
    const programs = Array.from({ length: DESKS }, (_, at) => {
      const name = at % 3 === 0 ? 'fh/quiz' : 'tjc/guess'
      return new LineSocket(gateway.ports.get(name) ?? 0, addressOf(at + 1))
    })
    onTestFinished(() => {
      for (const program of programs) program.close()
    })
    // the server refuses the name, and the wall shows it as the name that the program has given
    programs[27]?.say(`NAME ${HOSTILE}`)
    const teacher = await open('#class')
    const { page } = teacher
    await page.getByRole('heading', { name: 'The class is for the operator' }).waitFor()
    await teacher.expectAccessible()
    await logIn(teacher, 'a guess')
    await page.getByRole('alert').getByText('that is not the password of the operator').waitFor()
    teacher.expectOnly(/401/)
    await logIn(teacher, PASSWORD)
    await page.setViewportSize(LARGE)
    const tiles = page.getByRole('list', { name: 'Programs, with programs in trouble first' }).getByRole('listitem')
    await tiles.nth(DESKS - 1).waitFor()
    expect(await tiles.count()).toBe(DESKS)
    await tiles.getByText(HOSTILE.slice(0, 10)).waitFor()
    await expectNoScrolling(teacher, true)

    // the message of a client on the wire is on top of the wall without a press
    const sent = performance.now()
    programs[16]?.say('low')
    const first = tiles.first()
    await first.getByText('desk 17').waitFor()
    expect(performance.now() - sent).toBeLessThan(LATEST)
    expect(await first.innerText()).toMatch(/^desk 17\s+violation\s+tjc\/guess guessing\s+/)
    expect(await first.innerText()).toContain('The client sent "low": expected a number from 1 to 100')
    await page.getByRole('status').getByText('Violation at desk 17: the client sent "low"').waitFor()
    expect(await page.locator('.wall img').count()).toBe(0)
    await teacher.expectAccessible()
    await page.keyboard.press('p')
    await page.locator('[data-scale=projector]').waitFor()
    await expectNoScrolling(teacher, true)
    await teacher.expectAccessible()
    await page.keyboard.press('p')
    await page.getByLabel('list', { exact: true }).check()
    await teacher.expectAccessible()
    await page.getByLabel('violation 2').check()
    expect(await tiles.count()).toBe(2)
    await page.getByLabel('all 30').check()
    await page.getByLabel('Find a desk, an address or a program').fill('127.0.1.4:')
    await tiles.nth(1).waitFor({ state: 'detached' })
    expect(await tiles.count()).toBe(1)
    await page.setViewportSize({ width: 390, height: 844 })
    await expectNoScrolling(teacher, false)

    await page.getByRole('link', { name: 'Ladder' }).click()
    await page.getByRole('heading', { name: 'Ladder' }).waitFor()
    expect(await page.locator('[data-scale]').count()).toBe(0)
    await page.getByRole('link', { name: 'Class' }).click()
    await tiles.nth(DESKS - 1).waitFor()
    const downloading = page.waitForEvent('download')
    await page.getByRole('link', { name: 'CSV' }).click()
    const file = await (await downloading).path()
    const ofPrograms = (csv: string) => csv.split('\r\n').filter((line) => !line.includes('parlor/web'))
    expect(ofPrograms(await readFile(file, 'utf8'))).toEqual(ofPrograms(formatClassCsv(gateway.watch?.console.list() ?? [])))

    // the wire of a program on the wall
    await page.setViewportSize(LARGE)
    await tiles.getByRole('link', { name: /desk 17/ }).click()
    await page.locator('[aria-current=true]', { hasText: '127.0.1.17:' }).getByText('desk 17').waitFor()
    await page.locator('[data-row].is-bad', { hasText: 'sent "low"' }).waitFor()
    await page.getByRole('link', { name: 'Class' }).click()
    await tiles.nth(DESKS - 1).waitFor()

    // the server stores a connection for a limited time, and a bookmark or a tile can be older
    await page.goto(`${gateway.url}/#wire/999`)
    await page.getByText('Connection 999 is not in the list').waitFor()
    await page.getByRole('link', { name: 'Class' }).click()
    await tiles.nth(DESKS - 1).waitFor()

    // twice as many programs fit into the window of the projector, too
    for (let desk = DESKS + 1; desk <= 2 * DESKS; desk++)
      programs.push(new LineSocket(gateway.ports.get('tjc/guess') ?? 0, addressOf(desk)))
    await tiles.nth(2 * DESKS - 1).waitFor()
    await page.keyboard.press('p')
    await page.locator('[data-scale=projector]').waitFor()
    await expectNoScrolling(teacher, true)
    await page.keyboard.press('p')

    await page.getByRole('main').getByRole('button', { name: 'Log out' }).click()
    await page.getByLabel('Password of the operator').waitFor()
    expect(await page.locator('main').innerText()).not.toContain('desk')
    await page.goto(`${gateway.url}/#ladder`)
    await page.getByRole('heading', { name: 'Ladder' }).waitFor()
    expect(await page.getByRole('link', { name: 'Class' }).count()).toBe(0)
  })

  test('says how a class is started, on a server that does not watch its programs', async () => {
    const { open } = await serve()
    const tab = await open('#class')
    await tab.page.getByRole('heading', { name: 'This server does not watch its programs' }).waitFor()
    await tab.page.getByText('parlor serve --lab').waitFor()
    await tab.expectAccessible()
  })
}

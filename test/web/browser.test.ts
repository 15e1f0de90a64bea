import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { PageTab, startBrowser } from '../support/browser.ts'
import { isTestedWith } from '../support/capture.ts'
import { buildPage, PageServer } from '../support/page-server.ts'
import { startServer } from '../support/start-server.ts'
import { webPagesIn } from '../support/web-pages.ts'
import { testClass } from './in-browser/class.ts'
import { testErrors } from './in-browser/errors.ts'
import { testGames } from './in-browser/games.ts'
import { testHostileTexts } from './in-browser/hostile.ts'
import { testOpponents } from './in-browser/opponents.ts'
import { testPeople } from './in-browser/people.ts'
import { testPhone } from './in-browser/phone.ts'
import { testProtocols } from './in-browser/protocols.ts'
import { testReplays } from './in-browser/replays.ts'
import { testRestart } from './in-browser/restart.ts'
import { testReturns } from './in-browser/returns.ts'
import { testSessions } from './in-browser/sessions.ts'
import { testSoloGames } from './in-browser/solo-games.ts'
import { testTouch } from './in-browser/touch.ts'
import { testViews } from './in-browser/views.ts'
import { testWire } from './in-browser/wire.ts'

/** Maximum size of the scripts and styles of the first load together, compressed, in bytes. */
const BUDGET = 80 * 1024

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parlor-page-'))
  await buildPage(folder)
}, 120_000)

afterAll(() => rm(folder, { recursive: true }))

test('the scripts and styles of the first load have at most 80 KB with gzip, without the libraries of schemas and of charts', async () => {
  const html = await readFile(join(folder, 'index.html'), 'utf8')
  const files = [...html.matchAll(/(?:src|href)="\.\/([^"]+\.(?:js|css))"/g)].map(([, file = '']) => file)
  expect(files.length).toBeGreaterThan(2)
  const contents = await Promise.all(files.map((file) => readFile(join(folder, file))))
  const size = contents.reduce((sum, content) => sum + gzipSync(content).length, 0)
  expect(size).toBeLessThan(BUDGET)
  expect(contents.filter((content) => /ZodError|safeParse|u-wrap/.test(content.toString()))).toEqual([])
})

test('the page calls no method that is newer than the oldest browsers for which it is built', async () => {
  const scripts = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.js'))
  expect(scripts.length).toBeGreaterThan(2)
  for (const script of scripts) {
    const content = await readFile(join(folder, script), 'utf8')
    expect(content.match(/\b(?:groupBy|toReversed|toSorted|toSpliced|Segmenter|withResolvers)\b|\.with\(/g), script).toBeNull()
  }
})

test('no browser loads the library that draws automatons, and the first load has no drawings', async () => {
  const scripts = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.js'))
  const contents = await Promise.all(scripts.map((file) => readFile(join(folder, file), 'utf8')))
  expect(contents.filter((content) => /graphviz/i.test(content))).toEqual([])
  const html = await readFile(join(folder, 'index.html'), 'utf8')
  const drawn = scripts.filter((_, at) => contents[at]?.includes('LOGIN {name} {password}'))
  expect(drawn).toHaveLength(1)
  expect(drawn.filter((file) => html.includes(file))).toEqual([])
})

test('the page has nothing inline, which the content security policy forbids', async () => {
  const html = await readFile(join(folder, 'index.html'), 'utf8')
  expect(html).toMatch(/<script type="module"[^>]* src="\.\/assets\//)
  expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=/)
})

test('the text for a browser without JavaScript names no port, because the file is the same on every server', async () => {
  const html = await readFile(join(folder, 'index.html'), 'utf8')
  expect(html).toMatch(/<noscript>\D+<\/noscript>/)
})

const isTested = isTestedWith('chromium')
if (!isTested) console.warn('The tests in a browser are skipped, because Chromium is not installed: apt-get install chromium')

describe.skipIf(!isTested)('in Chromium, the page', { timeout: 120_000 }, () => {
  let browser: Browser

  beforeAll(async () => {
    browser = await startBrowser()
  }, 60_000)

  afterAll(() => browser.close())

  const serveWebPages = webPagesIn(
    () => browser,
    () => folder,
  )
  testSoloGames(serveWebPages)
  testReplays(serveWebPages)
  testPeople(serveWebPages)
  testPhone(serveWebPages)
  testTouch(serveWebPages)
  testProtocols(serveWebPages)
  testClass(serveWebPages)
  testReturns(serveWebPages)
  testErrors(serveWebPages)
  testHostileTexts(serveWebPages)
  testWire(serveWebPages)
  testViews(serveWebPages)
  testGames(serveWebPages)
  testOpponents(serveWebPages)
  testSessions(serveWebPages)
  testRestart(() => browser)

  /** Starts a server and its page; the end of the test checks that no tab had trouble. */
  async function serve(options: Parameters<typeof startServer>[1] = {}) {
    const server = await startServer('parlor/door', options)
    const pages = await PageServer.start(folder, server.port)
    const tabs: PageTab[] = []
    onTestFinished(async () => {
      await Promise.all(tabs.map(({ page }) => page.context().close()))
      await pages.stop()
    })
    const open = async (fragment = '') => {
      const tab = await PageTab.open(browser, `${pages.url}${fragment}`)
      tabs.push(tab)
      return tab
    }
    return { server, pages, open, tabs }
  }

  test('plays tic-tac-toe to the end in two browsers, one of them by keyboard alone; hostile text is text', async () => {
    const { open, tabs } = await serve()
    const [ada, eve] = [await open(), await open()]
    await ada.expectAccessible()
    // this server does not say where its front door is
    await ada.page.getByRole('heading', { name: 'Join with a program' }).waitFor()
    expect(await ada.page.locator('main').innerText()).not.toContain('nc 127.0.0.1')
    await ada.play('tic-tac-toe', 'ada')
    await ada.page.getByText('Waiting for an opponent').waitFor()
    await eve.page.getByRole('button', { name: 'Sit with ada', exact: true }).waitFor()
    await eve.page.getByRole('list', { name: 'Games' }).waitFor()
    // the second player needs no mouse: to the first game, Enter, a name, Enter
    await eve.tabTo(eve.page.locator('.game').first())
    await eve.page.keyboard.press('Enter')
    await eve.page.locator('dialog input').waitFor()
    await eve.page.keyboard.type('x')
    await eve.page.keyboard.press('Enter')
    await eve.page.getByText('x cannot be a name').waitFor()
    await eve.expectAccessible()
    await eve.page.locator('dialog input').fill('eve <img src=x>')
    await eve.page.keyboard.press('Enter')
    await Promise.all([ada, eve].map(({ page }) => page.locator('.cell').first().waitFor()))
    await eve.page.locator('body').press('/')
    await eve.page.keyboard.type(`<img src=x onerror=alert(1)> \u202eevil\u2066 ${'w'.repeat(800)}`)
    await eve.page.keyboard.press('Enter')
    await ada.page.locator('.talk', { hasText: '<img src=x onerror=alert(1)> \\u202eevil\\u2066 www' }).waitFor()
    await ada.page.locator('.plate', { hasText: 'eve <img src=x>' }).waitFor()
    expect(await ada.page.locator('img').count()).toBe(0)
    await ada.page.getByRole('button', { name: 'more' }).waitFor()

    const isAdaFirst = (await ada.status()).startsWith('Your turn')
    const [first, second] = isAdaFirst ? [ada, eve] : [eve, ada]
    const moves = ['1', '4', '2', '5', '3']
    for (const [at, cell] of moves.entries()) {
      const tab = at % 2 === 0 ? first : second
      await tab.untilStatus('Your turn')
      if (tab === ada) await tab.page.locator(`[data-cell="${cell}"]`).click()
      else {
        await tab.page.keyboard.press('Escape')
        await tab.page.keyboard.press(cell)
      }
    }
    await Promise.all([first.untilStatus('You win. 3 in a row: 1, 2, 3.'), second.untilStatus('You lose.')])
    await ada.page.getByRole('gridcell').getByLabel('Row 1, column 3').waitFor()
    expect(await ada.page.getByLabel('Row 1, column 3').getAttribute('aria-label')).toMatch(/^Row 1, column 3, [OX], last move. Cell 3$/)
    await ada.expectAccessible()
    const [line, left, right] = await Promise.all(['.win-line path', '[data-cell="1"]', '[data-cell="3"]'].map((part) => ada.placeOf(part)))
    if (!line || !left || !right) throw new Error('the board is not drawn')
    // the line begins and ends beyond the marks, inside of the cells, and crosses the middle of the cells
    expect(Math.abs(line.middle - left.middle)).toBeLessThan(2)
    for (const gap of [(line.left - left.left) / left.width, (right.right - line.right) / right.width]) {
      expect(gap).toBeGreaterThan(0.1)
      expect(gap).toBeLessThan(0.25)
    }
    const tree = await ada.page.locator('main').ariaSnapshot()
    const [mark, name] = isAdaFirst ? ['O', 'ada'] : ['X', 'eve <img src=x>']
    expect(tree).toContain(`paragraph: ada you , ${mark}`)
    expect(tree).toContain(`listitem: "1 ${name}: cell 1`)
    await first.page.getByRole('button', { name: 'Rematch' }).click()
    await second.page.getByRole('button', { name: 'Accept rematch' }).click()
    await Promise.all([ada, eve].map(({ page }) => page.getByLabel('Row 1, column 1, empty. Cell 1').waitFor()))
    expect(tabs.flatMap(({ troubles }) => troubles)).toEqual([])
  })

  test('plays against a user of nc, and reconnects after a lost connection without losing a move', async () => {
    const { server, pages, open } = await serve()
    const ada = await open()
    await ada.play('tic-tac-toe', 'ada')
    await ada.page.getByText('Waiting for an opponent').waitFor()
    const grace = await server.caller('grace')
    await grace.type('play tictactoe against ada', /.*/)
    await ada.page.locator('.cell').first().waitFor()
    await grace.type('say \u001b[31mred \u202eevil <img src=x> 👩‍🚀', /.*/)
    await ada.page.locator('.talk', { hasText: '\\u001b[31mred \\u202eevil <img src=x> 👩‍🚀' }).waitFor()
    if (!(await ada.status()).startsWith('Your turn')) {
      await grace.type('9', /.*/)
      await ada.untilStatus('Your turn')
    }
    pages.cut()
    await ada.page.getByText('Connection lost.').waitFor()
    await ada.page.getByRole('button', { name: 'Try now' }).click()
    await ada.untilStatus('Your turn')
    await ada.page.getByLabel('Cell 5').click()
    await ada.untilStatus('grace’s turn.')
    await grace.type('resign', /.*/)
    await ada.untilStatus('You win. grace resigned.')
    await ada.page.reload()
    await ada.untilStatus('ada wins. grace resigned.')
  })

  test('invites a friend by a link that works once and leaves no code in the address', async () => {
    const { open } = await serve()
    const ada = await open()
    await ada.page.keyboard.press('3')
    await ada.begin('scissor, paper, stone', 'ada')
    const link = await ada.page.getByLabel('Link for your friend').inputValue()
    const grace = await open(new URL(link).hash)
    await grace.page.locator('dialog input').fill('grace')
    expect(grace.page.url()).not.toContain('join')
    await grace.page.keyboard.press('Enter')
    await Promise.all([ada, grace].map((tab) => tab.untilStatus('Round 1: choose.')))
    expect(await ada.tree()).toMatch(
      /group "Your hand":\s+- button "Scissor 1".*button "Paper 2".*button "Stone 3".*status: "?Round 1: choose\./s,
    )
    for (const [one, other] of [
      ['1', '2'],
      ['3', '1'],
      ['2', '2'],
    ] as const) {
      await Promise.all([ada, grace].map((tab) => tab.page.locator('.status.is-on').waitFor()))
      await ada.page.keyboard.press(one)
      await ada.untilStatus('You chose')
      if (one === '1') await grace.page.locator('.hand.sealed', { hasText: 'ada has chosen' }).waitFor()
      await grace.page.keyboard.press(other)
    }
    await Promise.all([ada.untilStatus('You win.'), grace.untilStatus('You lose.')])
    expect(await ada.tree()).toMatch(/region "Rounds":.*listitem: "1 \w+: Scissor cuts \w+: Paper".*status: You win\./s)
    await ada.expectAccessible()
  })
})

import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type Browser, chromium, type Page } from 'playwright-core'

/*
 * npm run screenshots: takes the pictures of the page in README.md, with Chromium, from a server that it starts. Run it after a change of the page
 * that the pictures show.
 */

const root = join(import.meta.dirname, '..')
const folder = join(root, 'docs/screenshots')

/** The cells of a game that the second player wins. */
const CELLS = [5, 1, 9, 7, 3, 4]
/** Number of moves before the picture of the table. */
const SHOWN = 5

/** The ports that the pictures show. */
const PORTS = [
  ...['parlor/door=4000', 'tjc/tictactoe=3456', 'tjc/guess=9999', 'c8/scissors=12351', 'c8/headtail=12374'],
  ...['fh/hangman=5052', 'fh/quiz=5051'],
].flatMap((port) => ['--port', port])

const server = spawn(
  process.execPath,
  ['bin/parlor.js', 'serve', '--port', '0', ...PORTS, '--web', '0', '--http', 'none', '--data', 'none'],
  {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  },
)
try {
  const url = await findAddress()
  // as root, Chromium needs --no-sandbox
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
  try {
    await takePictures(browser, url)
  } finally {
    await browser.close()
  }
} finally {
  server.kill('SIGINT')
}

/** Returns the address for browsers that the server prints. */
async function findAddress(): Promise<string> {
  for await (const line of createInterface({ input: server.stdout })) {
    const [, url] = /^Browsers: (\S+)/.exec(line) ?? []
    if (url !== undefined) return url
  }
  throw new Error('the server has ended before it listened')
}

async function takePictures(browser: Browser, url: string): Promise<void> {
  const grace = await openPage(browser, url, { width: 1280, height: 800 }, 'light')
  await enter(grace, 'grace')
  await grace.getByText('Waiting').first().waitFor()
  const ada = await openPage(browser, url, { width: 1280, height: 800 }, 'light')
  await ada.getByText('grace').first().waitFor()
  await ada.screenshot({ path: join(folder, 'lobby.png') })
  await enter(ada, 'ada')
  await grace.locator('.talk input, input[placeholder="Say something"]').first().fill('Good luck!')
  await grace.keyboard.press('Enter')
  for (const [at, cell] of CELLS.entries()) {
    if (at === SHOWN) await ada.screenshot({ path: join(folder, 'table.png') })
    await playCell([grace, ada], at, cell)
  }
  const phone = await openPage(browser, new URL(`${new URL(ada.url()).hash}/4`, url).href, { width: 390, height: 844 }, 'dark')
  await phone.getByText('Move 4').first().waitFor()
  await phone.screenshot({ path: join(folder, 'replay.png') })
}

async function openPage(
  browser: Browser,
  url: string,
  viewport: { readonly width: number; readonly height: number },
  colorScheme: 'light' | 'dark',
): Promise<Page> {
  const context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce' })
  const page = await context.newPage()
  await page.goto(url)
  return page
}

/** Looks for an opponent at tic-tac-toe, under a name. */
async function enter(page: Page, name: string): Promise<void> {
  await page.locator('.game', { hasText: 'tic-tac-toe' }).click()
  await page.locator('dialog input').first().fill(name)
  await page.keyboard.press('Enter')
}

/** Plays a move on the page of the player whose turn it is. The cell is a button only on that page. */
async function playCell(pages: readonly Page[], at: number, cell: number): Promise<void> {
  await Promise.race(pages.map((page) => page.getByText('Your turn').first().waitFor()))
  for (const page of pages) {
    if (!(await page.getByText('Your turn').first().isVisible())) continue
    await page
      .getByRole('gridcell')
      .nth(cell - 1)
      .click()
    await page
      .getByText(new RegExp(`^${at + 1}$`))
      .first()
      .waitFor()
    return
  }
}

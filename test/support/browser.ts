import axe from 'axe-core'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core'
import { expect } from 'vitest'

/** Starts the browser. */
export function startBrowser(): Promise<Browser> {
  // as root, Chromium needs --no-sandbox
  return chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
}

/** The screen of a user with a mouse. */
const DESK = { viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' } as const satisfies BrowserContextOptions
/** Maximum of the cumulative layout shift of a tab. */
const SHIFT = 0.02
/** Number of presses of the Tab key after which a part of the page is out of reach. */
const TABS = 100

/** ShiftCount is where a page counts its layout shifts. */
interface ShiftCount {
  layoutShift: number
}

/** Runs in the page: adds up the layout shifts that no input has caused. */
function countShifts(): void {
  const count = globalThis as unknown as ShiftCount
  count.layoutShift = 0
  const add = (entries: readonly object[]) => {
    for (const entry of entries as readonly { readonly value: number; readonly hadRecentInput: boolean }[]) {
      if (!entry.hadRecentInput) count.layoutShift += entry.value
    }
  }
  new PerformanceObserver((list) => add(list.getEntries())).observe({ type: 'layout-shift', buffered: true })
}

/** PageTab is one tab with the page, and the errors in it. */
export class PageTab {
  readonly page: Page
  /** Messages of the console, and errors: reports of the content security policy are among them. */
  readonly troubles: string[] = []

  private constructor(page: Page) {
    this.page = page
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') this.troubles.push(message.text())
    })
    page.on('pageerror', (error) => this.troubles.push(error.message))
  }

  /** Opens the page in a tab with a storage of its own, by default on a desk; `prepare` runs before the page is loaded. */
  static async open(
    browser: Browser,
    url: string,
    prepare?: (page: Page) => Promise<void>,
    device: BrowserContextOptions = DESK,
  ): Promise<PageTab> {
    const context = await browser.newContext(device)
    await context.addInitScript(countShifts)
    return PageTab.#load(context, url, prepare)
  }

  /** Opens another tab of the same browser, with the same cookies and a storage of its own. */
  openBeside(url: string): Promise<PageTab> {
    return PageTab.#load(this.page.context(), url)
  }

  /** Copies the tab with its memory, as the browser does for "Duplicate". */
  async copy(): Promise<PageTab> {
    const copied = this.page.waitForEvent('popup')
    await this.page.evaluate(() => void open(location.href))
    return new PageTab(await copied)
  }

  static async #load(context: BrowserContext, url: string, prepare?: (page: Page) => Promise<void>): Promise<PageTab> {
    const tab = new PageTab(await context.newPage())
    await prepare?.(tab.page)
    await tab.page.goto(url)
    await tab.page
      .locator(new URL(url).hash === '' ? '.game b' : 'h1, dialog')
      .first()
      .waitFor()
    return tab
  }

  /** Removes the expected reports of the console, and requires at least one; Chromium reports each answer with an error status. */
  expectOnly(expected: RegExp): void {
    const found = this.troubles.filter((trouble) => expected.test(trouble))
    expect(found).not.toEqual([])
    for (const trouble of found) this.troubles.splice(this.troubles.indexOf(trouble), 1)
  }

  /** Loads the page again, and waits until it shows the name of a user who is logged in. */
  async reloadUntilNamed(): Promise<void> {
    await this.page.reload()
    await this.page.locator('.bar__name').waitFor()
  }

  /** Presses a game, and enters under `name` if it is given. */
  async play(game: string, name?: string): Promise<void> {
    await this.page.locator('.game', { hasText: game }).click()
    if (name === undefined) return
    await this.page.locator('dialog input').fill(name)
    await this.page.keyboard.press('Enter')
  }

  /** Moves the focus to a part of the page by the Tab key, as a user without a mouse does. */
  async tabTo(part: Locator): Promise<void> {
    await part.waitFor()
    for (let presses = 0; presses < TABS; presses++) {
      await this.page.keyboard.press('Tab')
      if (await part.evaluate((element) => element === document.activeElement)) return
    }
    throw new Error(`${TABS} presses of the Tab key do not reach ${part}`)
  }

  /** Begins a game from the lobby by keyboard alone, and enters under `name` if it is given. */
  async begin(game: string, name?: string): Promise<void> {
    const { keyboard } = this.page
    await this.tabTo(this.page.locator('.game').first())
    const chosen = this.page.locator('.game', { hasText: game })
    const isChosen = () => chosen.evaluate((element) => element === document.activeElement)
    for (let presses = 0; !(await isChosen()); presses++) {
      if (presses === TABS) throw new Error(`the arrow keys do not reach ${game}`)
      await keyboard.press('ArrowRight')
    }
    await keyboard.press('Enter')
    if (name === undefined) return
    await this.page.locator('dialog input').waitFor()
    await keyboard.type(name)
    await keyboard.press('Enter')
  }

  /** Returns the text of a screen reader for a part of the page: its accessibility tree. */
  tree(part = 'main'): Promise<string> {
    return this.page.locator(part).ariaSnapshot()
  }

  /** The line that says what has happened. */
  status(): Promise<string> {
    return this.page.locator('.status').innerText()
  }

  /** Waits until the status contains a text. */
  async untilStatus(text: string): Promise<void> {
    await this.page.locator('.status', { hasText: text }).waitFor()
  }

  /** Checks that the parts of the page have hardly moved by themselves since the page was loaded. */
  async expectSteady(): Promise<void> {
    const shift = await this.page.evaluate(() => (globalThis as unknown as ShiftCount).layoutShift)
    expect(shift).toBeLessThan(SHIFT)
  }

  /** Returns the place of a part of the page: its edges and the height of its middle, in pixels. */
  async placeOf(
    selector: string,
  ): Promise<{ readonly left: number; readonly right: number; readonly width: number; readonly middle: number }> {
    const box = await this.page.locator(selector).first().boundingBox()
    if (!box) throw new Error(`${selector} is not drawn`)
    return { left: box.x, right: box.x + box.width, width: box.width, middle: box.y + box.height / 2 }
  }

  /** Checks the view by the rules of axe, in light and dark. */
  async expectAccessible(): Promise<void> {
    // by the debugger, which the content security policy does not hold back
    await this.page.evaluate(axe.source)
    for (const colorScheme of ['light', 'dark'] as const) {
      await this.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      const violations = await this.page.evaluate(runAxe)
      expect(violations, colorScheme).toEqual([])
    }
  }
}

/** The part of axe that the tests use. */
interface Axe {
  run(): Promise<{ readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[] }>
}

/** Runs in the page: returns what axe finds. */
async function runAxe(): Promise<string[]> {
  const { violations } = await (globalThis as unknown as { readonly axe: Axe }).axe.run()
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' ')}`)
}

// Measures when the lobby is usable in a browser whose processor is four times slower, and how far the parts of the page move until then.
import { type Browser, chromium } from 'playwright-core'
import { median } from './figures.ts'

/** The factor by which the processor is slower, and the number of times that the browser loads the page, each time without a cache. */
const SLOWER = 4
const LOADS = 5

/** Milliseconds from the navigation until the lobby shows games, and the cumulative layout shift. */
export interface LobbyLoad {
  readonly usable: number
  readonly shift: number
}

/** Loads the page several times; returns the median time, and the largest shift. */
export async function measureLobby(url: string): Promise<LobbyLoad> {
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
  const loads: LobbyLoad[] = []
  try {
    for (let n = 0; n < LOADS; n++) loads.push(await load(browser, url))
  } finally {
    await browser.close()
  }
  return { usable: median(loads.map(({ usable }) => usable)), shift: Math.max(...loads.map(({ shift }) => shift)) }
}

async function load(browser: Browser, url: string): Promise<LobbyLoad> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  const page = await context.newPage()
  const debug = await context.newCDPSession(page)
  await debug.send('Emulation.setCPUThrottlingRate', { rate: SLOWER })
  await page.goto(url)
  // the page receives the games over the WebSocket, so a lobby that shows games is connected
  const usable = await page.waitForFunction(() => document.querySelector('.game b') && performance.now())
  const time = Number(await usable.jsonValue())
  await page.waitForTimeout(1000)
  const shift = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        new PerformanceObserver((list) => {
          let sum = 0
          for (const entry of list.getEntries()) sum += 'value' in entry ? Number(entry.value) : 0
          resolve(sum)
        }).observe({ type: 'layout-shift', buffered: true })
        setTimeout(() => resolve(0), 200)
      }),
  )
  await context.close()
  return { usable: time, shift }
}

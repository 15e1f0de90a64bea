import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { expect, onTestFinished } from 'vitest'
import { PageTab } from './browser.ts'
import { type StartedGateway, type StartGatewayOptions, startGateway } from './start-gateway.ts'

/** WebPages is a gateway that serves the built page, with the tabs that a test opens there. */
export interface WebPages {
  readonly gateway: StartedGateway
  /** Opens the page in a tab with a storage and cookies of its own, at a fragment such as `#t/1`, by default on a desk. */
  open(fragment?: string, prepare?: (page: Page) => Promise<void>, device?: BrowserContextOptions): Promise<PageTab>
  /** Opens the page in another tab of the browser of `tab`. */
  openBeside(tab: PageTab, fragment?: string): Promise<PageTab>
  /** Copies a tab with its memory, as the browser does for "Duplicate". */
  copy(tab: PageTab): Promise<PageTab>
}

/** ServeWebPages starts a gateway with the built page; the end of the test checks that no tab has reported an error. */
export type ServeWebPages = (options?: StartGatewayOptions) => Promise<WebPages>

/** Returns the function with which the tests of one browser start their gateways. */
export function webPagesIn(browser: () => Browser, folder: () => string): ServeWebPages {
  return async (options = {}) => {
    const tabs: PageTab[] = []
    const gateway = await startGateway({ ...options, folder: folder() })
    // before the gateway, which `startGateway` closes after it
    onTestFinished(async () => {
      await Promise.all(tabs.map(({ page }) => page.context().close()))
      expect(tabs.flatMap(({ troubles }) => troubles)).toEqual([])
    })
    const add = (tab: PageTab) => {
      tabs.push(tab)
      return tab
    }
    return {
      gateway,
      open: async (fragment = '', prepare, device) => add(await PageTab.open(browser(), `${gateway.url}/${fragment}`, prepare, device)),
      copy: async (tab) => add(await tab.copy()),
      openBeside: async (tab, fragment = '') => add(await tab.openBeside(`${gateway.url}/${fragment}`)),
    }
  }
}

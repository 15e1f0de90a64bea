import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { examples, type ToClient } from '../../../src/native/messages.ts'
import { FakeServer } from '../../support/fake-server.ts'
import type { ServeWebPages } from '../../support/web-pages.ts'

/** A text with markup, an escape sequence, an override of the direction, an emoji, and 10,000 characters without a blank. */
const HOSTILE = `<img src=x onerror=alert(1)>\u001b[31m\u202e👩‍🚀${'w'.repeat(10_000)}`
/** The fields that the protocol gives a meaning; all other texts are for people. */
const MEANING: readonly string[] = ['type', 'game', 'rules', 'cells', 'code', 'token', 'software', 'secret', 'what', 'transport']

/** Returns a message in which each text for people is hostile. */
function toHostile<Value>(value: Value, name = ''): Value {
  if (typeof value === 'string') return (MEANING.includes(name) ? value : HOSTILE) as Value
  if (Array.isArray(value)) return value.map((one) => toHostile(one, name)) as Value
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, toHostile(one, key)])) as Value
}

/** Answers the read API with hostile texts. */
async function answerReads(page: Page): Promise<void> {
  const { history, recent, ladder, record } = examples.toClient
  const { next: _, ...whole } = record
  const answers: readonly (readonly [RegExp, object])[] = [
    [/\/api\/users\/.*\/games/, { ...history, games: [1, 2].map((table) => ({ ...history.games[0], table, points: [2, 3] })) }],
    [/\/api\/recent/, recent],
    [/\/api\/games\/.*\/ladder/, ladder],
    [/\/api\/tables\/\d+\/record\?/, whole],
  ]
  for (const [address, answer] of answers) await page.route(address, (route) => route.fulfill({ json: toHostile(answer) }))
}

/** Checks that a hostile text is drawn as text, and is no wider than the page. */
async function expectHarmless(page: Page, view: string): Promise<void> {
  const found = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement
    const isWide = (part: Element) => part.getBoundingClientRect().right > clientWidth
    const wide = scrollWidth > clientWidth ? [...document.querySelectorAll('main *, .banner *')].filter(isWide) : []
    return {
      text: document.body.innerText,
      images: document.querySelectorAll('img').length,
      wide: wide.map(({ tagName, className }) => `${tagName} ${className}`),
    }
  })
  const { text, ...others } = found
  const raw = ['\u001b', '\u202e'].filter((one) => text.includes(one))
  expect(text, view).toContain('<img src=x')
  expect({ raw, ...others }, view).toEqual({ raw: [], images: 0, wide: [] })
}

/** Checks a view on a phone and on a large screen. */
async function expectHarmlessAt(page: Page, view: string): Promise<void> {
  for (const width of [390, 1920]) {
    await page.setViewportSize({ width, height: 900 })
    await expectHarmless(page, `${view} at ${width}`)
  }
}

/** Adds the test of hostile texts in every view. */
export function testHostileTexts(serve: ServeWebPages): void {
  test('draws a hostile name, message or board as harmless text in every view, on a phone and on a large screen', async () => {
    const { open } = await serve()
    let isNamed = false
    const server = new FakeServer((message: ToClient) =>
      toHostile(isNamed && message.type === 'hello' ? { ...message, name: 'ada' } : message),
    )
    const tab = await open('', async (page) => {
      await server.attach(page)
      await answerReads(page)
      page.on('dialog', () => tab.troubles.push('a script of a hostile text has run'))
    })
    const { page } = tab
    const { sought, told, event, error } = examples.toClient
    const { id: _, ...notice } = error
    for (const message of [sought, told, notice]) server.send(message)
    const views = [
      ['#lobby', '.people bdi'],
      ['#t/17', '.plate__name bdi'],
      ['#t/12/1', '.scrub'],
      ['#ladder/tictactoe', '.tab bdi'],
      ['#u/grace', '.tab bdi'],
      ['#finished', '.tab bdi'],
    ] as const
    for (const [address, part] of views) {
      await page.evaluate((to) => location.replace(to), address)
      await page.locator(part).first().waitFor()
      if (address === '#t/17') {
        server.send({ ...event, table: 17, n: 413, what: { type: 'said', name: 'eve', text: 'x' } })
        await page.locator('.talk .more').waitFor()
        await page.locator('.talk .more').click()
      }
      await expectHarmlessAt(page, address)
    }
    // a user with a hostile name, and a server that ends the connection for a hostile reason
    isNamed = true
    await page.evaluate(() => location.replace('#account'))
    await page.reload()
    await page.locator('.account bdi').first().waitFor()
    await expectHarmlessAt(page, '#account')
    await server.stop()
    await page.locator('.banner').waitFor()
    await expectHarmlessAt(page, 'the banner')
    await page.getByRole('button', { name: 'Try now' }).click()
    await page.getByRole('heading', { name: 'The server has ended the connection' }).waitFor()
    await expectHarmlessAt(page, 'the end')
  })
}

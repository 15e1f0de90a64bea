import type { PageTab } from '../../support/browser.ts'

/** The password with which the tests of accounts register. */
export const PASSWORD = 'looms and numbers'

/** Registers a name in the dialog, by the keyboard alone after the first press, and waits until the login survives a reload. */
export async function register({ page }: PageTab, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.locator('dialog').getByRole('button', { name: 'Register a name' }).click()
  await page.locator('dialog input[name=name]').fill(name)
  await page.locator('dialog input[name=password]').fill(PASSWORD)
  const kept = page.waitForResponse(/\/api\/session$/)
  await page.keyboard.press('Enter')
  await kept
  await page.locator('.bar__name').waitFor()
}

/** Types a name and a password in the dialog, and presses Enter. */
export async function logIn({ page }: PageTab, name: string, password: string): Promise<void> {
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.locator('dialog input[name=name]').fill(name)
  await page.locator('dialog input[name=password]').fill(password)
  await page.keyboard.press('Enter')
}

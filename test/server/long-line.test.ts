import { test } from 'vitest'
import { doorway } from '../support/doorway.ts'

test.each([4097, 5000, 100_000])('who says a line of %i bytes at the front door hears why, before it is let go', async (length) => {
  const reader = (await doorway()).reader()
  await reader.until(/What is your name/)
  await reader.type('x'.repeat(length), /^Your line is longer than 4096 bytes, the maximum\. Bye\.$/)
  await reader.rest()
})

test('and so does a program', async () => {
  const reader = (await doorway()).reader()
  await reader.type('style json', /"hello"/)
  await reader.type('x'.repeat(70_000), /"type":"bye"/)
  await reader.rest()
})

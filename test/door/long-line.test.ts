import { test } from 'vitest'
import { startServer } from '../support/start-server.ts'

test.each([4097, 5000, 100_000])(
  'a client that sends a line of %i bytes at the front door receives the reason before the end',
  async (length) => {
    const reader = (await startServer()).reader()
    await reader.until(/What is your name/)
    await reader.type('x'.repeat(length), /^Your line is longer than 4096 bytes, the maximum\. Bye\.$/)
    await reader.rest()
  },
)

test('a program that sends a line that is too long receives the reason', async () => {
  const reader = (await startServer()).reader()
  await reader.type('style json', /"hello"/)
  await reader.type('x'.repeat(70_000), /"type":"bye"/)
  await reader.rest()
})

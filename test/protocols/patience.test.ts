import { expect, test } from 'vitest'
import { watched } from '../support/conversation.ts'

const LIMITS = { first: 1000, idle: 5000 }

/** A guest at a served game whose patience is measured by a clock of the test. */
const guest = () => watched('guess', { options: { secret: '42' }, limits: LIMITS })

test('a part of a message is none: the limit of the first one stays', async () => {
  const { clock, theirs, talking } = await guest()
  theirs.write('5')
  await clock.pass(LIMITS.first + 200)
  await expect(talking.over).resolves.toMatchObject({ how: 'late', message: expect.stringMatching(/for 1 s; expected a number/) })
})

test('after the first message each may take longer, counted from the question on', async () => {
  const { clock, theirs, heard, talking } = await guest()
  theirs.write('50\n')
  await clock.pass(LIMITS.idle - 500)
  expect(heard.text).toBe('GUESS\nHIGH\nGUESS\n')
  theirs.write('4')
  await clock.pass(1000)
  await expect(talking.over).resolves.toMatchObject({ how: 'late', message: expect.stringMatching(/for 5 s/) })
})

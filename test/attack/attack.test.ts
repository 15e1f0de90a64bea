import { describe, expect, test } from 'vitest'
import { allAttacks } from './all.ts'
import { LIMIT, launch } from './attack.ts'

const short = [...(await allAttacks())].filter(([, attack]) => attack.short)

describe('the server withstands a client that', () => {
  test.for(short)('%s', { timeout: LIMIT + 10_000 }, async ([, attack]) => {
    expect(await launch(attack)).not.toBe('')
  })

  test('is listed: there are short attacks', () => {
    expect(short.length).toBeGreaterThan(0)
  })
})

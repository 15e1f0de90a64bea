import { expect, test } from 'vitest'
import { limitMessages } from '../../src/cli/listening.ts'
import { TestClock } from '../support/test-clock.ts'

test('of many diagnostics about clients, ten are printed, then one in ten seconds, with the number of omitted diagnostics', async () => {
  const clock = new TestClock()
  const lines: string[] = []
  const say = limitMessages((sentence) => lines.push(sentence), clock)
  for (let at = 1; at <= 300; at++) say(`client ${at} was rejected`)
  expect(lines).toEqual(Array.from({ length: 10 }, (_, at) => `client ${at + 1} was rejected`))
  await clock.pass(10_000)
  for (let at = 301; at <= 310; at++) say(`client ${at} was rejected`)
  expect(lines.slice(10)).toEqual(['client 301 was rejected (290 complaints before this message were left out)'])
  await clock.pass(100_000)
  say('client 311 was rejected')
  say('client 312 was rejected')
  expect(lines.slice(11)).toEqual(['client 311 was rejected (9 complaints before this message were left out)', 'client 312 was rejected'])
})

import { expect, test } from 'vitest'
import { formatRatios, median } from '../../bench/figures.ts'
import { report } from '../../bench/report.ts'
import { parseRss, parseTicks } from '../../bench/usage.ts'

test('the median is the value in the middle, or the mean of two', () => {
  expect(median([3, 1, 2])).toBe(2)
  expect(median([4, 1, 2, 3])).toBe(2.5)
})

test('ratios are shown with the lowest and the highest', () => {
  expect(formatRatios([1.5, 0.75, 1])).toBe('**1.00** (0.75 to 1.50)')
})

test('the processor time of a process is read although its name contains spaces and parentheses', () => {
  const stat = '42 (a ) b) S 1 42 42 0 -1 4194304 100 200 0 0 17 5 9 9 20 0 1 0 100 1000 10'
  expect(parseTicks(stat)).toBe(22)
})

test('the resident memory of a process is read in bytes', () => {
  expect(parseRss('Name:\tnode\nVmHWM:\t  9000 kB\nVmRSS:\t  2048 kB\n')).toBe(2 * 2 ** 20)
})

test('a report says which targets hold', () => {
  const round = (rate: number, cpu: number) => ({ ours: { rate, cpu, p50: 1, p99: 1 }, bare: { rate: 100, cpu: 10, p50: 1, p99: 1 } })
  const one = (connections: number, rate: number, cpu: number) => ({
    subject: 'start' as const,
    game: 'guess' as const,
    connections,
    rounds: [round(rate, cpu)],
  })
  const text = report({
    cases: [one(1, 50, 14), one(100, 95, 11), one(1000, 95, 12)],
    memory: [{ ours: 7000, bare: 2000 }],
    idle: 10_000,
    pinned: true,
  })
  const targets = text.slice(text.indexOf('## Targets')).trim().split('\n').slice(2)
  expect(targets).toEqual([
    "- holds: guess, 1 connection: 1.40 times the bare server's processor time a game (target 1.5)",
    "- holds: guess, 100 connections: 0.95 of the bare server's games a second (target 0.9), 1.10 times the bare server's processor time a game (target 1.15)",
    "- **does not hold**: guess, 1000 connections: 0.95 of the bare server's games a second (target 0.9), 1.20 times the bare server's processor time a game (target 1.15)",
    '- **does not hold**: 7,000 bytes per idle connection at 10,000 (target 6,656)',
  ])
})

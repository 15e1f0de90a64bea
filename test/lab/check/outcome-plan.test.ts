import { describe, expect, test } from 'vitest'
import { programs } from '../../../examples/protocols/nim.ts'
import { createSystemClock } from '../../../src/base/clock.ts'
import { planOutcomes } from '../../../src/lab/check/outcome-plan.ts'
import { ARROW, type Rehearsal, rehearse, toScript } from '../../../src/lab/check/rehearsal.ts'
import { findWinLines } from '../../../src/lab/check/win-lines.ts'
import type { Side } from '../../../src/protocol/message-spec.ts'
import { program } from '../../support/play.ts'

/** A rehearsal with these outcomes and steps; the seed is its number. */
const rehearsal = (seed: number, outcomes: readonly string[], steps: readonly string[], length = 10): Rehearsal => ({
  ...{ script: { seed }, outcomes: new Set(outcomes), steps: new Set(steps), visited: new Set() },
  ...{ messages: [], refused: new Set(), length, isLegal: true, sentLast: undefined },
})

const seeds = (rehearsals: readonly Rehearsal[], most = 9) => planOutcomes(rehearsals, most).scripts.map(({ seed }) => seed)

describe('a plan of outcomes', () => {
  test('has few scripts, which reach all outcomes and take all steps', () => {
    const win = `judging${ARROW}WIN`
    const all = [
      rehearsal(1, ['lost'], ['a', 'b'], 6),
      rehearsal(2, ['lost'], ['a', 'b', 'c'], 6),
      rehearsal(3, ['won'], ['a', win], 4),
      rehearsal(4, ['won'], ['a', win], 4),
    ]
    const { scripts, outcomes, implied } = planOutcomes(all, 9)
    expect(
      scripts
        .map(({ seed }) => seed)
        .slice(0, 2)
        .sort(),
    ).toEqual([2, 3])
    expect(outcomes).toEqual(['lost', 'won'])
    expect(implied.get(win)).toBe('won')
    expect(implied.get('a')).toBeUndefined()
  })

  test('has the shortest and the longest game of each outcome', () => {
    const all = [rehearsal(1, ['won'], ['a'], 5), rehearsal(2, ['won'], ['a'], 2), rehearsal(3, ['won'], ['a'], 9)]
    expect(seeds(all).sort()).toEqual([2, 3])
  })

  test('has at most as many scripts as it may, and those with an outcome first', () => {
    const all = [rehearsal(1, [], ['a', 'b', 'c']), rehearsal(2, ['won'], ['a'])]
    expect(seeds(all, 1)).toEqual([2])
  })

  test('has the longest game of each outcome even if the other scripts fill the plan', () => {
    const all = [rehearsal(1, ['won'], ['a', 'b'], 5), rehearsal(2, ['won'], ['a'], 9), rehearsal(3, ['the client quits'], ['a'], 8)]
    expect(seeds(all, 1)).toEqual([1, 2])
  })

  test('is empty without rehearsals', () => {
    expect(planOutcomes([], 9)).toMatchObject({ scripts: [], outcomes: [] })
  })
})

describe('rehearsals in memory', () => {
  const rehearseMany = async (name: string, role: Side, count: number) => {
    const subject = { program: await program(name), options: {}, role, clock: createSystemClock() }
    return Promise.all(Array.from({ length: count }, (_, number) => rehearse(subject, toScript(1, number))))
  }

  test('show each row, column and diagonal by which a side can win, and the plan has all of them', async () => {
    const found = (await rehearseMany('tictactoe', 'client', 160)).filter((one) => one !== undefined)
    const lines = findWinLines(found)
    const kinds = ['client', 'server'].flatMap((side) => ['1 1', '2 2', '3 3', '4 4'].map((distances) => `${side} ${distances}`))
    expect([...new Set([...lines.values()].map(({ kind }) => kind))].sort()).toEqual(kinds)
    const groups = new Set([...lines.values()].map(({ numbers }) => numbers.join(' ')))
    expect([...groups].sort()).toEqual(['1 2 3', '1 4 7', '1 5 9', '2 5 8', '3 5 7', '3 6 9', '4 5 6', '7 8 9'])
    const { scripts } = planOutcomes(found, 12)
    const planned = found.filter(({ script }) => scripts.includes(script)).map((one) => lines.get(one)?.kind)
    expect([...new Set(planned)].filter((kind) => kind !== undefined).sort()).toEqual(kinds)
  })

  test.each(['guess', 'scissors', 'headtail', 'quiz'])('show no such lines in %s', async (name) => {
    const found = (await rehearseMany(name, 'client', 40)).filter((one) => one !== undefined)
    expect(found.length).toBeGreaterThan(20)
    expect(findWinLines(found).size).toBe(0)
  })

  test.each([
    ['tictactoe', ['a draw', 'the client quits', 'the client wins', 'the server quits', 'the server wins']],
    ['scissors', ['a draw', 'the client quits', 'the client wins', 'the server quits', 'the server wins']],
    ['guess', ['the client loses', 'the client wins']],
    ['headtail', ['the client quits']],
    ['hello', []],
  ])('reach every outcome of %s', async (name, outcomes) => {
    const found = await rehearseMany(name, 'client', 60)
    expect(found.every((one) => one !== undefined)).toBe(true)
    expect([...new Set(found.flatMap((one) => [...(one?.outcomes ?? [])]))].sort()).toEqual(outcomes)
  })

  test('reach every outcome of a program that is not one of Parlor’s own', async () => {
    const [nim] = programs
    if (!nim) throw new Error('there is no example')
    const subject = { program: nim, options: {}, role: 'client' as const, clock: createSystemClock() }
    const found = await Promise.all(Array.from({ length: 40 }, (_, number) => rehearse(subject, toScript(1, number))))
    expect([...new Set(found.flatMap((one) => [...(one?.outcomes ?? [])]))].sort()).toEqual([
      ...['the client quits', 'the client wins', 'the server quits', 'the server wins'],
    ])
  })

  test('are the same again from the same script', async () => {
    const [one, again] = [await rehearseMany('tictactoe', 'server', 5), await rehearseMany('tictactoe', 'server', 5)]
    expect(again).toEqual(one)
    expect(new Set(one.map((rehearsed) => rehearsed?.length)).size).toBeGreaterThan(1)
  })
})

import { describe, expect, test } from 'vitest'
import { QUIRKS } from '../../docs/quirks.ts'
import { CHECKS } from '../../src/lab/check/registry.ts'
import { judgeHandIn } from '../support/judge-hand-in.ts'
import { originals } from '../support/originals.ts'
import { hasNamespaces, hasPython } from '../support/sandboxes.ts'
import { findJudged, JUDGED } from './judged.ts'

/** All originals with all quirks take an hour of one core; without `PARLOR_ORIGINALS=all` these few stand for them. */
const isAll = process.env.PARLOR_ORIGINALS === 'all'
const FEW = ['d000_basic_server', 'd000_game_server', 'd001_a5_highlow_client', 'd001_p5_headtail_client', 'd004_guess_server']
const FEW_CHECKS = ['sent-ahead', 'garbled-field', 'restart-on-the-same-port', 'gone-before-served']

const QUIRKS_FOUND = QUIRKS.flatMap(({ name, found }) => found.map((one) => ({ quirk: name, ...one })))

test('every quirk is found by a check, in an original that is judged in this role', () => {
  expect(QUIRKS.length).toBeGreaterThan(10)
  for (const { name, found } of QUIRKS) expect(found, name).not.toEqual([])
  const names = CHECKS.map(({ name }) => name)
  for (const { original, program, side, check } of QUIRKS_FOUND) {
    expect(findJudged(original)).toMatchObject({ program, side })
    expect(names).toContain(check)
  }
})

describe.skipIf(!originals || !hasPython || !hasNamespaces)('an original worksheet program', { timeout: 120_000 }, () => {
  const cwd = originals ?? ''

  test.each(JUDGED.filter(({ original }) => isAll || FEW.includes(original)))(
    '$original passes as the $side of $program',
    async ({ program: name, side: role, command, options = {} }) => {
      const results = await judgeHandIn({ name, role, command, options, cwd, level: 'worksheet' })
      expect(results.length).toBeGreaterThan(0)
      expect(results.filter(({ passed }) => !passed)).toEqual([])
    },
  )

  const quirks = QUIRKS_FOUND.filter(
    ({ check, quirk }, at) => isAll || (FEW_CHECKS.includes(check) && QUIRKS_FOUND[at - 1]?.quirk !== quirk),
  )
  // a loaded machine may join what the judge sends in pieces
  test.each(quirks)('$original fails $check: $quirk', { retry: 2 }, async ({ original, check: only, cause }) => {
    const { program: name, side: role, command, options = {} } = findJudged(original)
    expect(await judgeHandIn({ name, role, command, options, cwd, only })).toMatchObject([{ name: only, passed: false, cause }])
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CONFUSABLES, SHOWN } from '../../src/hall/names/confusables.ts'
import { Lookalikes, toLookKeys } from '../../src/hall/names/lookalikes.ts'
import { checkName, checkPersonName, foldName } from '../../src/hall/names/names.ts'
import { toSkeleton } from '../../src/hall/names/skeleton.ts'

const MIXED = { refused: 'a name has the letters of one alphabet' }

/** Returns whether a name looks like another. */
function alike(one: string, other: string): boolean {
  const names = new Lookalikes()
  names.add('account:1', one)
  return names.like(other) !== undefined
}

/** Returns whether names look alike, also if they are different names. */
function shareLook(one: string, other: string): boolean {
  const looks = new Set(toLookKeys(one.normalize('NFC')))
  return toLookKeys(other.normalize('NFC')).some((look) => looks.has(look))
}

/** Returns the characters of a table of confusables, each with the text that it looks like. */
function pairsIn(entry: string): [string, string][] {
  const [text = '', steps = ''] = entry.split(':')
  const target = text.split('.').map((digits) => Number.parseInt(digits, 36))
  let code = 0
  return steps.split(',').map((step) => {
    code += Number.parseInt(step, 36)
    return [String.fromCodePoint(code), String.fromCodePoint(...target)]
  })
}

describe('names that look alike', () => {
  test.each([
    ['аса', 'aca'],
    ['Ѕсоре', 'Scope'],
    ['paypal', 'paypaI'],
    ['ada1', 'adal'],
    ['B0B', 'bob'],
    ['Arne', 'Ame'],
    ['ΑΒ', 'AB'],
    ['ᎪᎠᎪ', 'ADA'],
    ['ϲοϲα', 'coca'],
    ['ϲαϲα', 'caca'],
    ['ϹΟϹΑ', 'coca'],
    ['ſred', 'fred'],
    ['ſRED', 'Fred'],
    ['alſa', 'alfa'],
    ['D´Arc', "D'Arc"],
    ['D΄Arc', "D'Arc"],
    ['D᾿Arc', "D'Arc"],
    ['D῾Arc', "D'Arc"],
    ['D\u1ffdArc', "D'Arc"],
    ['Ödön', 'Ődön'],
  ])('treats %s and %s as lookalikes', (one, other) => {
    expect([alike(one, other), alike(other, one)]).toEqual([true, true])
  })

  test.each([
    ['Ada', 'ADA'],
    ['Ada', 'Adam'],
    ['player1', 'player2'],
    ['Zoe', 'Zoë'],
    ['Мария', 'Марина'],
    ['名前', '名刺'],
  ])('distinguishes %s and %s', (one, other) => {
    expect(alike(one, other)).toBe(false)
  })

  test('computes the skeleton of UTS 39: the mapping is idempotent', () => {
    // the examples of UTS 39, section 4
    expect(toSkeleton('paypal')).toBe(toSkeleton('раураl'))
    expect(toSkeleton('scope')).toBe(toSkeleton('ѕсоре'))
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 10 }), (text) => toSkeleton(toSkeleton(text)) === toSkeleton(text)))
  })

  test('treats all confusables of Unicode’s confusables.txt as lookalikes within a name', () => {
    const pairs = [CONFUSABLES, SHOWN].flatMap((table) => table.trim().split(/\s/).flatMap(pairsIn))
    expect(pairs.length).toBeGreaterThan(2800)
    const apart = pairs.filter(([from, to]) => !shareLook(from, to) || !shareLook(`Al${from}x`, `Al${to}x`))
    expect(apart).toEqual([])
  })

  test('a name has the same skeleton in every case', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }), (text) => {
        const shared = toLookKeys(text.toLowerCase()).filter((look) => toLookKeys(foldName(text)).includes(look))
        expect(shared).not.toEqual([])
      }),
    )
  })

  test('forgets a removed name', () => {
    const names = new Lookalikes()
    names.add('account:1', 'ada1')
    names.remove('account:1', 'ada1')
    expect(names.like('adal')).toBeUndefined()
  })
})

describe('a deceptive name', () => {
  test.each(['аda', 'pаypal', 'ԁavid', 'Αlan', 'jօhn', 'ᎪDA', 'ꓮda'])('is refused if it mixes alphabets: %s', (name) => {
    expect(checkPersonName(name)).toEqual(MIXED)
  })

  test.each(['花子Hanako', 'ゲストA', '김Kim', 'ᎪᎳᎢ', 'Ωμέγα', 'שרה', 'ทดสอบ', 'مريم', 'आदा'])('is not assumed: %s', (name) => {
    expect(checkPersonName(name)).toBe(name)
  })

  test.each([
    'reſuse',
    'oſſer',
    'staſſ',
    'Tom Staſſ',
    'ΑϹϹΕΡΤ',
    'ΒΑϹΚ',
    'h0use',
    'H0USE',
    'serνer',
    'ѕеrver',
    '0perator',
    'adrnin',
    'n0b0dy',
    'tables',
    'unregister',
    'He1p',
  ])('is refused if it looks like the house’s: %s', (name) => {
    expect(checkPersonName(name)).toHaveProperty('refused')
  })

  test.each([
    ['a\u0301\u0301da', 'a name has no mark twice in a row, and no mark that encloses a letter'],
    ['a\u20dd', 'a name has no mark twice in a row, and no mark that encloses a letter'],
    ['ada\ufffc', 'a name has only visible characters'],
    ['\u{1d159}', 'a name has only visible characters'],
    ['\uffa0\uffa0', 'a name has only visible characters'],
    ['\u115f', 'a name has only visible characters'],
    ['a\u{e0100}', 'a name has only visible characters'],
    ['a\u034fda', 'a name has only visible characters'],
  ])('is refused if it has invisible characters: %j', (name, refused) => {
    expect(checkName(name)).toEqual({ refused })
  })
})

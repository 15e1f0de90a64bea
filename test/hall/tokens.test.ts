import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import leven from 'leven'
import { describe, expect, test } from 'vitest'
import { isRefusal } from '../../src/games/game.ts'
import { codewords } from '../../src/hall/accounts/invite-words.ts'
import { hashToken, makeInviteCode, makeToken, parseInviteCode, parseToken } from '../../src/hall/accounts/tokens.ts'

const random = fc.infiniteStream(fc.nat(255)).map((stream) => (bytes: number) => Uint8Array.from(stream.take(bytes)))
/** Returns a random source whose bytes are all the same. */
const always = (byte: number) => (bytes: number) => new Uint8Array(bytes).fill(byte)

/** Returns a rough common form of words that sound alike. */
function soundOf(word: string): string {
  const sounds: readonly (readonly [RegExp, string])[] = [
    [/ph/g, 'f'],
    [/gh/g, ''],
    [/^wh|^wr/, 'w'],
    [/^kn/, 'n'],
    [/ck|q|c(?![eiyh])/g, 'k'],
    [/x/g, 'ks'],
    [/c(?=[eiy])|z/g, 's'],
    [/dge|g(?=[ei])/g, 'j'],
    [/y/g, 'i'],
    [/e$/, ''],
    [/(.)\1/g, '$1'],
    [/ea|ei|ai|ie/g, 'e'],
    [/ou|ow|oo|au|aw|oa/g, 'o'],
  ]
  return sounds.reduce((sound, [spelled, received]) => sound.replace(spelled, received), word)
}

describe('the words of invitation codes', () => {
  test('are many, short and plain, and each is in the list once', () => {
    expect(codewords).toHaveLength(512)
    expect(new Set(codewords).size).toBe(512)
    for (const word of codewords) expect(word).toMatch(/^[a-z]{3,6}$/)
  })

  test('differ by more than one letter, and sound different', () => {
    const close = codewords.flatMap((one, at) =>
      codewords.slice(at + 1).flatMap((other) => (leven(one, other) < 2 ? [`${one} ${other}`] : [])),
    )
    expect(close).toEqual([])
    expect(new Set(codewords.map(soundOf)).size).toBe(codewords.length)
  })
})

describe('an invitation code', () => {
  test('consists of three words', () => {
    expect(makeInviteCode(always(0))).toBe('abacus-abacus-abacus')
    expect(makeInviteCode(always(255))).toBe('zodiac-zodiac-zodiac')
    expect(makeInviteCode(randomBytes)).toMatch(/^[a-z]+-[a-z]+-[a-z]+$/)
  })

  test('every word has the same chance, in every place', () => {
    const observed = [0, 1, 2].map(() => new Map<string, number>())
    for (let value = 0; value < 65_536; value++) {
      const bytes = Uint8Array.from([value >> 8, value & 255, (value + 1) >> 8, (value + 1) & 255, value >> 8, (value + 7) & 255])
      for (const [at, word] of makeInviteCode(() => bytes)
        .split('-')
        .entries())
        observed[at]?.set(word, (observed[at].get(word) ?? 0) + 1)
    }
    for (const counts of observed) expect([counts.size, new Set(counts.values())]).toEqual([512, new Set([128])])
  })

  test('is parsed in any case and spacing', () => {
    const between = fc.constantFrom('-', ' ', '  ', ' - ', '_', '.', ', ', ' – ', '\t')
    fc.assert(
      fc.property(random, between, between, fc.boolean(), (random, one, other, shout) => {
        const code = makeInviteCode(random)
        const typed = code.replace('-', one).replace(/-(?=[a-z]*$)/, other)
        expect(parseInviteCode(` ${shout ? typed.toUpperCase() : typed}\r\n`)).toBe(code)
      }),
    )
  })

  test.each(['', '   ', 'amber', 'amber-otter', 'amber-otter-seven-amber', 'amberotterseven'])(
    'refuses %j because of its number of words',
    (typed) => {
      expect(parseInviteCode(typed)).toEqual({ refused: 'an invitation is 3 words, such as amber-otter-seven' })
    },
  )

  test('refuses an unknown word, and names it', () => {
    expect(parseInviteCode('amber oter seven')).toEqual({
      refused: 'word 2 of your code is in no invitation: compare it with the invitation',
    })
    expect(isRefusal(parseInviteCode('amber-otter-seven'))).toBe(false)
  })

  test('any text is refused or parsed to a code, and parsing the code again changes nothing', () => {
    const typed = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fc.constantFrom(...codewords), { maxLength: 4 }).map((words) => words.join(' ')),
    )
    fc.assert(
      fc.property(typed, (text) => {
        const code = parseInviteCode(text)
        if (!isRefusal(code)) expect(parseInviteCode(code)).toBe(code)
      }),
    )
  })
})

describe('a token', () => {
  test('has 26 characters that do not look like each other', () => {
    expect(makeToken(always(0))).toBe('0'.repeat(26))
    expect(makeToken(always(255))).toBe('Z'.repeat(26))
    expect(makeToken(randomBytes)).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/)
    expect(makeToken(randomBytes)).not.toBe(makeToken(randomBytes))
  })

  test('has 32 possible characters in each place, all equally likely', () => {
    const counts = new Map<string, number>()
    for (let byte = 0; byte < 256; byte++) {
      const [character = ''] = makeToken(always(byte))
      counts.set(character, (counts.get(character) ?? 0) + 1)
    }
    expect([counts.size, new Set(counts.values())]).toEqual([32, new Set([8])])
  })

  test('is parsed in any case and spacing', () => {
    const typo = fc.constantFrom(
      (token: string) => token.replaceAll('0', 'O').replaceAll('1', 'I'),
      (token: string) => token.replaceAll('1', 'l'),
    )
    fc.assert(
      fc.property(random, typo, fc.boolean(), fc.integer({ min: 1, max: 9 }), (random, mistake, small, group) => {
        const token = makeToken(random)
        const grouped = mistake(token).replace(new RegExp(`.{${group}}`, 'g'), '$&- ')
        expect(parseToken(` ${small ? grouped.toLowerCase() : grouped}\n`)).toBe(token)
      }),
    )
  })

  test.each(['', 'ABC', '0'.repeat(25), '0'.repeat(27), `${'0'.repeat(25)}U`, `${'0'.repeat(25)}é`, `${'0'.repeat(25)}!`])(
    'refuses %j',
    (typed) => {
      expect(parseToken(typed)).toEqual({ refused: 'a token is 26 letters and digits: type it exactly as the server showed it' })
    },
  )

  test('is stored as its SHA-256 in hex', () => {
    expect(hashToken('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  })
})

import { argon2Sync, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isRefusal } from '../../src/games/game.ts'
import { WRONG } from '../../src/hall/accounts/auth-errors.ts'
import { BUSY, Passwords } from '../../src/hall/accounts/passwords.ts'

const passwords = new Passwords({ random: randomBytes })
const GOOD = 'correct horse'
const BROKEN = 'the password is not UTF-8: set your terminal or program to UTF-8, or use letters and digits without accents'

/** A hash as another program writes it. */
function phc(password: string, cost: { memory: number; passes: number; parallelism: number }, salt: Uint8Array, tagLength = 32): string {
  const tag = argon2Sync('argon2id', { message: password, nonce: salt, tagLength, ...cost })
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64').replaceAll('=', '')
  return `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${base64(salt)}$${base64(tag)}`
}

const cheap = phc(GOOD, { memory: 8, passes: 1, parallelism: 1 }, randomBytes(16))
const dear = phc(GOOD, { memory: 65_536, passes: 4, parallelism: 1 }, randomBytes(16))

async function hashOf(password: string): Promise<string> {
  const hash = await passwords.hash(password)
  if (isRefusal(hash)) throw new Error(hash.refused)
  return hash
}

describe('a password', () => {
  test('is verified, and no other is', async () => {
    const hash = await hashOf(GOOD)
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
    expect(await passwords.verify(GOOD, hash)).toBeUndefined()
    for (const wrong of ['correct horsf', 'Correct horse', `${GOOD} `, '', 'x'.repeat(500), 'a\0b']) {
      expect(await passwords.verify(wrong, hash)).toBe(WRONG)
    }
  })

  test('has a new salt each time, from the given random source', async () => {
    expect(await hashOf(GOOD)).not.toBe(await hashOf(GOOD))
    const fixed = new Passwords({ random: (bytes) => new Uint8Array(bytes).fill(7) })
    const salt = new Uint8Array(16).fill(7)
    expect(await fixed.hash(GOOD)).toBe(phc(GOOD, { memory: 19_456, passes: 2, parallelism: 1 }, salt))
  })

  test('is the same in every Unicode form, and with any blank', async () => {
    const hash = await hashOf('Zoe\u0308 pass\u00a0word')
    expect(await passwords.verify('Zo\u00eb pass\u3000word', hash)).toBeUndefined()
    expect(await passwords.verify('Zoe pass word', hash)).toBe(WRONG)
  })

  test.each([
    ['', 'a password has at least 8 characters, and this password has 0'],
    ['1234567', 'a password has at least 8 characters, and this password has 7'],
    ['🙂'.repeat(7), 'a password has at least 8 characters, and this password has 7'],
    ['e\u0301'.repeat(7), 'a password has at least 8 characters, and this password has 7'],
    ['x'.repeat(129), 'a password has at most 128 characters, and this password has 129'],
    ['        ', 'a password is not blank: use visible characters'],
    ['\u3164'.repeat(8), 'a password is not blank: use visible characters'],
    ['\u2800\u200d\u00a0\ufe0f'.repeat(3), 'a password is not blank: use visible characters'],
    [new TextDecoder().decode(Buffer.from('p\u00e4\u00dfw\u00f6rter', 'latin1')), BROKEN],
    ['password\n', 'a password has only visible characters'],
    ['pass\u0000word', 'a password has only visible characters'],
    ['pass\u202eword', 'a password has only visible characters'],
    ['password\u0378', 'a password has only visible characters'],
    ['password\ud800', 'a password has only visible characters'],
  ])('cannot be %j', async (password, refused) => {
    expect(await passwords.hash(password)).toEqual({ code: 'bad-password', refused })
  })

  test.each(['🙂'.repeat(8), 'x'.repeat(128), '🙂'.repeat(128), '  blanks  ', 'نمی\u200cخواهم'])('can be %j', async (password) => {
    expect(await passwords.verify(password, await hashOf(password))).toBeUndefined()
  })

  test('is refused if it arrived broken, so that no two passwords become equal', async () => {
    const hash = await passwords.hash('correct horse')
    const latin1 = (text: string) => new TextDecoder().decode(Buffer.from(text, 'latin1'))
    for (const phc of [String(hash), undefined])
      expect(await passwords.verify(latin1('\u00e4\u00f6\u00fc\u00c4\u00d6\u00dc\u00df\u00e9'), phc)).toEqual({
        code: 'bad-password',
        refused: BROKEN,
      })
  })

  test('of any accepted characters is verified, and no other is', async () => {
    const text = fc.string({ unit: 'grapheme', minLength: 8, maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(text, text, async (password, other) => {
        const hash = await passwords.hash(password)
        if (isRefusal(hash)) return
        expect(await passwords.verify(password.normalize('NFD'), hash)).toBeUndefined()
        const same = other.replace(/\p{Zs}/gu, ' ').normalize('NFC') === password.replace(/\p{Zs}/gu, ' ').normalize('NFC')
        const broken = other.includes('\ufffd') ? { code: 'bad-password', refused: BROKEN } : undefined
        expect(await passwords.verify(other, hash)).toEqual(broken ?? (same ? undefined : WRONG))
      }),
      { numRuns: 20 },
    )
  })
})

describe('a password hash', () => {
  test('accepts a hash of the reference implementation of argon2', async () => {
    const hash = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'
    expect(await passwords.verify('password', hash)).toBeUndefined()
    expect(await passwords.verify('passwore', hash)).toBe(WRONG)
  })

  test('stays valid with any cost', async () => {
    const cost = fc.record({
      memory: fc.integer({ min: 32, max: 128 }),
      passes: fc.integer({ min: 1, max: 3 }),
      parallelism: fc.integer({ min: 1, max: 4 }),
    })
    const salt = fc.uint8Array({ minLength: 8, maxLength: 64 })
    await fc.assert(
      fc.asyncProperty(cost, salt, fc.integer({ min: 12, max: 64 }), async (cost, salt, length) => {
        const hash = phc('open sesame', cost, salt, length)
        expect(await passwords.verify('open sesame', hash)).toBeUndefined()
        expect(await passwords.verify('open sesami', hash)).toBe(WRONG)
      }),
    )
  })

  test.each([
    ['nothing', ''],
    ['plain text', GOOD],
    ['another algorithm', cheap.replace('argon2id', 'argon2i')],
    ['another version', cheap.replace('v=19', 'v=16')],
    ['more memory than there should be', cheap.replace('m=8', 'm=262145')],
    ['a number with a nought before it', cheap.replace('m=8', 'm=08')],
    ['padding', `${cheap}=`],
    ['bits that say nothing', cheap.replace(/.$/, '/')],
    ['no salt', cheap.replace(/\$[^$]*\$([^$]*)$/, '$$$$$1')],
    ['a line end', `${cheap}\n`],
    ['no passes', cheap.replace('t=1', 't=0')],
    ['too little memory for argon2', cheap.replace('m=8', 'm=7')],
  ])('throws if it cannot be parsed: %s', async (_, hash) => {
    await expect(passwords.verify(GOOD, hash)).rejects.toThrow(RangeError)
  })

  test('is not revealed, and occupies no slot, if it cannot be parsed', async () => {
    const one = new Passwords({ random: randomBytes, atOnce: 1, waiting: { each: 0, all: 0 } })
    for (const broken of [`${cheap}=`, cheap.replace('m=8', 'm=7')]) {
      await expect(one.verify(GOOD, broken)).rejects.not.toThrow(cheap.slice(-43))
    }
    expect(await one.verify(GOOD, cheap)).toBeUndefined()
  })
})

/** Returns the order in which promises settle. */
async function orderOf(promises: Readonly<Record<string, Promise<unknown>>>): Promise<string[]> {
  const order: string[] = []
  await Promise.all(Object.entries(promises).map(([name, promise]) => promise.then(() => order.push(name))))
  return order
}

describe('many password checks at the same time', () => {
  test('run up to a limit: the others wait their turn', async () => {
    const one = new Passwords({ random: randomBytes, atOnce: 1 })
    const order = await orderOf({ dear: one.verify(GOOD, dear), cheap: one.verify(GOOD, cheap), last: one.verify(GOOD, cheap) })
    expect(order).toEqual(['dear', 'cheap', 'last'])
    const two = new Passwords({ random: randomBytes, atOnce: 2 })
    expect(await orderOf({ dear: two.verify(GOOD, dear), cheap: two.verify(GOOD, cheap) })).toEqual(['cheap', 'dear'])
  })

  test('wait up to a limit: the others are refused', async () => {
    const few = new Passwords({ random: randomBytes, atOnce: 2, waiting: { each: 3, all: 3 } })
    const answers = await Promise.all(Array.from({ length: 8 }, () => few.verify(GOOD, cheap)))
    expect(answers).toEqual([undefined, undefined, undefined, undefined, undefined, BUSY, BUSY, BUSY])
    expect(await few.verify(GOOD, cheap)).toBeUndefined()
    const hashes = await Promise.all(Array.from({ length: 6 }, () => few.hash(GOOD)))
    expect(hashes.filter((hash) => hash === BUSY)).toHaveLength(1)
  })

  test('do not block the process', async () => {
    let turns = 0
    let done = false
    const count = () => {
      turns++
      if (!done) setImmediate(count)
    }
    setImmediate(count)
    await passwords.verify(GOOD, dear)
    done = true
    expect(turns).toBeGreaterThan(10)
  })
})

describe('an unknown name', () => {
  test('is refused like a wrong password, with any password', async () => {
    for (const password of [GOOD, '', 'x'.repeat(500), '\0']) expect(await passwords.verify(password, undefined)).toBe(WRONG)
  })

  test('costs as much time as a registered name', async () => {
    const hash = await hashOf(GOOD)
    // by the processor time of this process, which other busy processes do not change
    const least = async (phc: string | undefined) => {
      let least = Number.POSITIVE_INFINITY
      for (let round = 0; round < 8; round++) {
        const before = process.cpuUsage()
        await passwords.verify('wrong password', phc)
        const { user, system } = process.cpuUsage(before)
        least = Math.min(least, user + system)
      }
      return least
    }
    const [registered, nobody, nothing] = [await least(hash), await least(undefined), await least(cheap)]
    expect(nobody / registered).toBeGreaterThan(0.5)
    expect(nobody / registered).toBeLessThan(2)
    expect(nobody).toBeGreaterThan(5 * nothing)
  })
})

import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { isRefusal } from '../../src/games/game.ts'
import { secretToken } from '../../src/hall/codes.ts'
import type { Denial } from '../../src/hall/denial.ts'
import { BUSY, Passwords, WRONG } from '../../src/hall/passwords.ts'
import { type Entry, People, type Visitor } from '../../src/hall/people.ts'
import { memoryStore } from '../../src/storage/memory.ts'
import { settled, TestClock } from '../support/clock.ts'

const PASSWORD = 'engine-1843'

/** Passwords that cost nothing, and count how often they were compared. */
class Plain extends Passwords {
  compared = 0

  constructor() {
    super({ random: randomBytes })
  }

  override async hash(password: string): Promise<string | Denial> {
    return password.length < 8 ? { why: 'bad-password', refused: 'a password has at least 8 characters' } : `plain ${password}`
  }

  override async verify(password: string, phc: string | undefined): Promise<Denial | undefined> {
    this.compared++
    return phc === `plain ${password}` ? undefined : WRONG
  }
}

/** People, and what happens to those who are here. */
function gathering(passwords: Passwords = new Plain()) {
  const clock = new TestClock(1_000_000)
  const { accounts } = memoryStore()
  const people = new People({ accounts, passwords, clock })
  const replaced: string[] = []
  const entry = (name: string, more: Partial<Entry> = {}): Entry => ({
    name,
    address: '192.0.2.1',
    replaced: () => replaced.push(name),
    ...more,
  })
  const enter = (name: string, more?: Partial<Entry>) => people.enter(entry(name, more))
  const register = (name: string, more?: Partial<Entry>) =>
    people.register({ password: PASSWORD, ...entry(name, more) } as Entry & { password: string })
  return { people, accounts, clock, replaced, enter, register }
}

/** Who came in; a refusal fails the test. */
async function came(entering: Promise<Visitor | Denial>): Promise<Visitor> {
  const visitor = await entering
  if (isRefusal(visitor)) throw new Error(visitor.refused)
  return visitor
}

const here = (people: People) => [...people.here].map(({ person }) => person)

describe('guests', () => {
  test('are here under their name until they leave', async () => {
    const { people, enter, clock } = gathering()
    const ada = await came(enter('Ada'))
    expect(ada).toMatchObject({ person: 'guest:ada', name: 'Ada', since: clock.now() })
    expect(here(people)).toEqual(['guest:ada'])
    ada.leave()
    ada.leave()
    expect(here(people)).toEqual([])
  })

  test.each(['ada', 'ADA', 'ａｄａ'])('a name that is taken is taken in every spelling: %s', async (name) => {
    const { people, enter, replaced } = gathering()
    await came(enter('Ada'))
    expect(await enter(name)).toEqual({ why: 'name-taken', refused: expect.stringMatching(/ is here already: choose another name$/) })
    expect([here(people), replaced]).toEqual([['guest:ada'], []])
  })

  test.each(['', ' ada', 'house', 'a@b', 'x'.repeat(21)])('what is no name is refused with a sentence: %j', async (name) => {
    const { people, enter, register } = gathering()
    for (const refused of [await enter(name), await enter(name, { password: PASSWORD }), await register(name)]) {
      expect(refused).toEqual({ why: 'bad-name', refused: expect.stringMatching(/ /) })
    }
    expect(here(people)).toEqual([])
  })

  test('`again` makes room: who was here is told and gone, and the name has one holder', async () => {
    const { people, enter, replaced } = gathering()
    const before = await came(enter('ada'))
    const after = await came(enter('Ada', { again: true }))
    expect(replaced).toEqual(['ada'])
    expect([...people.here]).toEqual([after])
    before.leave()
    expect([...people.here]).toEqual([after])
  })

  test('of two who come at the same time, one gets the name', async () => {
    const { people, enter } = gathering()
    const both = await Promise.all([enter('ada'), enter('ada')])
    expect(both.filter(isRefusal)).toHaveLength(1)
    expect(here(people)).toEqual(['guest:ada'])
  })

  test('who is here may say the own name again, and then leaves the first one behind', async () => {
    const { people, enter, replaced } = gathering()
    const before = await came(enter('ada'))
    const after = await came(enter('ada', { before }))
    before.leave()
    expect([...people.here]).toEqual([after])
    expect(replaced).toEqual([])
  })
})

describe('registered names', () => {
  test('need their password, in every spelling, and have no guests', async () => {
    const { people, enter, register } = gathering()
    const ada = await came(register('Ada'))
    expect(ada).toMatchObject({ person: 'account:1', name: 'Ada' })
    ada.leave()
    const refused = { why: 'name-taken', refused: 'the name Ada is registered: log in with its password, or take another name' }
    expect(await enter('ADA')).toEqual(refused)
    expect(await enter('ada', { again: true })).toEqual(refused)
    expect(await came(enter('ada', { password: PASSWORD }))).toMatchObject({ person: 'account:1', name: 'Ada' })
    expect(await people.isRegistered('aDa')).toBe(true)
    expect(await people.isRegistered('grace')).toBe(false)
  })

  test('are registered once, also by two at the same time', async () => {
    const { people, register } = gathering()
    const both = await Promise.all([register('ada'), register('Ada')])
    expect(both.filter(isRefusal)).toEqual([{ why: 'name-taken', refused: expect.stringMatching(/^the name \w+ is registered already/) }])
    expect(await register('ADA')).toEqual({ why: 'name-taken', refused: expect.stringContaining('registered already') })
    expect(here(people)).toEqual(['account:1'])
  })

  test('are not taken away from a guest who is here, but that guest may register', async () => {
    const { people, enter, register } = gathering()
    const guest = await came(enter('ada'))
    expect(await register('Ada')).toEqual({ why: 'name-taken', refused: 'Ada is here already: choose another name' })
    expect(await people.isRegistered('ada')).toBe(false)
    const owner = await came(register('Ada', { before: guest }))
    guest.leave()
    expect([...people.here]).toEqual([owner])
  })

  test('may be here several times, each with the password', async () => {
    const { people, enter, register, replaced } = gathering()
    await came(register('ada'))
    await came(enter('ada', { password: PASSWORD }))
    await came(enter('ada', { password: PASSWORD, again: true }))
    expect([here(people), replaced]).toEqual([['account:1', 'account:1', 'account:1'], []])
  })

  test('a password that is none is refused, and registers nothing', async () => {
    const { people, register } = gathering()
    expect(await register('ada', { password: 'short' })).toEqual({ why: 'bad-password', refused: expect.stringMatching(/at least 8/) })
    expect(await people.isRegistered('ada')).toBe(false)
    expect(here(people)).toEqual([])
  })

  test('a new password is the only one; a name that is removed is free', async () => {
    const { people, enter, register } = gathering()
    await came(register('ada'))
    const by = { password: PASSWORD, address: '192.0.2.1' }
    expect(await people.setPassword('ada', 'analytical', { ...by, password: 'wrong-one' })).toEqual(WRONG)
    expect(await people.setPassword('ada', 'short', by)).toEqual({ why: 'bad-password', refused: expect.stringMatching(/at least 8/) })
    expect(await people.setPassword('ADA', 'analytical', by)).toBeUndefined()
    expect(await enter('ada', { password: PASSWORD })).toEqual(WRONG)
    expect(await people.setPassword('ada', 'difference')).toBeUndefined()
    await came(enter('ada', { password: 'difference' }))
    expect(await people.setPassword('grace', 'difference')).toEqual({
      why: 'unregistered',
      refused: 'nobody has registered the name grace',
    })
    expect(await people.setPassword('grace', 'difference', by)).toEqual(WRONG)
    expect(await people.remove('Ada')).toBeUndefined()
    expect(await people.remove('Ada')).toEqual({ why: 'unregistered', refused: 'nobody has registered the name Ada' })
    expect(await came(enter('ada'))).toMatchObject({ person: 'guest:ada' })
  })

  test('what is kept of a password is not the password', async () => {
    const { accounts, register } = gathering(new Passwords({ random: randomBytes }))
    await came(register('ada'))
    const kept = JSON.stringify(await accounts.named('ada'))
    expect(kept).toMatch(/\$argon2id\$/)
    expect(kept).not.toContain(PASSWORD)
  })
})

describe('guesses at passwords', () => {
  test('nobody learns which names there are: the answer is the same, and so is the work', async () => {
    const passwords = new Plain()
    const { enter, register } = gathering(passwords)
    await came(register('ada'))
    const before = passwords.compared
    const wrong = await enter('ada', { password: 'guessed-it' })
    expect(passwords.compared).toBe(before + 1)
    expect(await enter('grace', { password: 'guessed-it' })).toEqual(wrong)
    expect(passwords.compared).toBe(before + 2)
    expect(wrong).toEqual({ why: 'bad-password', refused: 'the name or the password is wrong' })
  })

  test('are ten at a name, and then one in twenty seconds; the right one is not heard before, and is not compared', async () => {
    const passwords = new Plain()
    const { enter, register, clock } = gathering(passwords)
    await came(register('ada'))
    await clock.pass(20_000)
    const addresses = Array.from({ length: 10 }, (_, at) => `192.0.2.${at + 10}`)
    for (const address of addresses) expect(await enter('ada', { address, password: 'guessed-it' })).toEqual(WRONG)
    const compared = passwords.compared
    const refused = { why: 'throttled', refused: 'too many tries: wait 20 seconds' }
    expect(await enter('ADA', { password: PASSWORD })).toEqual(refused)
    expect(passwords.compared).toBe(compared)
    await clock.pass(19_999)
    expect(await enter('ada', { password: PASSWORD })).toEqual({ why: 'throttled', refused: 'too many tries: wait 1 second' })
    await clock.pass(1)
    await came(enter('ada', { password: PASSWORD }))
    // who is in has all guesses again
    for (let tries = 0; tries < 10; tries++) expect(await enter('ada', { password: 'guessed-it' })).toEqual(WRONG)
  })

  test('at a name that nobody has are throttled in the same way', async () => {
    const { enter } = gathering()
    for (let tries = 0; tries < 10; tries++) expect(await enter('grace', { password: 'guessed-it' })).toEqual(WRONG)
    expect(await enter('grace', { password: 'guessed-it' })).toEqual({ why: 'throttled', refused: 'too many tries: wait 20 seconds' })
  })

  test('from one address are limited, whatever the names; other addresses are not', async () => {
    const { enter } = gathering()
    let tries = 0
    while (JSON.stringify(await enter(`person${tries}`, { password: 'guessed-it' })) === JSON.stringify(WRONG)) tries++
    expect(tries).toBe(100)
    expect(await enter('ada', { password: 'guessed-it' })).toEqual({ why: 'throttled', refused: 'too many tries: wait 2 seconds' })
    expect(await enter('ada', { password: 'guessed-it', address: '192.0.2.99' })).toEqual(WRONG)
  })

  test('a class behind one address can register, and log in again, at once', async () => {
    const { enter, register } = gathering()
    for (let student = 0; student < 30; student++) (await came(register(`student${student}`))).leave()
    for (let times = 0; times < 2; times++)
      for (let student = 0; student < 30; student++) (await came(enter(`student${student}`, { password: PASSWORD }))).leave()
  })

  test('an old password is guessed no faster than at the door', async () => {
    const { people, register } = gathering()
    await came(register('ada'))
    const old = { password: 'guessed-it', address: '192.0.2.1' }
    let tries = 0
    while (JSON.stringify(await people.setPassword('ada', 'analytical', old)) === JSON.stringify(WRONG)) tries++
    expect(tries).toBe(9)
  })

  test('invitations are guessed slowly too', async () => {
    const { people, clock } = gathering()
    for (let tries = 0; tries < 20; tries++) expect(people.guessCode('192.0.2.1')).toBeUndefined()
    expect(people.guessCode('192.0.2.1')).toEqual({ why: 'throttled', refused: 'too many tries: wait 10 seconds' })
    expect(people.guessCode('192.0.2.2')).toBeUndefined()
    await clock.pass(10_000)
    expect(people.guessCode('192.0.2.1')).toBeUndefined()
  })

  test('when too many are at it, that is said, and nobody is in', async () => {
    const passwords = new Passwords({ random: randomBytes, atOnce: 1, waiting: 0 })
    const { people, register } = gathering(passwords)
    const [first, second] = await Promise.all([register('ada'), register('grace')])
    expect([isRefusal(first), second]).toEqual([false, { ...BUSY, why: 'throttled' }])
    expect(here(people)).toEqual(['account:1'])
  })
})

describe('who comes back with a token', () => {
  test('of a session is let in without the password, until it is closed or over', async () => {
    const { people, clock, register } = gathering()
    const ada = await came(register('ada'))
    const [one, other] = [secretToken(randomBytes), secretToken(randomBytes)]
    for (const token of [one, other]) await people.openSession(ada.person, token)
    const entry = { address: '192.0.2.1', replaced: () => {} }
    expect(await came(people.enterBySession(one, entry))).toMatchObject({ person: ada.person, name: 'ada' })
    await people.closeSession(one)
    const over = { why: 'bad-token', refused: 'this session is over: log in' }
    for (const token of [one, 'nonsense', secretToken(randomBytes)]) expect(await people.enterBySession(token, entry)).toEqual(over)
    await clock.pass(30 * 24 * 3600 * 1000)
    expect(await people.enterBySession(other, entry)).toEqual(over)
    expect(await people.openSession('guest:grace', other)).toEqual({
      why: 'unregistered',
      refused: 'sessions are for registered names: register first',
    })
  })

  test('is the same person, and makes room as a guest', async () => {
    const { people, enter, replaced } = gathering()
    await came(enter('ada'))
    const entry = { name: 'ada', address: '192.0.2.1', replaced: () => {} }
    expect(await came(people.comeBack('guest:ada', entry))).toMatchObject({ person: 'guest:ada' })
    expect([here(people), replaced]).toEqual([['guest:ada'], ['ada']])
    expect(await came(people.comeBack('account:7', { ...entry, name: 'grace' }))).toMatchObject({ person: 'account:7', name: 'grace' })
  })
})

test('nothing is left waiting', async () => {
  const { clock, enter } = gathering()
  await came(enter('ada'))
  await settled()
  expect(clock.waiting).toBe(0)
})

import { randomBytes } from 'node:crypto'
import { describe, expect, test, vi } from 'vitest'
import { isRefusal } from '../../src/games/game.ts'
import { type AuthError, WRONG } from '../../src/hall/accounts/auth-errors.ts'
import type { OnlineUser } from '../../src/hall/accounts/online-users.ts'
import { BUSY, Passwords } from '../../src/hall/accounts/passwords.ts'
import { type LoginRequest, People } from '../../src/hall/accounts/people.ts'
import { makeToken } from '../../src/hall/accounts/tokens.ts'
import { memoryStore } from '../../src/storage/memory/index.ts'
import { settled, TestClock } from '../support/test-clock.ts'

const PASSWORD = 'engine-1843'

/** Password checks that cost nothing, with a count of the comparisons. */
class Plain extends Passwords {
  compared = 0

  constructor() {
    super({ random: randomBytes })
  }

  override async hash(password: string): Promise<string | AuthError> {
    return password.length < 8 ? { code: 'bad-password', refused: 'a password has at least 8 characters' } : `plain ${password}`
  }

  override async verify(password: string, phc: string | undefined): Promise<AuthError | undefined> {
    this.compared++
    return phc === `plain ${password}` ? undefined : WRONG
  }
}

/** People, with a record of the events of online users. */
function gathering(passwords: Passwords = new Plain(), expects: (person: string) => boolean = () => false) {
  const clock = new TestClock(1_000_000)
  const { accounts } = memoryStore()
  const seats: string[] = []
  const people = new People({
    accounts,
    passwords,
    clock,
    random: randomBytes,
    seats: {
      holdsSeatFor: expects,
      revokeTokens: (person) => seats.push(`revoked ${person}`),
      leaveSeats: (person) => seats.push(`given up ${person}`),
    },
  })
  const replaced: string[] = []
  const reasons: string[] = []
  const entry = (name: string, more: Partial<LoginRequest> = {}): LoginRequest => ({
    name,
    address: '192.0.2.1',
    onReplaced: (reason) => {
      replaced.push(name)
      reasons.push(reason)
    },
    ...more,
  })
  const enter = (name: string, more?: Partial<LoginRequest>) => people.enter(entry(name, more))
  const register = (name: string, more?: Partial<LoginRequest>) =>
    people.register({ password: PASSWORD, ...entry(name, more) } as LoginRequest & { password: string })
  return { people, accounts, clock, seats, replaced, reasons, entry, enter, register }
}

/** Returns the user that entered; a refusal fails the test. */
async function expectOnlineUser(entering: Promise<OnlineUser | AuthError>): Promise<OnlineUser> {
  const user = await entering
  if (isRefusal(user)) throw new Error(user.refused)
  return user
}

const here = (people: People) => [...people.online].map(({ person }) => person)

describe('guests', () => {
  test('are online under their name until they leave', async () => {
    const { people, enter, clock } = gathering()
    const ada = await expectOnlineUser(enter('Ada'))
    expect(ada).toMatchObject({ person: 'guest:ada', name: 'Ada', since: clock.now() })
    expect(here(people)).toEqual(['guest:ada'])
    ada.leave()
    ada.leave()
    expect(here(people)).toEqual([])
  })

  test.each(['ada', 'ADA', 'ａｄａ'])('cannot use a taken name in another spelling: %s', async (name) => {
    const { people, enter, replaced } = gathering()
    await expectOnlineUser(enter('Ada'))
    expect(await enter(name)).toEqual({
      code: 'name-taken',
      refused: expect.stringMatching(/ is taken; try \S+2$/),
      proposal: expect.stringMatching(/2$/),
    })
    expect([here(people), replaced]).toEqual([['guest:ada'], []])
  })

  test.each(['', ' ada', 'house', 'a@b', 'x'.repeat(21)])('cannot use an invalid name, and receive a sentence: %j', async (name) => {
    const { people, enter, register } = gathering()
    for (const refused of [await enter(name), await enter(name, { password: PASSWORD }), await register(name)]) {
      expect(refused).toEqual({ code: 'bad-name', refused: expect.stringMatching(/ /) })
    }
    expect(here(people)).toEqual([])
  })

  test('the reconnect secret disconnects the earlier connection with a reason, and the name has one owner', async () => {
    const { people, enter, replaced } = gathering()
    const before = await expectOnlineUser(enter('ada'))
    const secret = people.reconnectSecret(before)
    const after = await expectOnlineUser(enter('Ada', { secret }))
    expect(replaced).toEqual(['ada'])
    expect([...people.online]).toEqual([after])
    before.leave()
    expect([...people.online]).toEqual([after])
  })

  test('a reconnect secret is valid until there is a new secret, or another guest of that name', async () => {
    const { people, enter } = gathering()
    const first = await expectOnlineUser(enter('ada'))
    const old = people.reconnectSecret(first)
    const secret = people.reconnectSecret(first)
    expect(await enter('ada', { secret: old })).toMatchObject({ code: 'name-taken' })
    first.leave()
    expect(people.reconnectSecret(first)).toBeUndefined()
    const back = await expectOnlineUser(enter('ada', { secret }))
    back.leave()
    await expectOnlineUser(enter('ada'))
    for (const wrong of [secret, 'nonsense', '', makeToken(randomBytes)])
      expect(await enter('ada', { secret: wrong })).toMatchObject({ code: 'name-taken', proposal: 'ada2' })
  })

  test('the name of an absent guest with a reserved seat is taken, except for a client with its secret', async () => {
    const expected = new Set<string>()
    const { people, enter } = gathering(new Plain(), (person) => expected.has(person))
    const ada = await expectOnlineUser(enter('ada'))
    const secret = people.reconnectSecret(ada)
    ada.leave()
    expected.add('guest:ada')
    expect(await enter('ada')).toMatchObject({ code: 'name-taken', refused: 'ada is taken; try ada2' })
    expect(await expectOnlineUser(enter('ada', { secret }))).toMatchObject({ person: 'guest:ada' })
  })

  test('refusing a name that is taken with all numbers behind it costs no more than others: few lookups, and few checks', async () => {
    const { accounts, people, enter } = gathering()
    const others = ['', 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 18, 26, 42, 74, 138, 266, 522, 1034]
    for (const other of others) await expectOnlineUser(enter(`ada${other}`))
    // shortened for a number, it reads like a word of the house
    await expectOnlineUser(enter('s.e.r.v.e.r........x'))
    for (let at = 0; at < 1000; at++) await accounts.add({ key: `user${at}z`, name: `user${at}z`, password: 'plain', since: 0 })
    await people.load()
    const named = vi.spyOn(accounts, 'named')
    const spent = async (name: string, refused?: string) => {
      for (let at = 0; at < 100; at++) expect(await enter(name)).toMatchObject(refused === undefined ? {} : { refused })
      const before = process.threadCpuUsage()
      for (let at = 0; at < 100; at++) {
        const entered = await enter(name)
        if (!('refused' in entered)) entered.leave()
      }
      const { user, system } = process.threadCpuUsage(before)
      return user + system
    }
    const free = await spent('grace')
    named.mockClear()
    const taken = await spent('ada', 'ada is taken; choose another name')
    expect(named).toHaveBeenCalledTimes(200)
    const cut = await spent('s.e.r.v.e.r........x', 's.e.r.v.e.r........x is taken; choose another name')
    expect([taken / free, cut / free].map((ratio) => ratio < 4)).toEqual([true, true])
  })

  test('a proposed name is free, valid, and the same each time', async () => {
    const { enter, register } = gathering()
    for (const name of ['ada', 'ada2', 'x'.repeat(20), '7']) await expectOnlineUser(enter(name))
    await expectOnlineUser(register('ada3'))
    const proposed = async (name: string) => {
      const refused = await enter(name)
      return 'proposal' in refused ? refused.proposal : undefined
    }
    expect([await proposed('ada'), await proposed('ada'), await proposed('ada2')]).toEqual(['ada4', 'ada4', 'ada4'])
    expect(await proposed('x'.repeat(20))).toBe(`${'x'.repeat(19)}2`)
    for (const name of ['ada4', `${'x'.repeat(19)}2`]) await expectOnlineUser(enter(name))
  })

  test('one of two simultaneous clients gets the name', async () => {
    const { people, enter } = gathering()
    const both = await Promise.all([enter('ada'), enter('ada')])
    expect(both.filter(isRefusal)).toHaveLength(1)
    expect(here(people)).toEqual(['guest:ada'])
  })

  test('an online guest may enter its own name again, and then leaves the first name', async () => {
    const { people, enter, replaced } = gathering()
    const before = await expectOnlineUser(enter('ada'))
    const after = await expectOnlineUser(enter('ada', { before }))
    before.leave()
    expect([...people.online]).toEqual([after])
    expect(replaced).toEqual([])
  })
})

describe('registered names', () => {
  test('require their password, in every spelling, and admit no guests', async () => {
    const { people, enter, register } = gathering()
    const ada = await expectOnlineUser(register('Ada'))
    expect(ada).toMatchObject({ person: 'account:1', name: 'Ada' })
    ada.leave()
    const refused = {
      code: 'name-taken',
      refused: 'the name Ada is registered: log in with its password, or take another name',
      registered: 'Ada',
    }
    expect(await enter('ADA')).toEqual(refused)
    expect(await enter('ada', { secret: makeToken(randomBytes) })).toEqual(refused)
    expect(await expectOnlineUser(enter('ada', { password: PASSWORD }))).toMatchObject({ person: 'account:1', name: 'Ada' })
    expect(await people.registeredName('aDa')).toBe('Ada')
    expect(await people.registeredName('grace')).toBeUndefined()
  })

  test('are registered once, also by two clients at the same time', async () => {
    const { people, register } = gathering()
    const both = await Promise.all([register('ada'), register('Ada')])
    expect(both.filter(isRefusal)).toEqual([{ code: 'name-taken', refused: expect.stringMatching(/^the name \w+ is registered already/) }])
    expect(await register('ADA')).toEqual({ code: 'name-taken', refused: expect.stringContaining('registered already') })
    expect(here(people)).toEqual(['account:1'])
  })

  test('cannot be registered by another client while their guest is online, but by that guest', async () => {
    const { people, enter, register } = gathering()
    const guest = await expectOnlineUser(enter('ada'))
    expect(await register('Ada')).toEqual({ code: 'name-taken', refused: 'Ada is taken; try Ada2', proposal: 'Ada2' })
    expect(await people.registeredName('ada')).toBeUndefined()
    const owner = await expectOnlineUser(register('Ada', { before: guest }))
    guest.leave()
    expect([...people.online]).toEqual([owner])
  })

  test('may be online several times, each with the password', async () => {
    const { people, enter, register, replaced } = gathering()
    await expectOnlineUser(register('ada'))
    await expectOnlineUser(enter('ada', { password: PASSWORD }))
    await expectOnlineUser(enter('ada', { password: PASSWORD }))
    expect([here(people), replaced]).toEqual([['account:1', 'account:1', 'account:1'], []])
  })

  test('are not registered with an invalid password', async () => {
    const { people, register } = gathering()
    expect(await register('ada', { password: 'short' })).toEqual({ code: 'bad-password', refused: expect.stringMatching(/at least 8/) })
    expect(await people.registeredName('ada')).toBeUndefined()
    expect(here(people)).toEqual([])
  })

  test('have only their new password after a change, and are free after a removal', async () => {
    const { people, enter, register } = gathering()
    await expectOnlineUser(register('ada'))
    const by = { password: PASSWORD, address: '192.0.2.1' }
    expect(await people.setPassword('ada', 'analytical', { ...by, password: 'wrong-one' })).toEqual(WRONG)
    expect(await people.setPassword('ada', 'short', by)).toEqual({ code: 'bad-password', refused: expect.stringMatching(/at least 8/) })
    expect(await people.setPassword('ADA', 'analytical', by)).toEqual({ connections: 1, sessions: 0 })
    expect(await enter('ada', { password: PASSWORD })).toEqual(WRONG)
    expect(await people.setPassword('ada', 'difference')).toEqual({ connections: 0, sessions: 0 })
    await expectOnlineUser(enter('ada', { password: 'difference' }))
    expect(await people.setPassword('grace', 'difference')).toEqual({
      code: 'unregistered',
      refused: 'the name grace is not registered',
    })
    expect(await people.setPassword('grace', 'difference', by)).toEqual(WRONG)
    expect(await people.remove('Ada')).toEqual({ connections: 1, sessions: 0 })
    expect(await people.remove('Ada')).toEqual({ code: 'unregistered', refused: 'the name Ada is not registered' })
    expect(await expectOnlineUser(enter('ada'))).toMatchObject({ person: 'guest:ada' })
  })

  test('store a hash of the password, not the password', async () => {
    const { accounts, register } = gathering(new Passwords({ random: randomBytes }))
    await expectOnlineUser(register('ada'))
    const stored = JSON.stringify(await accounts.named('ada'))
    expect(stored).toMatch(/\$argon2id\$/)
    expect(stored).not.toContain(PASSWORD)
  })
})

describe('password guesses', () => {
  test('do not reveal which names exist: the answer and the work are the same', async () => {
    const passwords = new Plain()
    const { enter, register } = gathering(passwords)
    await expectOnlineUser(register('ada'))
    const before = passwords.compared
    const wrong = await enter('ada', { password: 'guessed-it' })
    expect(passwords.compared).toBe(before + 1)
    expect(await enter('grace', { password: 'guessed-it' })).toEqual(wrong)
    expect(passwords.compared).toBe(before + 2)
    expect(wrong).toEqual({ code: 'bad-password', refused: 'the name or the password is wrong' })
  })

  test('are limited to ten at a name from unknown addresses, then one in twenty seconds; the correct password is not compared earlier', async () => {
    const passwords = new Plain()
    const { enter, register, clock } = gathering(passwords)
    await expectOnlineUser(register('ada', { address: '192.0.2.9' }))
    const addresses = Array.from({ length: 10 }, (_, at) => `192.0.2.${at + 10}`)
    for (const address of addresses) expect(await enter('ada', { address, password: 'guessed-it' })).toEqual(WRONG)
    const compared = passwords.compared
    const refused = { code: 'throttled', refused: 'too many tries: wait 20 seconds' }
    expect(await enter('ADA', { password: PASSWORD })).toEqual(refused)
    expect(passwords.compared).toBe(compared)
    await clock.pass(19_999)
    expect(await enter('ada', { password: PASSWORD })).toEqual({ code: 'throttled', refused: 'too many tries: wait 1 second' })
    await clock.pass(1)
    await expectOnlineUser(enter('ada', { password: PASSWORD }))
    // the correct one has returned its own try, and no more
    expect(await enter('ada', { address: '192.0.2.10', password: 'guessed-it' })).toEqual(WRONG)
    expect(await enter('ada', { address: '192.0.2.11', password: 'guessed-it' })).toEqual(refused)
  })

  test('from elsewhere do not lock the owner out at an address with an earlier login, nor with a session', async () => {
    const { people, enter, register, clock } = gathering()
    const ada = await expectOnlineUser(register('ada'))
    const session = makeToken(randomBytes)
    await people.openSession(ada, session)
    let [guesses, logins] = [0, 0]
    for (let second = 0; second < 120; second++) {
      await clock.pass(1000)
      for (let tries = 0; tries < 5; tries++) {
        guesses++
        await enter('ada', { address: `198.51.100.${(second + tries) % 200}`, password: 'guessed-it' })
      }
      if (!isRefusal(await enter('ada', { password: PASSWORD }))) logins++
    }
    expect([guesses, logins]).toEqual([600, 120])
    expect(await enter('ada', { address: '192.0.2.77', password: PASSWORD })).toMatchObject({ code: 'throttled' })
    expect(await expectOnlineUser(people.enterBySession(session, { address: '192.0.2.77', onReplaced: () => {} }))).toMatchObject({
      name: 'ada',
    })
  })

  test('cost neither the name nor other addresses a try if the server refuses them', async () => {
    const { enter, register } = gathering()
    await expectOnlineUser(register('ada', { address: '192.0.2.9' }))
    for (let tries = 0; tries < 300; tries++) await enter(`person${tries}`, { address: '198.51.100.1', password: 'guessed-it' })
    for (let tries = 0; tries < 50; tries++)
      expect(await enter('ada', { address: '198.51.100.1', password: 'guessed-it' })).toMatchObject({ code: 'throttled' })
    await expectOnlineUser(enter('ada', { address: '192.0.2.44', password: PASSWORD }))
  })

  test('at a known address are limited as well', async () => {
    const { enter, register } = gathering()
    await expectOnlineUser(register('ada'))
    for (let tries = 0; tries < 10; tries++) expect(await enter('ada', { password: 'guessed-it' })).toEqual(WRONG)
    expect(await enter('ada', { password: PASSWORD })).toEqual({ code: 'throttled', refused: 'too many tries: wait 20 seconds' })
  })

  test('leave known addresses known after a restart: the latest eight of each name', async () => {
    const { accounts, clock, enter, register, entry } = gathering()
    await expectOnlineUser(register('ada', { address: '192.0.2.100' }))
    for (let at = 1; at <= 8; at++) await expectOnlineUser(enter('ada', { address: `192.0.2.${at}`, password: PASSWORD }))
    await settled()
    expect(await accounts.places()).toHaveLength(8)
    expect(JSON.stringify(await accounts.places())).not.toMatch(/192|ada/)
    const again = new People({ accounts, passwords: new Plain(), clock })
    await again.load()
    for (let at = 0; at < 10; at++) await again.enter(entry('ada', { address: `198.51.100.${at}`, password: 'guessed-it' }))
    for (let at = 1; at <= 8; at++) await expectOnlineUser(again.enter(entry('ada', { address: `192.0.2.${at}`, password: PASSWORD })))
    expect(await again.enter(entry('ada', { address: '192.0.2.100', password: PASSWORD }))).toMatchObject({ code: 'throttled' })
    await again.remove('ada')
    expect(await accounts.places()).toEqual([])
  })

  test('at an unknown name are limited in the same way', async () => {
    const { enter } = gathering()
    for (let tries = 0; tries < 10; tries++) expect(await enter('grace', { password: 'guessed-it' })).toEqual(WRONG)
    expect(await enter('grace', { password: 'guessed-it' })).toEqual({ code: 'throttled', refused: 'too many tries: wait 20 seconds' })
  })

  test('from one address are limited, at all names together; other addresses are not affected', async () => {
    const { enter } = gathering()
    let tries = 0
    while (JSON.stringify(await enter(`person${tries}`, { password: 'guessed-it' })) === JSON.stringify(WRONG)) tries++
    expect(tries).toBe(300)
    expect(await enter('ada', { password: 'guessed-it' })).toEqual({ code: 'throttled', refused: 'too many tries: wait 2 seconds' })
    expect(await enter('ada', { password: 'guessed-it', address: '192.0.2.99' })).toEqual(WRONG)
  })

  test('a year of students behind one address can register, and log in again, in a burst', async () => {
    const { enter, register } = gathering()
    const students = Array.from({ length: 200 }, (_, at) => `student${at}`)
    await Promise.all(students.map((name) => expectOnlineUser(register(name))))
    for (const address of ['192.0.2.1', '192.0.2.2', '192.0.2.2'])
      await Promise.all(students.map((name) => expectOnlineUser(enter(name, { address, password: PASSWORD }))))
  })

  test('at the old password in a change are limited like those at a login', async () => {
    const { people, register } = gathering()
    await expectOnlineUser(register('ada'))
    const old = { password: 'guessed-it', address: '192.0.2.1' }
    let tries = 0
    while (JSON.stringify(await people.setPassword('ada', 'analytical', old)) === JSON.stringify(WRONG)) tries++
    expect(tries).toBe(10)
  })

  test('wrong invitation codes count for their connection first, then for the address', async () => {
    const { people, clock } = gathering()
    const wrongCodes = (address: string) => {
      const tries = people.codeTries(address)
      let wrong = 0
      for (; !tries.denial(); wrong++) tries.failed()
      return { wrong, denial: () => tries.denial() }
    }
    const wait = (seconds: string) => ({ code: 'throttled', refused: `too many tries: wait ${seconds}` })
    const first = wrongCodes('192.0.2.1')
    expect([first.wrong, first.denial()]).toEqual([10, wait('20 seconds')])
    expect(people.codeTries('192.0.2.1').denial()).toBeUndefined()
    for (let connections = 1; connections < 30; connections++) expect(wrongCodes('192.0.2.1').wrong).toBe(10)
    expect(people.codeTries('192.0.2.1').denial()).toEqual(wait('2 seconds'))
    expect(people.codeTries('192.0.2.2').denial()).toBeUndefined()
    await clock.pass(2_000)
    expect(wrongCodes('192.0.2.1').wrong).toBe(1)
  })

  test('are refused with a sentence if too many wait, and log no client in', async () => {
    const passwords = new Passwords({ random: randomBytes, atOnce: 1, waiting: { each: 0, all: 0 } })
    const { people, register } = gathering(passwords)
    const [first, second] = await Promise.all([register('ada'), register('grace')])
    expect([isRefusal(first), second]).toEqual([false, { ...BUSY, code: 'throttled' }])
    expect(here(people)).toEqual(['account:1'])
  })
})

describe('a client that resumes with a token', () => {
  test('logs in with a session without the password, until the session is closed or expired', async () => {
    const { people, clock, register } = gathering()
    const ada = await expectOnlineUser(register('ada'))
    const [one, other] = [makeToken(randomBytes), makeToken(randomBytes)]
    for (const token of [one, other]) await people.openSession(ada, token)
    const entry = { address: '192.0.2.1', onReplaced: () => {} }
    expect(await expectOnlineUser(people.enterBySession(one, entry))).toMatchObject({ person: ada.person, name: 'ada' })
    await people.closeSession(one)
    const over = { code: 'bad-token', refused: 'this session is over: log in' }
    for (const token of [one, 'nonsense', makeToken(randomBytes)]) expect(await people.enterBySession(token, entry)).toEqual(over)
    await clock.pass(30 * 24 * 3600 * 1000)
    expect(await people.enterBySession(other, entry)).toEqual(over)
    expect(await people.openSession(await expectOnlineUser(people.enter({ ...entry, name: 'grace' })), other)).toEqual({
      code: 'unregistered',
      refused: 'sessions are for registered names: register first',
    })
  })

  test('is the same guest with a seat token, and the earlier connection is closed; the token opens no account', async () => {
    const { people, enter, replaced } = gathering()
    const before = await expectOnlineUser(enter('ada'))
    before.addToken('hash')
    const entry = { name: 'ada', address: '192.0.2.1', onReplaced: () => {} }
    expect(await people.enterBySeatToken('guest:ada', 'other', entry)).toBeUndefined()
    expect(await people.enterBySeatToken('guest:ada', 'hash', entry)).toMatchObject({ person: 'guest:ada' })
    expect([here(people), replaced]).toEqual([['guest:ada'], ['ada']])
    expect(await people.enterBySeatToken('account:7', 'hash', { ...entry, name: 'grace' })).toBeUndefined()
  })
})

describe('a change to an account', () => {
  test('ends all other connections, also those in its seats, and all sessions; the connection that made it stays, and receives their number', async () => {
    const { people, reasons, seats, enter, register } = gathering()
    const owner = await expectOnlineUser(register('ada'))
    const thief = await expectOnlineUser(enter('ada', { password: PASSWORD }))
    const ended: string[] = []
    people.holdSeat('account:1', (reason) => ended.push(reason))
    for (const user of [owner, thief]) await people.openSession(user, makeToken(randomBytes))
    const proof = { password: PASSWORD, address: '192.0.2.1', user: owner }
    expect(await people.setPassword('ada', 'analytical', proof)).toEqual({ connections: 2, sessions: 2 })
    const sentence = 'your password was changed: log in again'
    expect([reasons, ended, [...people.online]]).toEqual([[sentence], [sentence], [owner]])
    expect(seats).toContain('revoked account:1')
    expect(await people.openSession(thief, makeToken(randomBytes))).toMatchObject({ code: 'unregistered' })
  })

  test('ends many connections in parts, some in each turn of the event loop; none is online meanwhile, and the answer is last', async () => {
    const { people, clock, register } = gathering()
    const owner = await expectOnlineUser(register('ada'))
    const session = makeToken(randomBytes)
    await people.openSession(owner, session)
    const COUNT = 40
    const here = new Set<number>()
    let ended = 0
    const replaced = () => {
      const until = performance.now() + 0.2
      while (performance.now() < until) {}
      ended++
      here.add([...people.online].length)
    }
    for (let at = 0; at < COUNT; at++) await people.enterBySession(session, { address: '192.0.2.1', onReplaced: replaced })
    const turns: number[] = []
    clock.onFired = () => turns.push(ended)
    let answer: unknown
    const changed = people.setPassword('ada', 'analytical', { password: PASSWORD, address: '192.0.2.1', user: owner })
    void changed.then((given) => (answer = given))
    await settled()
    expect(ended).toBeGreaterThan(0)
    expect(ended).toBeLessThan(COUNT)
    expect(answer).toBeUndefined()
    await clock.pass(0)
    expect([answer, ended, [...here]]).toEqual([{ connections: COUNT, sessions: 1 }, COUNT, [1]])
    expect(turns.length).toBeGreaterThan(2)
  })

  test('by the operator ends all of them; a removal resigns the games', async () => {
    const { people, reasons, seats, register, enter } = gathering()
    await expectOnlineUser(register('ada'))
    expect(await people.setPassword('ada', 'analytical')).toEqual({ connections: 1, sessions: 0 })
    const back = await expectOnlineUser(enter('ada', { password: 'analytical' }))
    await people.openSession(back, makeToken(randomBytes))
    expect(await people.remove('ada')).toEqual({ connections: 1, sessions: 1 })
    expect(reasons).toEqual(['your password was changed: log in again', 'your name is no longer registered here'])
    expect([here(people), seats.includes('given up account:1')]).toEqual([[], true])
  })

  test.each(['password', 'removal'] as const)('also ends requests that were under way: %s', async (what) => {
    const { people, enter, register } = gathering(new Passwords({ random: randomBytes }))
    const owner = await expectOnlineUser(register('ada'))
    const session = makeToken(randomBytes)
    await people.openSession(owner, session)
    const minted = makeToken(randomBytes)
    const proof = { password: PASSWORD, address: '192.0.2.1', user: owner }
    const change = what === 'password' ? people.setPassword('ada', 'analytical') : people.remove('ada')
    const under = await Promise.all([
      enter('ada', { password: PASSWORD }),
      people.enterBySession(session, { address: '192.0.2.1', onReplaced: () => {} }),
      people.openSession(owner, minted),
      people.setPassword('ada', 'difference', proof),
    ])
    await change
    expect(under.filter((answer) => typeof answer === 'object' && !isRefusal(answer) && 'isOnline' in answer && answer.isOnline)).toEqual(
      [],
    )
    expect(here(people)).toEqual([])
    for (const token of [session, minted])
      expect(await people.enterBySession(token, { address: '192.0.2.1', onReplaced: () => {} })).toMatchObject({ code: 'bad-token' })
    if (what === 'password') await expectOnlineUser(enter('ada', { password: 'analytical' }))
  })
})

test('leaves no promise pending', async () => {
  const { clock, enter } = gathering()
  await expectOnlineUser(enter('ada'))
  await settled()
  expect(clock.waiting).toBe(0)
})

describe('names that look alike', () => {
  test('are refused while the other is registered or online, and the error names it; existing accounts stay usable', async () => {
    const { accounts, people, enter, register } = gathering()
    await expectOnlineUser(register('Ame'))
    expect(await enter('Arne')).toMatchObject({ code: 'name-taken', refused: 'Arne looks like Ame, which is taken; try Arne2' })
    expect(await register('АМЕ')).toMatchObject({ code: 'name-taken', refused: expect.stringContaining('looks like Ame') })
    const guest = await expectOnlineUser(enter('b0b'))
    expect(await enter('bob')).toMatchObject({ refused: 'bob looks like b0b, which is taken; try bob2' })
    expect(await expectOnlineUser(enter('bob', { before: guest }))).toMatchObject({ name: 'bob' })
    guest.leave()
    await people.remove('Ame')
    await expectOnlineUser(register('Arne'))
    // as an earlier version let both register
    await accounts.add({ key: 'ame', name: 'Ame', password: `plain ${PASSWORD}`, since: 0 })
    for (const name of ['Ame', 'Arne']) expect(await expectOnlineUser(enter(name, { password: PASSWORD }))).toMatchObject({ name })
    // as in a version that looked up ϲ as ς
    for (const [key, name] of [
      ['coca', 'coca'],
      ['σοσα', 'ϲοϲα'],
    ] as const)
      await accounts.add({ key, name, password: `plain ${PASSWORD}`, since: 0 })
    for (const name of ['coca', 'ϲοϲα']) expect(await expectOnlineUser(enter(name, { password: PASSWORD }))).toMatchObject({ name })
  })

  test('of accounts that an earlier version accepted can still log in', async () => {
    const { accounts, enter } = gathering()
    for (const [key, name] of [
      ['tables', 'tables'],
      ['аda', 'аda'],
      ['h0use', 'h0use'],
    ] as const)
      await accounts.add({ key, name, password: `plain ${PASSWORD}`, since: 0 })
    for (const name of ['tables', 'аda', 'H0use'])
      expect(await enter(name, { password: PASSWORD })).toMatchObject({ person: expect.stringMatching(/^account:/) })
    expect(await enter('games', { password: PASSWORD })).toMatchObject({ code: 'bad-name' })
  })
})

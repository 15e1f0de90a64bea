import { describe, expect, test } from 'vitest'
import { type Account, REMEMBERED, SESSIONS } from '../../src/hall/ports.ts'
import { ALL, finished } from './contract-history.ts'
import type { Open } from './samples.ts'

const ada = { key: 'ada', name: 'Ada', password: '$argon2id$ada', since: 1_760_000_000_000 }
const bob = { key: 'bob', name: 'Bob', password: '$argon2id$bob', since: 1_760_000_000_000.5 }
const session = { token: 'a1', person: 'account:1', until: 100, since: 10, used: 10 }

/** Tests accounts and sessions of any store. */
export function accountsContract(open: Open): void {
  describe('accounts', () => {
    test('an account is found by its key and by its person', async () => {
      const { accounts } = await open()
      const account: Account = { ...ada, person: 'account:1' }
      expect(await accounts.named('ada')).toBeUndefined()
      expect(await accounts.add(ada)).toEqual(account)
      expect(await accounts.add(bob)).toEqual({ ...bob, person: 'account:2' })
      expect([await accounts.named('ada'), await accounts.of('account:1')]).toEqual([account, account])
      expect(await accounts.named('Ada')).toBeUndefined()
      expect(await accounts.all()).toEqual([account, { ...bob, person: 'account:2' }])
    })

    test('accounts are listed in pages, each after the last account of the previous page, also after a removal', async () => {
      const { accounts } = await open()
      for (let at = 1; at <= 5; at++) await accounts.add({ ...ada, key: `user${at}`, name: `User${at}` })
      const names = async (after: string | undefined, limit: number) => (await accounts.page(after, limit)).map(({ name }) => name)
      expect(await names(undefined, 2)).toEqual(['User1', 'User2'])
      await accounts.remove('account:2')
      expect(await names('account:2', 2)).toEqual(['User3', 'User4'])
      expect(await names('account:4', 2)).toEqual(['User5'])
      expect(await names('account:5', 2)).toEqual([])
    })

    test.each(['guest:ada', 'house', 'account:3', 'account:01', 'account:0', 'account:', 'account:1x', ' account:1', ''])(
      'finds no account for %j',
      async (person) => {
        const { accounts } = await open()
        await accounts.add(ada)
        expect(await accounts.of(person)).toBeUndefined()
        expect(await accounts.setPassword(person, 'x')).toBeUndefined()
        expect(await accounts.remove(person)).toBeUndefined()
        expect(await accounts.named('ada')).toEqual({ ...ada, person: 'account:1' })
      },
    )

    test('a key belongs to the first account that requests it', async () => {
      const { accounts } = await open()
      expect(await accounts.add(ada)).toMatchObject({ name: 'Ada' })
      const added = await Promise.all([accounts.add({ ...ada, key: 'bob' }), accounts.add({ ...bob, key: 'ada' }), accounts.add(bob)])
      // of two requests at the same time, either can be the first
      expect(added.map((account) => account?.key).toSorted()).toEqual(['bob', undefined, undefined])
      expect(await accounts.named('ada')).toMatchObject({ name: 'Ada', person: 'account:1' })
    })

    test('a new password closes the sessions of its account only', async () => {
      const { accounts } = await open()
      await accounts.add(ada)
      await accounts.openSession(session)
      await accounts.openSession({ ...session, token: 'b1', person: 'account:2' })
      expect(await accounts.setPassword('account:1', 'new', 'not this')).toBeUndefined()
      expect(await accounts.setPassword('account:1', 'new', ada.password)).toBe(1)
      expect(await accounts.of('account:1')).toEqual({ ...ada, password: 'new', person: 'account:1' })
      expect(await accounts.named('ada')).toEqual({ ...ada, password: 'new', person: 'account:1' })
      expect(await accounts.session('a1', 0)).toBeUndefined()
      expect(await accounts.session('b1', 0)).toMatchObject({ person: 'account:2' })
    })

    test('a removed account leaves no data, and its person number is not used again', async () => {
      const { accounts, results, history } = await open()
      await accounts.add(ada)
      await accounts.add(bob)
      await accounts.openSession(session)
      const standing = (person: string) => ({ person, name: person, score: 1, games: 1 })
      await results.setStandings(1, 'nim', [standing('account:1'), standing('account:2')])
      await results.setStandings(2, 'chess', [standing('account:1')])
      await accounts.addPlace('account:1', 'x y')
      expect(await accounts.remove('account:2')).toBe(0)
      expect(await accounts.remove('account:1')).toBe(1)
      expect(await accounts.remove('account:1')).toBeUndefined()
      expect(await accounts.places()).toEqual([])
      expect([await accounts.named('ada'), await accounts.of('account:1'), await accounts.session('a1', 0)]).toEqual([
        undefined,
        undefined,
        undefined,
      ])
      expect([await results.ladder('nim', 9), await results.ladder('chess', 9)]).toEqual([[], []])
      expect(await accounts.add(ada)).toEqual({ ...ada, person: 'account:3' })
      await history.add(['account:1', 'account:3'], finished(3))
      expect([(await history.of('account:1', ALL)).total, (await history.of('account:3', ALL)).total]).toEqual([0, 1])
      // a game that ends afterwards is recorded without the standings of the removed account
      expect(await results.setStandings(3, 'nim', [standing('account:1'), standing('account:3'), standing('guest:bob')])).toBe(true)
      expect((await results.ladder('nim', 9)).map(({ person }) => person)).toEqual(['account:3', 'guest:bob'])
    })
  })

  test('stores the latest eight login addresses of each account', async () => {
    const { accounts } = await open()
    for (let at = 0; at < 12; at++) await accounts.addPlace('account:1', `ada ${at}`)
    await accounts.addPlace('account:2', 'bob 0')
    await accounts.addPlace('account:1', 'ada 5')
    expect(await accounts.places()).toEqual(['ada 4', 'ada 6', 'ada 7', 'ada 8', 'ada 9', 'ada 10', 'ada 11', 'bob 0', 'ada 5'])
  })

  describe('sessions', () => {
    test('are valid until their expiry, or until they are closed', async () => {
      const { accounts } = await open()
      await accounts.openSession(session)
      await accounts.openSession({ ...session, token: 'a2', until: 200 })
      expect(await accounts.session('a1', 99)).toEqual(session)
      expect(await accounts.session('a3', 99)).toBeUndefined()
      expect(await accounts.session('a1', 100)).toBeUndefined()
      expect(await accounts.session('a2', 100)).toEqual({ ...session, token: 'a2', until: 200 })
      await accounts.closeSession('a2')
      await accounts.closeSession('a2')
      expect(await accounts.session('a2', 100)).toBeUndefined()
    })

    test('are listed for their account until their expiry, each with the time of its last use', async () => {
      const { accounts } = await open()
      await accounts.openSession(session)
      await accounts.openSession({ ...session, token: 'a2', until: 200 })
      await accounts.openSession({ ...session, token: 'b1', person: 'account:2' })
      await accounts.useSession('a2', 55.5)
      await accounts.useSession('closed', 60)
      const listed = async (now: number) => (await accounts.sessionsOf('account:1', now)).toSorted((one, other) => one.until - other.until)
      expect(await listed(99)).toEqual([session, { ...session, token: 'a2', until: 200, used: 55.5 }])
      expect(await listed(100)).toEqual([{ ...session, token: 'a2', until: 200, used: 55.5 }])
      expect(await accounts.session('a2', 99)).toMatchObject({ since: 10, used: 55.5 })
      await accounts.closeSession('a2')
      expect(await listed(100)).toEqual([])
    })

    test('are closed together for one account, without those that stay; those that have expired do not count', async () => {
      const { accounts } = await open()
      for (const [token, until] of [
        ['a1', 50],
        ['a2', 200],
        ['a3', 200],
        ['a4', 200],
      ] as const)
        await accounts.openSession({ ...session, token, until })
      await accounts.openSession({ ...session, token: 'b1', person: 'account:2' })
      expect(await accounts.closeOtherSessions('account:1', ['a3', 'unknown'], 60)).toBe(2)
      expect((await accounts.sessionsOf('account:1', 0)).map(({ token }) => token)).toEqual(['a3'])
      expect(await accounts.sessionsOf('account:2', 0)).toHaveLength(1)
      expect(await accounts.closeOtherSessions('account:1', [], 60)).toBe(1)
      expect(await accounts.closeOtherSessions('account:1', [], 60)).toBe(0)
    })

    test('have the later expiry if they are opened again', async () => {
      const { accounts } = await open()
      await accounts.openSession(session)
      await accounts.openSession({ ...session, until: 300 })
      expect(await accounts.session('a1', 200)).toEqual({ ...session, until: 300 })
    })

    test('are at most a hundred for an account: one more closes the session that expires first, and no other account’s', async () => {
      const { accounts } = await open()
      await accounts.openSession({ ...session, token: 'other', person: 'account:2' })
      const token = (at: number) => `t${at}`
      for (let at = 1; at <= SESSIONS; at++) await accounts.openSession({ ...session, token: token(at), until: 100 + at })
      expect(await accounts.session(token(1), 0)).toMatchObject({ until: 101 })
      // as long as another session, and opened last
      await accounts.openSession({ ...session, token: 'last', until: 101 })
      expect(await accounts.session('last', 0)).toMatchObject({ until: 101 })
      expect(await accounts.session(token(1), 0)).toBeUndefined()
      await Promise.all([1, 2, 3].map((at) => accounts.openSession({ ...session, token: `more${at}`, until: 900 + at })))
      const left = await Promise.all([2, 3, 4].map((at) => accounts.session(token(at), 0)))
      expect(left.map((one) => one?.token)).toEqual([undefined, undefined, token(4)])
      // a session that is opened again replaces no other
      await accounts.openSession({ ...session, token: token(SESSIONS), until: 1000 })
      expect([await accounts.session(token(4), 0), await accounts.session('other', 0)]).toEqual([
        expect.objectContaining({ token: token(4) }),
        expect.objectContaining({ person: 'account:2' }),
      ])
    })

    test('are deleted a month after their expiry, so that a clock that is wrong for a moment ends none permanently', async () => {
      const { accounts } = await open()
      await accounts.openSession(session)
      expect(await accounts.session('a1', 99 + REMEMBERED)).toBeUndefined()
      expect(await accounts.session('a1', 99)).toEqual(session)
      await accounts.session('other', 100 + REMEMBERED)
      expect(await accounts.session('a1', 0)).toBeUndefined()
    })
  })
}

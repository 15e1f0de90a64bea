import { expect, test } from 'vitest'
import type { SeekInfo } from '../../src/hall/api.ts'
import type { TableActor } from '../../src/hall/table-actor.ts'
import { SessionRegistry, type UserSession } from '../../src/lobby/user-sessions.ts'

const SEEK: SeekInfo = { name: 'ada', game: 'tictactoe', settings: {}, rated: false }

/** A table of which only the commands are used, and recorded. */
function recordingTable(): { readonly table: TableActor; readonly commands: unknown[] } {
  const commands: unknown[] = []
  return { table: { submit: (command: unknown) => void commands.push(command) } as unknown as TableActor, commands }
}
const { table: TABLE } = recordingTable()

/** A session that records its calls, and fails if the test says so. */
class RecordingSession implements UserSession {
  isLoggedIn = true
  fails = false
  readonly tableIds: number[] = []
  readonly calls: string[] = []

  seated(_table: TableActor, seat: number, token: string): void {
    if (this.fails) throw new Error('it cannot take the seat')
    this.calls.push(`seat ${seat} by ${token}`)
  }

  refused({ name }: SeekInfo): void {
    this.calls.push(`refused by ${name}`)
  }

  seekCanceled({ game }: SeekInfo): void {
    this.calls.push(`canceled ${game}`)
  }

  seekFailed({ game }: SeekInfo, reason: string): void {
    this.calls.push(`${game} failed: ${reason}`)
  }
}

function twoSessions() {
  const errors: string[] = []
  const registry = new SessionRegistry((sentence) => errors.push(sentence))
  const [one, other] = [new RecordingSession(), new RecordingSession()]
  const sessions = registry.join('account:1', one)
  expect(registry.join('account:1', other)).toBe(sessions)
  return { errors, registry, one, other, sessions }
}

test('all sessions get a new seat, first the session that has sought it', () => {
  const { one, other, sessions } = twoSessions()
  const order: string[] = []
  one.seated = () => order.push('one')
  other.seated = () => order.push('other')
  sessions.seat(other, TABLE, 0, 'token')
  expect(order).toEqual(['other', 'one'])
})

test('a session whose login has ended gets no new seat, so that it never sees the token', () => {
  const { one, other, sessions } = twoSessions()
  one.isLoggedIn = false
  sessions.seat(one, TABLE, 0, 'token')
  expect([one.calls, other.calls]).toEqual([[], ['seat 0 by token']])
  other.isLoggedIn = false
  const { table, commands } = recordingTable()
  sessions.seat(one, table, 1, 'token')
  expect([one.calls, other.calls, commands]).toEqual([[], ['seat 0 by token'], [{ type: 'gone', seat: 1 }]])
})

test('the other sessions get the seat if one session fails; if all fail, the caller gets the error', () => {
  const { errors, one, other, sessions } = twoSessions()
  one.fails = true
  sessions.seat(one, TABLE, 1, 'token')
  expect([one.calls, other.calls, errors]).toEqual([[], ['seat 1 by token'], ['the server could not notify one connection of a user']])
  other.fails = true
  expect(() => sessions.seat(one, TABLE, 1, 'token')).toThrow('it cannot take the seat')
})

test('a canceled seek is reported to the other sessions, and the end of the last session cancels it', async () => {
  const { registry, one, other, sessions } = twoSessions()
  let canceled = 0
  const seek = { info: SEEK, isOpen: true, cancel: async () => ++canceled > 0 }
  sessions.seek = seek
  expect(await sessions.cancelSeek(one)).toBe(true)
  expect(await sessions.cancelSeek(one)).toBe(false)
  expect([canceled, one.calls, other.calls]).toEqual([1, [], ['canceled tictactoe']])
  sessions.seek = seek
  registry.leave(sessions, one)
  expect(canceled).toBe(1)
  registry.leave(sessions, other)
  expect(canceled).toBe(2)
  expect(registry.join('account:1', one)).not.toBe(sessions)
})

test('a seek that cannot be canceled stays the user’s own, and can be canceled later', async () => {
  const { one, sessions } = twoSessions()
  const answers = [Promise.reject(new Error('the disk is full')), Promise.resolve(true)]
  sessions.seek = { info: SEEK, isOpen: true, cancel: async () => (await answers.shift()) === true }
  await expect(sessions.cancelSeek(one)).rejects.toThrow('the disk is full')
  expect(sessions.seek?.info).toBe(SEEK)
  expect(await sessions.cancelSeek(one)).toBe(true)
  expect(sessions.seek).toBeUndefined()
})

test('a seek that two sessions cancel at the same time is canceled once, and each session is notified once', async () => {
  const { one, other, sessions } = twoSessions()
  let calls = 0
  sessions.seek = { info: SEEK, isOpen: true, cancel: async () => ++calls > 0 }
  expect(await Promise.all([sessions.cancelSeek(one), sessions.cancelSeek(other), sessions.cancelSeek(one)])).toEqual([true, false, false])
  expect([calls, one.calls, other.calls]).toEqual([1, [], ['canceled tictactoe']])
})

test('a table counts once, with any number of subscribed sessions', () => {
  const { one, other, sessions } = twoSessions()
  one.tableIds.push(1, 2)
  other.tableIds.push(2, 3)
  expect([...sessions.tableIds]).toEqual([1, 2, 3])
})

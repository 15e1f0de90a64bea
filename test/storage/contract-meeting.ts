import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { LeaseExpired, type Meeting, type SeekChange, type SeekClaim, type SeekEntry, type UserNotice } from '../../src/hall/ports.ts'
import { Changes } from '../support/changes.ts'
import { fates } from './samples.ts'

/** Two processes over one backing store. */
export interface MeetingPair {
  readonly one: Meeting
  readonly other: Meeting
  /** Ends the process `other` as SIGKILL would; missing if both are one process. */
  crash?(): void
  /** Advances the clock of the backing store. */
  pass?(ms: number): Promise<void>
  /** Resolves when both processes have received all changes that have been made; missing if they receive each change immediately. */
  settle?(): Promise<void>
}

/** Milliseconds in which the lease of an ended process certainly expires, and the lease of a running process is renewed. */
const EXPIRED = 60_000

const entry = (name: string, more: Partial<SeekEntry> = {}): SeekEntry => ({
  owner: { person: `guest:${name}`, name },
  since: 1_760_000_000_000,
  game: 'tictactoe',
  options: { size: 3 },
  seats: [0, 1],
  rated: false,
  ...more,
})
const withdrawal = (by: string): SeekClaim => ({ type: 'withdrawn', by })

/** Records what a follower receives, until the end of the test. */
function record<Change>(follow: (then: (change: Change) => void) => () => void) {
  const received: Change[] = []
  const changes = new Changes()
  const stop = follow((change) => {
    received.push(change)
    changes.note()
  })
  onTestFinished(stop)
  return { received, stop, count: (count: number) => changes.until(() => received.length >= count) }
}

/** Shortens a change for comparison. */
function short(change: SeekChange): string {
  return `${change.type} ${change.id}${change.type === 'claimed' ? ` by ${change.claim.by}` : ''}`
}

/** Tests the ports through which halls meet, with two processes over one backing store. */
export function meetingContract(open: () => Promise<MeetingPair>): void {
  describe('seeks', () => {
    test('are claimed once, by the revision at which they were put', async () => {
      const { one, other } = await open()
      const [lease, theirs] = [await one.leases.grant(), await other.leases.grant()]
      const revision = await one.seeks.put('a', entry('ada'), lease.id)
      expect(await other.seeks.claim('a', revision + 1, withdrawal(theirs.id))).toBe(false)
      expect(await other.seeks.claim('b', revision, withdrawal(theirs.id))).toBe(false)
      expect(await other.seeks.claim('a', revision, withdrawal(theirs.id))).toBe(true)
      expect(await one.seeks.claim('a', revision, withdrawal(lease.id))).toBe(false)
      expect(await other.seeks.claim('a', revision, withdrawal(theirs.id))).toBe(false)
    })

    test('are claimed by exactly one of many claims at the same time from both processes, and followers receive that claim', async () => {
      const { one, other } = await open()
      const [lease, theirs] = [await one.leases.grant(), await other.leases.grant()]
      const follower = record<SeekChange>((then) => other.seeks.follow(then))
      for (let round = 1; round <= 20; round++) {
        const id = `seek ${round}`
        const revision = await one.seeks.put(id, entry('ada'), lease.id)
        const claims = Array.from({ length: 8 }, (_, at) => ({
          meeting: (at + round) % 2 ? one : other,
          claim: { type: 'refused', by: at % 2 ? lease.id : theirs.id, name: `${at}` } as const,
        }))
        const won = await Promise.all(claims.map(({ meeting, claim }) => meeting.seeks.claim(id, revision, claim)))
        expect(won.filter((isWon) => isWon)).toHaveLength(1)
        await follower.count(2 * round)
        expect(follower.received.at(-1)).toMatchObject({ type: 'claimed', id, claim: claims[won.indexOf(true)]?.claim })
      }
    })

    test('have an id that no present seek has', async () => {
      const { one, other } = await open()
      const lease = await one.leases.grant()
      const put = [one.seeks.put('a', entry('ada'), lease.id), other.seeks.put('a', entry('grace'), lease.id)]
      expect((await fates(put)).sort()).toEqual(['RangeError', 'kept'])
      await one.seeks.remove('a')
      await one.seeks.remove('a')
      expect(await fates([other.seeks.put('a', entry('grace'), lease.id)])).toEqual(['kept'])
    })

    test('reach followers in one order: first all that are present, with their claims, and then each change', async () => {
      const { one, other } = await open()
      const lease = await one.leases.grant()
      const early = record<SeekChange>((then) => one.seeks.follow(then))
      const ada = await one.seeks.put('a', entry('ada', { code: 'amber-otter-seven' }), lease.id)
      const grace = await other.seeks.put('g', entry('grace', { against: 'guest:ada' }), lease.id)
      await one.seeks.put('gone', entry('alan'), lease.id)
      await other.seeks.claim('a', ada, withdrawal('x'))
      await other.seeks.remove('gone')
      const late = record<SeekChange>((then) => other.seeks.follow(then))
      await one.seeks.claim('g', grace, withdrawal('y'))
      await one.seeks.remove('g')
      await Promise.all([early.count(7), late.count(5)])
      const after = ['claimed g by y', 'removed g']
      expect(early.received.map(short)).toEqual(['put a', 'put g', 'put gone', 'claimed a by x', 'removed gone', ...after])
      expect(late.received.map(short)).toEqual(['put a', 'put g', 'claimed a by x', ...after])
      expect(late.received[1]).toMatchObject({ revision: grace, entry: entry('grace', { against: 'guest:ada' }) })
      for (const { received } of [early, late]) {
        const revisions = received.map(({ revision }) => revision)
        expect(revisions).toEqual([...new Set(revisions)].sort((a, b) => a - b))
      }
    })

    test('that a follower changes are received by all followers in the same order', async () => {
      const { one, other } = await open()
      const lease = await one.leases.grant()
      const claimed: Promise<boolean>[] = []
      onTestFinished(
        one.seeks.follow((change) => {
          if (change.type === 'put') claimed.push(one.seeks.claim(change.id, change.revision, withdrawal('first')))
        }),
      )
      const all = [one, other].map(({ seeks }) => record<SeekChange>((then) => seeks.follow(then)))
      await Promise.all([one.seeks.put('a', entry('ada'), lease.id), other.seeks.put('b', entry('bob'), lease.id)])
      await Promise.all(all.map(({ count }) => count(4)))
      expect(await Promise.all(claimed)).toEqual([true, true])
      const [first, second] = all.map(({ received }) => received.map(short))
      expect(first).toEqual(second)
      for (const id of ['a', 'b'])
        expect(first?.filter((line) => line.split(' ')[1] === id)).toEqual([`put ${id}`, `claimed ${id} by first`])
    })

    test('are not received after a follower has unsubscribed, and an exception of one follower does not reach another', async () => {
      const { one, other } = await open()
      const lease = await one.leases.grant()
      const follower = record<SeekChange>((then) => one.seeks.follow(then))
      const left = record<SeekChange>((then) => one.seeks.follow(then))
      await other.seeks.put('a', entry('ada'), lease.id)
      await left.count(1)
      left.stop()
      await other.seeks.put('b', entry('bob'), lease.id)
      await follower.count(2)
      expect([follower.received.map(short), left.received.map(short)]).toEqual([['put a', 'put b'], ['put a']])
    })

    test('any puts, claims and removals leave both processes with the same entries', async () => {
      const { one, other, settle } = await open()
      const lease = await one.leases.grant()
      const step = fc.record({
        name: fc.constantFrom('a', 'b', 'c'),
        what: fc.constantFrom('put', 'claim', 'remove'),
        here: fc.boolean(),
      })
      let runs = 0
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
          runs++
          /** The entries: their revisions while they can be claimed, then `undefined`. */
          const model = new Map<string, number | undefined>()
          for (const { name, what, here } of steps) {
            const id = `${runs} ${name}`
            const { seeks } = here ? one : other
            const revision = model.get(id)
            if (what === 'remove') {
              await seeks.remove(id)
              model.delete(id)
            } else if (what === 'claim') {
              expect(await seeks.claim(id, revision ?? 0, withdrawal('x'))).toBe(revision !== undefined)
              if (model.has(id)) model.set(id, undefined)
            } else if (!model.has(id)) {
              model.set(id, await seeks.put(id, entry(name), lease.id))
            }
          }
          await settle?.()
          const claimed = [...model.values()].filter((revision) => revision === undefined).length
          for (const { seeks } of [one, other]) {
            const late = record<SeekChange>((then) => seeks.follow(then))
            await late.count(model.size + claimed)
            const present = new Map(late.received.map((change) => [change.id, change.type === 'put' ? change.revision : undefined]))
            expect(present).toEqual(model)
            late.stop()
          }
          for (const id of model.keys()) await one.seeks.remove(id)
        }),
        { numRuns: 100 },
      )
    })
  })

  describe('leases', () => {
    test('take their seeks and persons with them when they are released, and those of others stay', async () => {
      const { one, other } = await open()
      const [lease, theirs] = [await one.leases.grant(), await other.leases.grant()]
      expect(lease.id).not.toBe(theirs.id)
      const seeks = record<SeekChange>((then) => other.seeks.follow(then))
      const persons = record<{ type: string; person: string }>((then) => other.presence.follow(then))
      await one.seeks.put('a', entry('ada'), lease.id)
      await other.seeks.put('g', entry('grace'), theirs.id)
      await one.presence.enter({ person: 'guest:ada', name: 'ada' }, lease.id)
      await other.presence.enter({ person: 'guest:grace', name: 'grace' }, theirs.id)
      await lease.release()
      await Promise.all([seeks.count(3), persons.count(3)])
      expect(seeks.received.map(short)).toEqual(['put a', 'put g', 'removed a'])
      expect(persons.received.map(({ type, person }) => `${type} ${person}`)).toEqual([
        'entered guest:ada',
        'entered guest:grace',
        'left guest:ada',
      ])
      await lease.release()
      const late = [one.seeks.put('b', entry('ada'), lease.id), one.presence.enter({ person: 'guest:ada', name: 'ada' }, lease.id)]
      for (const one of late) await expect(one).rejects.toThrow(LeaseExpired)
      await theirs.release()
    })

    test('expire with their seeks and guests’ names if their process has ended, and those of a running process do not', async () => {
      const { one, other, crash, pass } = await open()
      if (!crash || !pass) return
      const [lease, theirs] = [await one.leases.grant(), await other.leases.grant()]
      const seeks = record<SeekChange>((then) => one.seeks.follow(then))
      await one.seeks.put('a', entry('ada'), lease.id)
      const revision = await other.seeks.put('g', entry('grace'), theirs.id)
      await other.presence.enter({ person: 'guest:grace', name: 'grace' }, theirs.id)
      await pass(10 * EXPIRED)
      expect(seeks.received.map(short)).toEqual(['put a', 'put g'])
      expect(await one.presence.enter({ person: 'guest:grace', name: 'Grace' }, lease.id)).toBe(false)
      crash()
      await pass(EXPIRED)
      await seeks.count(3)
      expect(seeks.received.map(short)).toEqual(['put a', 'put g', 'removed g'])
      expect(await one.seeks.claim('g', revision, withdrawal(lease.id))).toBe(false)
      expect(await one.presence.enter({ person: 'guest:grace', name: 'Grace' }, lease.id)).toBe(true)
      await lease.release()
    })
  })

  describe('presence', () => {
    test('has a guest at one server, and a registered user at several', async () => {
      const { one, other } = await open()
      const [lease, theirs] = [await one.leases.grant(), await other.leases.grant()]
      const [ada, alan] = [
        { person: 'guest:ada', name: 'ada' },
        { person: 'account:1', name: 'alan' },
      ]
      const entered = await Promise.all([one.presence.enter(ada, lease.id), other.presence.enter(ada, theirs.id)])
      expect(entered.filter((isIn) => isIn)).toHaveLength(1)
      const [winner, loser] = entered[0] ? [lease, theirs] : [theirs, lease]
      // the same server may announce its guest again, and only that server can remove it
      expect(await one.presence.enter({ ...ada, name: 'Ada' }, winner.id)).toBe(true)
      await one.presence.leave(ada.person, loser.id)
      expect(await other.presence.enter(ada, loser.id)).toBe(false)
      await one.presence.leave(ada.person, winner.id)
      expect(await other.presence.enter(ada, loser.id)).toBe(true)
      expect(await one.presence.enter(alan, lease.id)).toBe(true)
      expect(await other.presence.enter(alan, theirs.id)).toBe(true)
      const late = record<{ type: string; name: string; lease: string }>((then) => one.presence.follow(then))
      await late.count(3)
      expect(late.received.map(({ type, name, lease: at }) => [type, name, at])).toEqual([
        ['entered', 'ada', loser.id],
        ['entered', 'alan', lease.id],
        ['entered', 'alan', theirs.id],
      ])
      await Promise.all([lease.release(), theirs.release()])
    })
  })

  describe('notices', () => {
    const message = (text: string): UserNotice => ({ type: 'message', to: 'guest:ada', from: 'grace', text })

    test('reach all servers in order, and return the best receipt', async () => {
      const { one, other } = await open()
      const seen: string[] = []
      const note = (who: string, receipt: 'unreached' | 'muted' | 'delivered') => (notice: UserNotice) => {
        if (notice.type === 'message') seen.push(`${who} ${notice.text}`)
        return receipt
      }
      expect(await one.notices.send(message('too early'))).toBe('unreached')
      const stops = [one.notices.receive(note('one', 'unreached')), other.notices.receive(note('other', 'muted'))]
      expect(await one.notices.send(message('1'))).toBe('muted')
      const third = other.notices.receive(note('third', 'delivered'))
      expect(await Promise.all([other.notices.send(message('2')), other.notices.send(message('3'))])).toEqual(['delivered', 'delivered'])
      for (const who of ['one', 'other'])
        expect(seen.filter((line) => line.startsWith(who))).toEqual(['1', '2', '3'].map((n) => `${who} ${n}`))
      for (const stop of [...stops, third]) stop()
      expect(await one.notices.send(message('too late'))).toBe('unreached')
      expect(seen.some((line) => line.includes('too'))).toBe(false)
    })
  })
}

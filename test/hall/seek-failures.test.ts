import { expect, test } from 'vitest'
import { errorMessage } from '../../src/base/errors.ts'
import { type AnyGame, RulesError } from '../../src/games/game.ts'
import { games } from '../../src/games/index.ts'
import { seededRandom } from '../../src/games/random.ts'
import { Hall } from '../../src/hall/hall.ts'
import type { SeekRequest } from '../../src/hall/local-seek.ts'
import type { SeekChange, SeekClaim, SeekEntries, Store } from '../../src/hall/ports.ts'
import { memoryStore } from '../../src/storage/memory/index.ts'
import { settled, TestClock } from '../support/test-clock.ts'

/** A hall whose store of seeks fails if the test says so, and the notices of its seeks. */
function hallWithFaults({ rules = games }: { readonly rules?: ReadonlyMap<string, AnyGame> } = {}) {
  const store = memoryStore({
    onError: (reason) => {
      throw reason
    },
  })
  const { seeks } = store.meeting
  const faults = { put: false, claim: false }
  const followers: ((change: SeekChange) => void)[] = []
  const ids: string[] = []
  const fail = () => Promise.reject(new Error('the disk is full'))
  const entries: SeekEntries = {
    put: (id, ...others) => {
      ids.push(id)
      return faults.put ? fail() : seeks.put(id, ...others)
    },
    claim: (...claim) => (faults.claim ? fail() : seeks.claim(...claim)),
    remove: (id) => seeks.remove(id),
    follow: (then) => {
      followers.push(then)
      return seeks.follow(then)
    },
  }
  const clock = new TestClock(1000)
  const troubles: string[] = []
  const broken: Store = {
    ...{ tables: store.tables, results: store.results, history: store.history, accounts: store.accounts, usage: store.usage },
    meeting: {
      ...store.meeting,
      leases: store.meeting.leases,
      presence: store.meeting.presence,
      notices: store.meeting.notices,
      seeks: entries,
    },
    close: () => store.close(),
  }
  const hall = new Hall({ store: broken, games: rules, clock, random: seededRandom(1), onError: (sentence) => troubles.push(sentence) })
  const calls: string[] = []
  const seek = (name: string, more: Partial<SeekRequest> = {}) =>
    hall.seek({
      ...{ owner: { person: `guest:${name}`, name }, game: 'tictactoe', options: {}, seats: [0, 1], rated: false, wait: 10_000 },
      onSeated: (table, seat) => calls.push(`${name} has seat ${seat} at table ${table.id}`),
      onClosed: (reason) => calls.push(`${name} has none: ${errorMessage(reason)}`),
      ...more,
    })
  /** Publishes a change of the only entry, as another server would cause it. */
  const publish = (change: { type: 'removed' } | { type: 'claimed'; claim: unknown }) => {
    for (const then of followers) then({ ...change, claim: undefined, ...change, id: ids[0] ?? '', revision: 99 } as SeekChange)
  }
  return { hall, clock, faults, calls, troubles, seek, publish, store }
}

/** The claim of another server, whose opening is of a game that may be unknown. */
function foreignMatch(game: string): SeekClaim {
  const seats = ['ada', 'eve'].map((name) => ({ person: `guest:${name}`, name }))
  const opening = { type: 'opened', game, options: {}, state: {}, seed: 1, seats, rated: false, private: false, clock: {}, n: 1, at: 1 }
  return { type: 'matched', by: 'another', table: 7, seat: 0, opening } as unknown as SeekClaim
}

test('a seek whose entry cannot be put is forgotten, so that no claim of it seats its owner', async () => {
  const { faults, seek, publish, calls } = hallWithFaults()
  faults.put = true
  await expect(seek('ada').placed).rejects.toThrow('the disk is full')
  publish({ type: 'claimed', claim: foreignMatch('tictactoe') })
  await settled()
  expect(calls).toEqual([])
})

test.each([
  ['the store fails when the house would take the other seat', 'the disk is full'],
  ['the rules fail when the house would take the other seat', 'the rules are broken'],
])('if %s, the owner of the seek is notified once', async (_, reason) => {
  const rules = games.get('tictactoe') as AnyGame
  const broken = {
    ...rules,
    setup: () => {
      throw new RulesError('the rules are broken')
    },
  }
  const isStore = reason === 'the disk is full'
  const { hall, clock, faults, seek, calls, troubles } = hallWithFaults(isStore ? {} : { rules: new Map([['tictactoe', broken]]) })
  const handle = seek('ada')
  expect(await handle.placed).toBe(true)
  faults.claim = isStore
  await clock.pass(10_000)
  expect([calls, handle.isOpen, hall.seeks.size]).toEqual([[`ada has none: ${reason}`], false, 0])
  expect(troubles).toEqual(['no table of tictactoe could be opened'])
})

test.each([
  ['is removed', { type: 'removed' as const }, 'its entry was removed'],
  ['gets a claim that cannot be read', { type: 'claimed' as const, claim: { type: 'matched' } }, 'the field "by"'],
  ['is matched in a game that is unknown here', { type: 'claimed' as const, claim: foreignMatch('chess') }, 'chess'],
])('if the entry of a seek %s, its owner is notified', async (_, change, reason) => {
  const { hall, seek, publish, calls } = hallWithFaults()
  const handle = seek('ada')
  expect(await handle.placed).toBe(true)
  publish(change)
  await settled()
  expect(calls).toEqual([expect.stringMatching(new RegExp(`^ada has none: .*${reason}`))])
  expect([handle.isOpen, hall.seeks.size]).toEqual([false, 0])
})
